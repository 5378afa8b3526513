// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "streamsession.h"

namespace Satchel::Server {

namespace {

/// What a peer that only listens may say.
constexpr std::size_t messageBytesMax = 4 * 1024;
constexpr std::size_t closeReasonBytesMax = 123;
constexpr std::chrono::milliseconds pollInterval{100};

/// The reason as a close frame can carry it, not cut within a character.
websocket::close_reason reasonOf(const Core::Error &error)
{
    const bool isCallersFault = error.code == Core::ErrorCode::InvalidArgument || error.code == Core::ErrorCode::PermissionDenied ||
                                error.code == Core::ErrorCode::Unauthenticated;
    std::string text = error.detail.substr(0, closeReasonBytesMax);
    while (!text.empty() && !Core::isUtf8(text)) {
        text.pop_back();
    }
    return {isCallersFault ? websocket::close_code::policy_error : websocket::close_code::try_again_later, text};
}

}  // namespace

StreamSession::StreamSession(NetContext &context, asio::io_context &lane, ServerStream stream, std::unique_ptr<ConnectionPlace> place,
                             std::shared_ptr<MessageStream> messages)
    : m_context(context)
    , m_lane(lane)
    , m_place(std::move(place))
    , m_stream(std::move(stream))
    , m_timer(lane.get_executor())
    , m_messages(std::move(messages))
{
    m_context.busy.add();
}

StreamSession::~StreamSession()
{
    m_context.busy.remove();
}

void StreamSession::start(std::shared_ptr<Request> request, std::string subprotocol)
{
    websocket::stream_base::timeout timeouts{};
    timeouts.handshake_timeout = m_context.settings.headerTimeout;
    timeouts.idle_timeout = m_context.settings.webSocketTimeout;
    timeouts.keep_alive_pings = true;
    beast::get_lowest_layer(m_stream).expires_never();
    m_stream.set_option(timeouts);
    m_stream.set_option(websocket::stream_base::decorator([subprotocol = std::move(subprotocol)](websocket::response_type &response) {
        response.set(http::field::sec_websocket_protocol, subprotocol);
        response.set(http::field::server, "satchel-server");
    }));
    m_stream.read_message_max(messageBytesMax);
    m_stream.binary(m_messages->isBinary());
    asio::co_spawn(m_lane.get_executor(), run(shared_from_this(), std::move(request)), asio::detached);
}

Task StreamSession::run(std::shared_ptr<StreamSession> self, std::shared_ptr<Request> request)
{
    const auto [refused] = co_await m_stream.async_accept(*request, awaiting);
    request.reset();
    if (refused) {
        co_return;
    }
    m_timer.expires_after(m_context.settings.helloTimeout);
    m_timer.async_wait([weak = weak_from_this()](beast::error_code error) {
        const auto late = weak.lock();
        if (!error && late && !late->m_isBegun) {
            beast::get_lowest_layer(late->m_stream).close();
        }
    });
    const auto [unread, bytes] = co_await m_stream.async_read(m_buffer, awaiting);
    m_isBegun = true;
    m_timer.cancel();
    if (unread) {
        co_return;
    }
    m_request.assign(static_cast<const char *>(m_buffer.data().data()), m_buffer.size());
    m_buffer.consume(m_buffer.size());
    if (m_stream.got_binary() != m_messages->isBinary() || m_request.empty()) {
        co_await close(self, {websocket::close_code::unknown_data, "the first message is not of the subprotocol's kind"});
        co_return;
    }
    asio::co_spawn(m_lane.get_executor(), listen(self), asio::detached);
    while (!m_isEnding) {
        Messages messages = co_await ask();
        if (!messages) {
            const websocket::close_reason reason = reasonOf(messages.error());
            co_await close(self, reason);
            co_return;
        }
        const bool isHeard = co_await say(*messages);
        if (!isHeard || m_context.isStopping) {
            co_await close(self, {websocket::close_code::going_away});
            co_return;
        }
        if (messages->empty()) {
            m_timer.expires_after(pollInterval);
            co_await m_timer.async_wait(awaiting);
        }
    }
}

asio::awaitable<StreamSession::Messages, LaneExecutor> StreamSession::ask()
{
    auto initiate = [this](auto handler) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        auto then = [waiting, &lane = m_lane](Messages messages) {
            auto kept = std::make_shared<Messages>(std::move(messages));
            asio::post(lane, [waiting, kept] { (*waiting)(std::move(*kept)); });
        };
        if (m_request.empty()) {
            m_messages->poll(std::move(then));
        } else {
            m_messages->begin(std::exchange(m_request, {}), std::move(then));
        }
    };
    Messages messages = co_await asio::async_initiate<const asio::use_awaitable_t<LaneExecutor>, void(Messages)>(
        std::move(initiate), asio::use_awaitable_t<LaneExecutor>());
    co_return messages;
}

asio::awaitable<bool, LaneExecutor> StreamSession::say(const std::vector<std::string> &messages)
{
    Backlog::Share share(m_context.backlog, leaveOn(m_lane, weak_from_this(), &StreamSession::cut));
    std::size_t bytesLeft = 0;
    for (const std::string &message : messages) {
        bytesLeft += message.size();
    }
    for (const std::string &message : messages) {
        share.set(bytesLeft);
        bytesLeft -= message.size();
        const auto [error, bytes] = co_await m_stream.async_write(asio::buffer(message), awaiting);
        if (error) {
            co_return false;
        }
    }
    co_return true;
}

/// Nothing more is expected; reading is what answers pings and notices the end.
Task StreamSession::listen(std::shared_ptr<StreamSession> /*self*/)
{
    const auto [error, bytes] = co_await m_stream.async_read(m_buffer, awaiting);
    m_isEnding = true;
    m_timer.cancel();
    if (!error) {
        beast::get_lowest_layer(m_stream).close();
    }
}

Task StreamSession::close(std::shared_ptr<StreamSession> /*self*/, websocket::close_reason reason)
{
    m_isEnding = true;
    co_await m_stream.async_close(reason, awaiting);
    beast::get_lowest_layer(m_stream).close();
}

}  // namespace Satchel::Server
