// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/identity.h"
#include "server-stub/net/connection.h"
#include "server-stub/net/serverstream.h"

#include <deque>
#include <memory>
#include <string>

namespace Satchel::Server {

/// One WebSocket on /v1/sync: binary messages to frames and back. Lives on its lane; kept alive by its own operations.
class WebSocketSession : public FrameSink, public std::enable_shared_from_this<WebSocketSession> {
public:
    using Request = http::request<http::string_body>;

    WebSocketSession(NetContext &context, asio::io_context &lane, ServerStream stream, Identity identity);
    ~WebSocketSession() override;

    /// Answers the upgrade, which has been checked, and reads until the connection ends.
    void start(std::shared_ptr<Request> request);

    void send(Wire::ServerFrame frame) override;
    void end() override;
    void settled() override;

private:
    Task accept(std::shared_ptr<WebSocketSession> self, std::shared_ptr<Request> request);
    Task read(std::shared_ptr<WebSocketSession> self);
    Task write(std::shared_ptr<WebSocketSession> self);
    Task close(std::shared_ptr<WebSocketSession> self, websocket::close_code code);
    void prepare();
    void armHelloDeadline();
    [[nodiscard]] bool takeMessage();
    void spawn(Task task);
    void drop();

    NetContext &m_context;
    asio::io_context &m_lane;
    WebSocketStream m_stream;
    LaneTimer m_timer;  ///< the Hello's deadline; later wakes the reader that waits for pushes to be answered
    beast::flat_buffer m_buffer;
    std::shared_ptr<SessionRunner> m_runner;
    std::deque<std::string> m_queue;
    std::size_t m_queuedBytes = 0;
    bool m_isWriting = false;
    bool m_isEnding = false;
    bool m_isDropped = false;
    websocket::close_code m_closeCode = websocket::close_code::normal;
};

}  // namespace Satchel::Server
