// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "connection.h"

#include "websocketsession.h"

#include <algorithm>
#include <cctype>

namespace Satchel::Server {

namespace {

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;
using Parser = http::request_parser<http::string_body>;

constexpr std::chrono::milliseconds lingerTime{2000};
constexpr std::size_t lingerBytesMax = 8 * 1024 * 1024;
constexpr std::size_t lingerStepBytes = 16 * 1024;

std::string_view viewOf(beast::string_view text)
{
    return {text.data(), text.size()};
}

/// The host of a Host header without its port.
std::string_view hostOf(std::string_view host)
{
    if (!host.empty() && host.front() == '[') {
        return host.substr(0, host.find(']') + 1);
    }
    return host.substr(0, host.rfind(':'));
}

bool isLoopbackName(std::string_view host)
{
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

/// Whether one of the comma-separated subprotocols is ours.
bool offersProtocol(std::string_view offered)
{
    while (!offered.empty()) {
        const std::size_t comma = offered.find(',');
        std::string_view one = offered.substr(0, comma);
        offered = comma == std::string_view::npos ? std::string_view() : offered.substr(comma + 1);
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        one = one.substr(0, one.find_last_not_of(' ') + 1);
        if (one == "satchel.v1") {
            return true;
        }
    }
    return false;
}

/// One connection while it speaks HTTP. Lives in its own coroutine.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(NetContext &context, asio::io_context &lane, LaneSocket socket)
        : m_context(context)
        , m_lane(lane)
        , m_stream(std::move(socket), context.tls ? context.tls->context() : nullptr)
    {
    }
    ~Connection()
    {
        if (!m_isHandedOver) {
            --m_context.connections;
        }
    }
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    Task run(std::shared_ptr<Connection> self);

private:
    asio::awaitable<bool, LaneExecutor> greet();
    Task finish();
    asio::awaitable<bool, LaneExecutor> readRequest();
    Task reject(beast::error_code error);
    asio::awaitable<bool, LaneExecutor> answer();
    asio::awaitable<HttpResponse, LaneExecutor> dispatch(HttpRequest request);
    /// What says, while a request is being answered, whether its caller has closed the connection.
    [[nodiscard]] std::shared_ptr<const std::atomic<bool>> watchCaller();
    asio::awaitable<bool, LaneExecutor> write(HttpResponse response, bool isKeptAlive);
    [[nodiscard]] std::optional<HttpResponse> refusal() const;
    [[nodiscard]] std::optional<HttpResponse> upgrade();
    [[nodiscard]] HttpRequest plainRequest();
    [[nodiscard]] bool isUpgrade() const { return websocket::is_upgrade(m_request); }

    NetContext &m_context;
    asio::io_context &m_lane;
    [[nodiscard]] LaneStream &below() { return m_stream.next_layer(); }

    ServerStream m_stream;
    beast::flat_buffer m_buffer;
    Request m_request;
    bool m_isFirst = true;
    bool m_isBroken = false;
    bool m_isHandedOver = false;
};

Task Connection::run(std::shared_ptr<Connection> self)
{
    bool isGoingOn = co_await greet();
    while (isGoingOn) {
        isGoingOn = co_await readRequest();
        if (!isGoingOn) {
            break;
        }
        isGoingOn = co_await answer();
    }
    if (!m_isHandedOver) {
        co_await finish();
    }
    self.reset();
}

/// False if the peer does not speak TLS as it should.
asio::awaitable<bool, LaneExecutor> Connection::greet()
{
    if (!m_stream.isTls()) {
        co_return true;
    }
    below().expires_after(m_context.settings.headerTimeout);
    const auto [error] = co_await m_stream.async_handshake(awaiting);
    m_isBroken = bool(error);
    co_return !error;
}

/// Says that nothing follows.
Task Connection::finish()
{
    if (m_stream.isTls() && !m_isBroken) {
        below().expires_after(lingerTime);
        co_await m_stream.async_shutdown(awaiting);
    }
    beast::error_code ignored;
    below().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

asio::awaitable<bool, LaneExecutor> Connection::readRequest()
{
    auto parser = std::make_unique<Parser>();
    parser->header_limit(static_cast<std::uint32_t>(m_context.settings.headerBytesMax));
    parser->body_limit(m_context.settings.bodyBytesMax);
    below().expires_after(m_isFirst ? m_context.settings.headerTimeout : m_context.settings.keepAliveTimeout);
    m_isFirst = false;
    const auto [headError, headBytes] = co_await http::async_read_header(m_stream, m_buffer, *parser, awaiting);
    if (headError) {
        co_await reject(headError);
        co_return false;
    }
    below().expires_after(m_context.settings.bodyTimeout);
    const auto [bodyError, bodyBytes] = co_await http::async_read(m_stream, m_buffer, *parser, awaiting);
    if (bodyError) {
        co_await reject(bodyError);
        co_return false;
    }
    below().expires_never();
    m_request = parser->release();
    co_return true;
}

Task Connection::reject(beast::error_code error)
{
    const auto tooLarge = [](const char *why, int status) {
        HttpResponse response = errorResponse(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, why));
        response.status = status;
        return response;
    };
    std::optional<HttpResponse> response;
    if (error == http::error::header_limit) {
        response = tooLarge("the header is too large", 431);
    } else if (error == http::error::body_limit) {
        response = tooLarge("the body is too large", 413);
    } else if (error.category() == http::make_error_code(http::error::bad_method).category() && error != http::error::end_of_stream &&
               error != http::error::partial_message) {
        response = errorResponse(Core::invalidArgument(Core::ErrorReason::MalformedInput, "this is not HTTP/1.1"));
    }
    if (!response) {
        co_return;
    }
    co_await write(std::move(*response), false);
    // A close with bytes unread would reset the connection and could take the answer with it.
    beast::error_code ignored;
    below().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    below().expires_after(lingerTime);
    m_buffer.clear();
    for (std::size_t read = 0; read < lingerBytesMax;) {
        const auto [ended, bytes] = co_await m_stream.async_read_some(m_buffer.prepare(lingerStepBytes), awaiting);
        if (ended) {
            co_return;
        }
        read += bytes;
    }
}

std::optional<HttpResponse> Connection::refusal() const
{
    const auto forbidden = [](const char *why) {
        HttpResponse response = errorResponse(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::None, why));
        response.status = 403;
        return response;
    };
    const auto origin = m_request.find(http::field::origin);
    if (origin != m_request.end()) {
        const auto &allowed = m_context.settings.allowedOrigins;
        if (std::find(allowed.begin(), allowed.end(), viewOf(origin->value())) == allowed.end()) {
            return forbidden("pages of this origin may not call the server");
        }
    }
    if (m_context.isLoopback && !isLoopbackName(hostOf(viewOf(m_request[http::field::host])))) {
        return forbidden("the Host header does not name this machine");
    }
    return std::nullopt;
}

HttpRequest Connection::plainRequest()
{
    HttpRequest out;
    const std::string_view target = viewOf(m_request.target());
    const std::size_t question = target.find('?');
    out.method = std::string(viewOf(m_request.method_string()));
    out.path = std::string(target.substr(0, question));
    out.query = question == std::string_view::npos ? std::string() : std::string(target.substr(question + 1));
    out.authorization = std::string(viewOf(m_request[http::field::authorization]));
    out.contentType = std::string(viewOf(m_request[http::field::content_type]));
    out.requestId = loggableId(viewOf(m_request["X-Request-Id"]));
    out.reason = std::string(viewOf(m_request["Satchel-Reason"]));
    out.body = std::move(m_request.body());
    beast::error_code error;
    const auto peer = below().socket().remote_endpoint(error);
    out.isPeerLoopback = !error && peer.address().is_loopback();
    out.peerAddress = error ? std::string() : peer.address().to_string();
    return out;
}

std::optional<HttpResponse> Connection::upgrade()
{
    if (m_request.target() != "/v1/sync") {
        HttpResponse response = errorResponse(
            Core::makeError(Core::ErrorCode::Unimplemented, Core::ErrorReason::UnknownMethod, "there is no WebSocket at this path"));
        response.status = 404;
        return response;
    }
    if (!offersProtocol(viewOf(m_request[http::field::sec_websocket_protocol]))) {
        return errorResponse(Core::invalidArgument(Core::ErrorReason::ProtocolVersion, "the subprotocol satchel.v1 is needed"));
    }
    auto identity =
        m_context.services.tokens.verify(bearerOf(viewOf(m_request[http::field::authorization])), m_context.services.clock.now());
    if (!identity) {
        return errorResponse(identity.error());
    }
    if (!identity->hasRole(roleUser)) {
        return errorResponse(roleMissingError());
    }
    if (m_context.isStopping) {
        return errorResponse(
            Core::unavailable(Core::ErrorReason::ShuttingDown, "the server is going down", std::chrono::milliseconds(1000)));
    }
    m_isHandedOver = true;
    auto session = std::make_shared<WebSocketSession>(m_context, m_lane, std::move(m_stream), std::move(*identity));
    session->start(std::make_shared<Request>(std::move(m_request)));
    return std::nullopt;
}

asio::awaitable<bool, LaneExecutor> Connection::answer()
{
    // A refused upgrade closes: clients wait for either the upgrade or the end.
    const bool isKeptAlive = m_request.keep_alive() && !isUpgrade() && !m_context.isStopping;
    std::optional<HttpResponse> response = refusal();
    if (!response && isUpgrade()) {
        response = upgrade();
        if (!response) {
            co_return false;
        }
    }
    m_context.busy.add();
    if (!response) {
        response = co_await dispatch(plainRequest());
    }
    const bool isWritten = co_await write(std::move(*response), isKeptAlive);
    m_context.busy.remove();
    co_return isWritten &&isKeptAlive;
}

asio::awaitable<HttpResponse, LaneExecutor> Connection::dispatch(HttpRequest request)
{
    request.hasCallerGone = watchCaller();
    auto initiate = [this](auto handler, HttpRequest taken) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        m_context.router.handle(std::move(taken), [waiting, &lane = m_lane](HttpResponse response) {
            auto kept = std::make_shared<HttpResponse>(std::move(response));
            asio::post(lane, [waiting, kept] { (*waiting)(std::move(*kept)); });
        });
    };
    HttpResponse response = co_await asio::async_initiate<const asio::use_awaitable_t<LaneExecutor>, void(HttpResponse)>(
        std::move(initiate), asio::use_awaitable_t<LaneExecutor>(), std::move(request));
    beast::error_code ignored;
    below().socket().cancel(ignored);
    co_return response;
}

