// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "websocketsession.h"

#include "wire/codec.h"

namespace Satchel::Server {

namespace {

constexpr std::size_t keptBufferBytes = 2 * 1024;
constexpr std::size_t envelopeBytesMax = 1024;
/// Pieces of a message: so many, and more only if each brings some bytes.
constexpr std::size_t piecesMax = 1024;
constexpr std::size_t pieceBytesLeast = 256;
constexpr std::size_t pingsMax = 256;
/// What a peer may send until a message is whole: itself, and what frames and pings cost.
constexpr std::size_t overheadBytesMax = std::size_t{64} * 1024;

}  // namespace

WebSocketSession::WebSocketSession(NetContext &context, asio::io_context &lane, ServerStream stream, Identity identity,
                                   std::unique_ptr<ConnectionPlace> place, TraceContext trace)
    : m_context(context)
    , m_lane(lane)
    , m_place(std::move(place))
    , m_trace(std::move(trace))
    , m_stream(std::move(stream))
    , m_timer(lane.get_executor())
    , m_messageTimer(lane.get_executor())
{
    m_context.busy.add();
    m_runner = std::make_shared<SessionRunner>(context.services, postTo(lane), std::move(identity), context.services.settings, *this);
}

WebSocketSession::~WebSocketSession()
{
    m_runner->detach();
    m_context.busy.remove();
    tell("session ended");
}

void WebSocketSession::spawn(Task task)
{
    asio::co_spawn(m_lane.get_executor(), std::move(task), asio::detached);
}

void WebSocketSession::start(std::shared_ptr<Request> request)
{
    m_share.emplace(m_context.backlog, leaveOn(m_lane, weak_from_this(), &WebSocketSession::leave));
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
    m_stream.set_option(websocket::stream_base::decorator([trace = m_trace.header()](websocket::response_type &response) {
        response.set("traceparent", trace);
        response.set(http::field::sec_websocket_protocol, "satchel.v1");
        response.set(http::field::server, "satchel-server");
    }));
    // Until the Hello has come.
    m_stream.read_message_max(m_context.settings.strangerBytesMax);
    m_stream.control_callback(
        [this](websocket::frame_type kind, beast::string_view) { m_pings += kind == websocket::frame_type::ping ? 1 : 0; });
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
    tell("session began");
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
        const bool isRead = co_await readMessage();
        if (!isRead) {
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

asio::awaitable<bool, LaneExecutor> WebSocketSession::readMessage()
{
    m_stream.next_layer().allow(m_context.services.settings.limits.frameBytesMax + overheadBytesMax);
    m_pings = 0;
    std::size_t pieces = 0;
    bool isWhole = false;
    while (!isWhole) {
        const auto [error, bytes] = co_await m_stream.async_read_some(m_buffer, 0, awaiting);
        ++pieces;
        if (error || m_pings > pingsMax || pieces > piecesMax + m_buffer.size() / pieceBytesLeast) {
            break;
        }
        isWhole = m_stream.is_message_done();
        if (pieces == 1 && !isWhole) {
            armMessageDeadline();
        }
    }
    m_messageTimer.cancel();
    co_return isWhole;
}

void WebSocketSession::armMessageDeadline()
{
    m_messageTimer.expires_after(m_context.settings.bodyTimeout);
    m_messageTimer.async_wait([weak = weak_from_this()](beast::error_code error) {
        const auto self = weak.lock();
        if (!error && self) {
            self->drop();
        }
    });
}

void WebSocketSession::tell(std::string_view event) const
{
    m_context.log.info(
        event,
        {{"trace", m_trace.traceId}, {"span", m_trace.parentId}, {"session", m_runner->session().id()}, {"peer", m_place->address()}});
}

bool WebSocketSession::takeMessage()
{
    m_stream.read_message_max(m_context.services.settings.limits.frameBytesMax + envelopeBytesMax);
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
    m_share->set(m_queuedBytes);
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
        m_share->set(m_queuedBytes);
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

void WebSocketSession::leave()
{
    if (m_isDropped) {
        return;
    }
    for (const std::string &message : m_queue) {
        m_queuedBytes -= message.size();
    }
    m_queue.clear();
    m_share->set(m_queuedBytes);
    m_runner->fail(backlogError());
    spawn(dropLater(shared_from_this()));
}

Task WebSocketSession::dropLater(std::shared_ptr<WebSocketSession> /*self*/)
{
    LaneTimer late(m_lane.get_executor(), leaveTime);
    co_await late.async_wait(awaiting);
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
