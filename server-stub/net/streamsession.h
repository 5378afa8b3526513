// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/net/connection.h"
#include "server-stub/net/messagestream.h"
#include "server-stub/net/serverstream.h"

#include <memory>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// One WebSocket that carries a MessageStream. Lives on its lane; kept alive by its own operations.
class StreamSession : public std::enable_shared_from_this<StreamSession> {
public:
    using Request = http::request<http::string_body>;

    StreamSession(NetContext &context, asio::io_context &lane, ServerStream stream, std::unique_ptr<ConnectionPlace> place,
                  std::shared_ptr<MessageStream> messages);
    ~StreamSession();

    /// Answers the upgrade, which has been checked, and goes on until the connection or the stream ends.
    void start(std::shared_ptr<Request> request, std::string subprotocol);

private:
    using Messages = Core::Result<std::vector<std::string>>;

    Task run(std::shared_ptr<StreamSession> self, std::shared_ptr<Request> request);
    /// Hands over what the peer wants to hear, once; then asks for what there is.
    asio::awaitable<Messages, LaneExecutor> ask();
    /// Says them all. False: nobody listens any more.
    asio::awaitable<bool, LaneExecutor> say(const std::vector<std::string> &messages);
    Task listen(std::shared_ptr<StreamSession> self);
    Task close(std::shared_ptr<StreamSession> self, websocket::close_reason reason);

    /// Too much waits for everybody, and what would say so waits behind it.
    void cut() { beast::get_lowest_layer(m_stream).close(); }

    NetContext &m_context;
    asio::io_context &m_lane;
    std::unique_ptr<ConnectionPlace> m_place;
    WebSocketStream m_stream;
    LaneTimer m_timer;
    std::shared_ptr<MessageStream> m_messages;
    beast::flat_buffer m_buffer;
    std::string m_request;  ///< what the peer wants to hear, until it is handed over
    bool m_isBegun = false;
    bool m_isEnding = false;
};

}  // namespace Satchel::Server