std::shared_ptr<const std::atomic<bool>> Connection::watchCaller()
{
    constexpr unsigned char tlsAlert = 21;
    auto hasGone = std::make_shared<std::atomic<bool>>(false);
    below().socket().async_wait(asio::ip::tcp::socket::wait_read, [self = shared_from_this(), hasGone](beast::error_code error) {
        if (error) {
            return;
        }
        unsigned char first = 0;
        const std::size_t bytes = self->below().socket().receive(asio::buffer(&first, 1), asio::ip::tcp::socket::message_peek, error);
        // Within TLS an alert tells of the end before the connection ends.
        *hasGone = (error && error != asio::error::would_block) || bytes == 0 || (self->m_stream.isTls() && first == tlsAlert);
    });
    return hasGone;
}

asio::awaitable<bool, LaneExecutor> Connection::write(HttpResponse response, bool isKeptAlive)
{
    auto message = std::make_unique<Response>(static_cast<http::status>(response.status), 11);
    message->set(http::field::server, "satchel-server");
    message->set(http::field::cache_control, "no-store");
    message->set("X-Content-Type-Options", "nosniff");
    if (!response.contentType.empty()) {
        message->set(http::field::content_type, response.contentType);
    }
    for (const auto &[name, value] : response.headers) {
        message->set(name, value);
    }
    message->keep_alive(isKeptAlive);
    message->body() = std::move(response.body);
    if (response.status != 204) {
        message->prepare_payload();
    }
    below().expires_after(m_context.settings.writeTimeout);
    const auto [error, bytes] = co_await http::async_write(m_stream, *message, awaiting);
    co_return !error;
}

}  // namespace

void serveConnection(NetContext &context, asio::io_context &lane, LaneSocket socket)
{
    ++context.connections;
    auto connection = std::make_shared<Connection>(context, lane, std::move(socket));
    asio::co_spawn(lane.get_executor(), connection->run(connection), asio::detached);
}

SessionRunner::Post postTo(asio::io_context &lane)
{
    return [&lane](std::function<void()> work) { asio::post(lane, std::move(work)); };
}

}  // namespace Satchel::Server
