// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/net/tls.h"

#include <memory>
#include <optional>
#include <utility>

namespace Satchel::Server {

/// A connection that speaks TLS or does not; for those who use it there is no difference.
class ServerStream {
public:
    using executor_type = LaneExecutor;
    using next_layer_type = LaneStream;

    /// Without a context it speaks plainly.
    ServerStream(LaneSocket socket, const std::shared_ptr<ssl::context> &context)
    {
        if (context) {
            m_tls = std::make_unique<TlsStream>(LaneStream(std::move(socket)), *context);
        } else {
            m_plain.emplace(std::move(socket));
        }
    }

    [[nodiscard]] bool isTls() const { return m_tls != nullptr; }
    [[nodiscard]] executor_type get_executor() { return next_layer().get_executor(); }
    /// The connection below: its deadlines, and its socket.
    [[nodiscard]] LaneStream &next_layer() { return m_tls ? m_tls->next_layer() : *m_plain; }
    [[nodiscard]] const LaneStream &next_layer() const { return m_tls ? std::as_const(*m_tls).next_layer() : *m_plain; }

    /// With TLS only.
    template <typename Token>
    auto async_handshake(Token &&token)
    {
        return m_tls->async_handshake(ssl::stream_base::server, std::forward<Token>(token));
    }
    /// Says that nothing follows. With TLS only.
    template <typename Token>
    auto async_shutdown(Token &&token)
    {
        return m_tls->async_shutdown(std::forward<Token>(token));
    }
    template <typename Buffers, typename Token>
    auto async_read_some(const Buffers &buffers, Token &&token)
    {
        return asio::async_initiate<Token, void(beast::error_code, std::size_t)>(
            [this](auto handler, const Buffers &into) {
                if (m_tls) {
                    m_tls->async_read_some(into, std::move(handler));
                } else {
                    m_plain->async_read_some(into, std::move(handler));
                }
            },
            token, buffers);
    }
    template <typename Buffers, typename Token>
    auto async_write_some(const Buffers &buffers, Token &&token)
    {
        return asio::async_initiate<Token, void(beast::error_code, std::size_t)>(
            [this](auto handler, const Buffers &from) {
                if (m_tls) {
                    m_tls->async_write_some(from, std::move(handler));
                } else {
                    m_plain->async_write_some(from, std::move(handler));
                }
            },
            token, buffers);
    }

private:
    std::unique_ptr<TlsStream> m_tls;
    std::optional<LaneStream> m_plain;
};

/// How a WebSocket closes what is below it.
template <typename Handler>
void async_teardown(beast::role_type role, ServerStream &stream, Handler &&handler)
{
    if (stream.isTls()) {
        stream.async_shutdown(std::forward<Handler>(handler));
    } else {
        websocket::async_teardown(role, stream.next_layer().socket(), std::forward<Handler>(handler));
    }
}

/// Without permessage-deflate: a frame carries its own compression, whose output is bounded.
using WebSocketStream = websocket::stream<ServerStream, false>;

}  // namespace Satchel::Server
