// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "websocketsession.h"

#include "wire/codec.h"

namespace Satchel::Server {

namespace {

constexpr std::size_t keptBufferBytes = 2 * 1024;
constexpr std::size_t envelopeBytesMax = 1024;

}  // namespace

WebSocketSession::WebSocketSession(NetContext &context, asio::io_context &lane, ServerStream stream, Identity identity)
    : m_context(context)
    , m_lane(lane)
    , m_stream(std::move(stream))
    , m_timer(lane.get_executor())
{
    m_context.busy.add();
    m_runner = std::make_shared<SessionRunner>(context.services, postTo(lane), std::move(identity), context.services.settings, *this);
}

WebSocketSession::~WebSocketSession()
{
    m_runner->detach();
    m_context.busy.remove();
    --m_context.connections;
}

void WebSocketSession::spawn(Task task)
{
    asio::co_spawn(m_lane.get_executor(), std::move(task), asio::detached);
}

void WebSocketSession::start(std::shared_ptr<Request> request)
{
    prepare();
    spawn(accept(shared_from_this(), std::move(request)));
}

void WebSocketSession::prepare()
{
    websocket::stream_base::timeout timeouts{};
    timeouts.handshake_timeout = m_context.settings.headerTimeout;
    timeouts.idle_timeout = m_context.settings.webSocketTimeout;
    timeouts.keep_alive_pings = true;
    // Beast keeps the time from here on; a deadline of the lower layer would cut the connection.
    beast::get_lowest_layer(m_stream).expires_never();
    m_stream.set_option(timeouts);
    m_stream.set_option(websocket::stream_base::decorator([](websocket::response_type &response) {
        response.set(http::field::sec_websocket_protocol, "satchel.v1");
        response.set(http::field::server, "satchel-server");
    }));
    m_stream.read_message_max(m_context.services.settings.limits.frameBytesMax + envelopeBytesMax);
    m_stream.auto_fragment(false);
    m_stream.binary(true);
}

Task WebSocketSession::accept(std::shared_ptr<WebSocketSession> self, std::shared_ptr<Request> request)
{
    const auto [error] = co_await m_stream.async_accept(*request, awaiting);
    request.reset();
    if (error) {
        drop();
        co_return;
    }
    armHelloDeadline();
    spawn(read(std::move(self)));
}

void WebSocketSession::armHelloDeadline()
{
    m_timer.expires_after(m_context.settings.helloTimeout);
    m_timer.async_wait([weak = weak_from_this()](beast::error_code error) {
        const auto self = weak.lock();
        if (!error && self && self->m_runner->session().isNew()) {
            self->m_runner->fail(Core::makeError(Core::ErrorCode::DeadlineExceeded, Core::ErrorReason::NetworkTimeout, "no Hello in time",
                                                 Core::Retry::Later));
        }
    });
}

Task WebSocketSession::read(std::shared_ptr<WebSocketSession> self)
{
    while (!m_isEnding) {
        while (m_runner->session().pushesInFlight() >= m_context.services.settings.pushesInFlightMax && !m_isEnding) {
            m_timer.expires_at(LaneTimer::time_point::max());
            co_await m_timer.async_wait(awaiting);
        }
        const auto [error, bytes] = co_await m_stream.async_read(m_buffer, awaiting);
        if (error) {
            break;
        }
        if (!takeMessage()) {
            spawn(close(self, websocket::close_code::unknown_data));
            co_return;
        }
    }
    if (!m_isEnding) {
        drop();
    }
}

bool WebSocketSession::takeMessage()
{
    if (!m_stream.got_binary()) {
        m_runner->detach();
        return false;
    }
    const std::string_view message(static_cast<const char *>(m_buffer.data().data()), m_buffer.size());
    auto frame = Wire::decodeClientFrame(message, m_context.services.settings.limits);
    m_buffer.consume(m_buffer.size());
    if (m_buffer.capacity() > keptBufferBytes) {
        m_buffer.shrink_to_fit();
    }
    if (frame) {
        m_runner->frame(std::move(*frame));
    } else {
        m_runner->fail(std::move(frame.error()));
    }
    return true;
}

void WebSocketSession::send(Wire::ServerFrame frame)
{
    if (m_isDropped) {
        return;
    }
    const auto compression = m_runner->session().canZstd() ? Wire::Compression::Zstd : Wire::Compression::None;
    m_queue.push_back(Wire::encode(frame, compression));
    m_queuedBytes += m_queue.back().size();
    if (m_queuedBytes > m_context.settings.queuedBytesMax) {
        drop();
        return;
    }
    if (!m_isWriting) {
        m_isWriting = true;
        spawn(write(shared_from_this()));
    }
}

Task WebSocketSession::write(std::shared_ptr<WebSocketSession> self)
{
    while (!m_queue.empty() && !m_isDropped) {
        const std::string message = std::move(m_queue.front());
        m_queue.pop_front();
        const auto [error, bytes] = co_await m_stream.async_write(asio::buffer(message), awaiting);
        m_queuedBytes -= message.size();
        if (error) {
            drop();
        }
    }
    m_isWriting = false;
    if (m_queue.empty()) {
        m_queue.shrink_to_fit();
    }
    if (m_isEnding && !m_isDropped) {
        spawn(close(self, m_closeCode));
    }
}

void WebSocketSession::settled()
{
    m_timer.cancel();
}

void WebSocketSession::end()
{
    m_isEnding = true;
    m_timer.cancel();
    if (!m_isWriting && !m_isDropped) {
        spawn(close(shared_from_this(), m_closeCode));
    }
}

Task WebSocketSession::close(std::shared_ptr<WebSocketSession> /*self*/, websocket::close_code code)
{
    m_isEnding = true;
    co_await m_stream.async_close(websocket::close_reason(code), awaiting);
    drop();
}

void WebSocketSession::drop()
{
    m_isDropped = true;
    m_isEnding = true;
    m_runner->detach();
    m_timer.cancel();
    beast::get_lowest_layer(m_stream).close();
}

}  // namespace Satchel::Server
