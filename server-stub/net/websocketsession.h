// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/identity.h"
#include "server-stub/net/connection.h"
#include "server-stub/net/serverstream.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace Satchel::Server {

/// One WebSocket on /v1/sync: binary messages to frames and back. Lives on its lane; kept alive by its own operations.
class WebSocketSession : public FrameSink, public std::enable_shared_from_this<WebSocketSession> {
public:
    using Request = http::request<http::string_body>;

    WebSocketSession(NetContext &context, asio::io_context &lane, ServerStream stream, Identity identity,
                     std::unique_ptr<ConnectionPlace> place, TraceContext trace);
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
    /// What comes until a message is whole, within the limits that keep a peer from sending one for ever.
    asio::awaitable<bool, LaneExecutor> readMessage();
    void armMessageDeadline();
    void tell(std::string_view event) const;
    [[nodiscard]] bool takeMessage();
    void spawn(Task task);
    void drop();
    /// Frees what waits, and tells the device to come back later if it reads it in time.
    void leave();
    Task dropLater(std::shared_ptr<WebSocketSession> self);

    NetContext &m_context;
    asio::io_context &m_lane;
    std::unique_ptr<ConnectionPlace> m_place;
    TraceContext m_trace;
    WebSocketStream m_stream;
    LaneTimer m_timer;         ///< the Hello's deadline; later wakes the reader that waits for pushes to be answered
    LaneTimer m_messageTimer;  ///< a message that has begun is to end
    std::size_t m_pings = 0;   ///< since the last message
    beast::flat_buffer m_buffer;
    std::shared_ptr<SessionRunner> m_runner;
    std::deque<std::string> m_queue;
    std::size_t m_queuedBytes = 0;
    std::optional<Backlog::Share> m_share;  ///< of those bytes; from start() on
    bool m_isWriting = false;
    bool m_isEnding = false;
    bool m_isDropped = false;
    websocket::close_code m_closeCode = websocket::close_code::normal;
};

}  // namespace Satchel::Server
