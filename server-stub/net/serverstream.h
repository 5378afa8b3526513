// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/net/tls.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
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

    /// So many bytes may be read from here on; after that reading fails with `no_buffer_space`. What a WebSocket reads between two messages
    /// is not all seen by who reads the messages.
    void allow(std::size_t bytes) { *m_allowance = bytes; }

    /// What was read of the connection and not used: whoever reads next gets it first. Once, before that reading.
    void giveBack(std::string bytes) { m_ahead = std::move(bytes); }

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
                auto counting = CountedRead<decltype(handler)>{m_allowance, get_executor(), std::move(handler)};
                if (!m_ahead.empty()) {
                    const std::size_t bytes = asio::buffer_copy(into, asio::buffer(m_ahead));
                    m_ahead = m_ahead.substr(bytes);
                    asio::post(get_executor(), beast::bind_front_handler(std::move(counting), beast::error_code(), bytes));
                } else if (m_tls) {
                    m_tls->async_read_some(into, std::move(counting));
                } else {
                    m_plain->async_read_some(into, std::move(counting));
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
    /// A handler of a read that keeps count, with the executor and allocator of the one that it stands for.
    template <typename Handler>
    struct CountedRead {
        std::shared_ptr<std::size_t> allowance;
        LaneExecutor executor;
        Handler handler;

        using executor_type = asio::associated_executor_t<Handler, LaneExecutor>;
        using allocator_type = asio::associated_allocator_t<Handler>;
        [[nodiscard]] executor_type get_executor() const noexcept { return asio::get_associated_executor(handler, executor); }
        [[nodiscard]] allocator_type get_allocator() const noexcept { return asio::get_associated_allocator(handler); }

        void operator()(beast::error_code error, std::size_t bytes)
        {
            *allowance -= std::min(*allowance, bytes);
            if (!error && *allowance == 0) {
                error = asio::error::no_buffer_space;
            }
            std::move(handler)(error, bytes);
        }
    };

    std::shared_ptr<std::size_t> m_allowance = std::make_shared<std::size_t>(std::numeric_limits<std::size_t>::max());
    std::string m_ahead;  ///< given back and not read again yet
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
