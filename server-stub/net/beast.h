// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

namespace Satchel::Server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

/// A stream whose operations name the lane's own executor type, which keeps every handler small.
using LaneExecutor = asio::io_context::executor_type;
using LaneSocket = asio::basic_stream_socket<asio::ip::tcp, LaneExecutor>;
using LaneStream = beast::basic_stream<asio::ip::tcp, LaneExecutor>;
using LaneTimer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LaneExecutor>;
using Task = asio::awaitable<void, LaneExecutor>;
/// Completion as a tuple of error code and result; nothing throws.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<LaneExecutor>> awaiting{};

}  // namespace Satchel::Server
