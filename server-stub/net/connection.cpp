// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "connection.h"

#include "requestchecks.h"
#include "requesthead.h"
#include "streamsession.h"
#include "websocketsession.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;
using Parser = http::request_parser<http::string_body>;

constexpr std::chrono::milliseconds lingerTime{2000};
constexpr std::size_t lingerBytesMax = 8 * 1024 * 1024;
constexpr std::size_t lingerStepBytes = 16 * 1024;
constexpr std::size_t headStepBytes = 4 * 1024;

HttpResponse tooLarge(const char *why, int status)
{
    HttpResponse response = errorResponse(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, why));
    response.status = status;
    return response;
}

std::string_view viewOf(beast::string_view text)
{
    return {text.data(), text.size()};
}

/// One connection while it speaks HTTP. Lives in its own coroutine.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(NetContext &context, asio::io_context &lane, LaneSocket socket, std::unique_ptr<ConnectionPlace> place)
        : m_context(context)
        , m_lane(lane)
        , m_place(std::move(place))
        , m_stream(std::move(socket), context.tls ? context.tls->context() : nullptr)
    {
    }
    ~Connection() = default;
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    Task run(std::shared_ptr<Connection> self);

private:
    asio::awaitable<bool, LaneExecutor> greet();
    Task finish();
    asio::awaitable<bool, LaneExecutor> readWholeHead();
    asio::awaitable<bool, LaneExecutor> readRequest();
    Task reject(beast::error_code error);
    Task reject(HttpResponse response);
    Task linger();
    [[nodiscard]] bool admitBody(Parser &parser);
    void tell(const HttpRequest &request, int status, std::chrono::steady_clock::time_point begun) const;
    asio::awaitable<bool, LaneExecutor> answer();
    asio::awaitable<HttpResponse, LaneExecutor> dispatch(HttpRequest request);
    /// What says, while a request is being answered, whether its caller has closed the connection.
    [[nodiscard]] std::shared_ptr<const std::atomic<bool>> watchCaller();
    asio::awaitable<bool, LaneExecutor> write(HttpResponse response, bool isKeptAlive);
    [[nodiscard]] std::optional<HttpResponse> refusal() const;
    [[nodiscard]] std::optional<HttpResponse> upgrade();
    [[nodiscard]] std::optional<HttpResponse> openStream(const StreamRoute &route);
    /// For a WebSocket, with what came behind the upgrade.
    [[nodiscard]] ServerStream takeStream();
    [[nodiscard]] HttpRequest plainRequest();
    [[nodiscard]] TraceContext traceOf(const Request &request) const;
    [[nodiscard]] bool isUpgrade() const { return websocket::is_upgrade(m_request); }
    [[nodiscard]] bool isHealth() const { return m_request.target() == "/healthz" || m_request.target() == "/readyz"; }

    NetContext &m_context;
    asio::io_context &m_lane;
    std::unique_ptr<ConnectionPlace> m_place;
    /// Too much waits for everybody; an answer that is half sent cannot say so.
    void cut() { below().close(); }
    [[nodiscard]] LaneStream &below() { return m_stream.next_layer(); }

    ServerStream m_stream;
    beast::flat_buffer m_buffer;
    Request m_request;
    bool m_isFirst = true;
    bool m_isBroken = false;
    bool m_isHandedOver = false;
    bool m_isBodyLeft = false;  ///< the request has a body that is not read; nothing can follow it
    TraceContext m_trace;
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

/// Reads until the head is whole, and looks at it before a parser does. False after a rejection, or if nobody is there.
asio::awaitable<bool, LaneExecutor> Connection::readWholeHead()
{
    while (true) {
        const HeadProgress progress = readHead({static_cast<const char *>(m_buffer.data().data()), m_buffer.size()});
        if (progress.mistake != nullptr) {
            HttpResponse refused = errorResponse(Core::invalidArgument(Core::ErrorReason::MalformedInput, progress.mistake));
            co_await reject(std::move(refused));
            co_return false;
        }
        const std::size_t headBytes = progress.end.value_or(m_buffer.size());
        if (headBytes > m_context.settings.headerBytesMax || (!progress.end && headBytes == m_context.settings.headerBytesMax)) {
            HttpResponse refused = tooLarge("the header is too large", 431);
            co_await reject(std::move(refused));
            co_return false;
        }
        if (progress.end) {
            co_return true;
        }
        const std::size_t room = m_context.settings.headerBytesMax - m_buffer.size();
        const auto [error, bytes] = co_await m_stream.async_read_some(m_buffer.prepare(std::min(room, headStepBytes)), awaiting);
        if (error) {
            co_return false;
        }
        m_buffer.commit(bytes);
    }
}

/// Who has shown no good token may send a few bytes only, and quickly. False: the body is not to be read.
bool Connection::admitBody(Parser &parser)
{
    const auto length = parser.content_length();
    const std::size_t strangerBytesMax = m_context.settings.strangerBytesMax;
    const bool isLarge = length ? *length > strangerBytesMax : parser.chunked();
    const bool isKnown = isLarge && m_context.services.tokens
                                        .verify(bearerOf(viewOf(parser.get()[http::field::authorization])), m_context.services.clock.now())
                                        .has_value();
    parser.body_limit(isKnown ? m_context.settings.bodyBytesMax : strangerBytesMax);
    below().expires_after(isKnown ? m_context.settings.bodyTimeout : m_context.settings.helloTimeout);
    return isKnown || !isLarge || parser.chunked();
}

asio::awaitable<bool, LaneExecutor> Connection::readRequest()
{
    auto parser = std::make_unique<Parser>();
    parser->header_limit(static_cast<std::uint32_t>(m_context.settings.headerBytesMax));
    parser->body_limit(boost::none);
    below().expires_after(m_isFirst ? m_context.settings.headerTimeout : m_context.settings.keepAliveTimeout);
    m_isFirst = false;
    const bool hasHead = co_await readWholeHead();
    if (!hasHead) {
        co_return false;
    }
    const auto [headError, headBytes] = co_await http::async_read_header(m_stream, m_buffer, *parser, awaiting);
    if (headError) {
        co_await reject(headError);
        co_return false;
    }
    if (parser->content_length().value_or(0) > m_context.settings.bodyBytesMax) {
        HttpResponse refused = tooLarge("the body is too large", 413);
        co_await reject(std::move(refused));
        co_return false;
    }
    m_isBodyLeft = !admitBody(*parser);
    if (m_isBodyLeft) {
        m_request = parser->release();
        co_return true;
    }
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
    std::optional<HttpResponse> refused;
    if (error == http::error::body_limit) {
        refused = tooLarge("the body is too large", 413);
    } else if (error.category() == http::make_error_code(http::error::bad_method).category() && error != http::error::end_of_stream &&
               error != http::error::partial_message) {
        refused = errorResponse(Core::invalidArgument(Core::ErrorReason::MalformedInput, "this is not HTTP/1.1"));
    }
    if (refused) {
        co_await reject(std::move(*refused));
    }
}

Task Connection::reject(HttpResponse response)
{
    co_await write(std::move(response), false);
    co_await linger();
}

/// A close with bytes unread would reset the connection and could take the answer with it.
Task Connection::linger()
{
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
    const auto origin = m_request.find(http::field::origin);
    auto foreign = refuseForeign(m_context.settings, m_context.isLoopback,
                                 origin == m_request.end() ? std::nullopt : std::optional(viewOf(origin->value())),
                                 viewOf(m_request[http::field::host]));
    if (foreign || isHealth()) {
        return foreign;
    }
    if (const auto tooMany = m_context.services.gate.refuseRequest(m_place->address())) {
        return errorResponse(*tooMany);
    }
    return std::nullopt;
}

/// The caller's trace if it sent one as it should, once.
TraceContext Connection::traceOf(const Request &request) const
{
    constexpr const char *name = "traceparent";
    std::optional<TraceContext> given;
    if (request.count(name) == 1) {
        given = TraceContext::parse(viewOf(request[name]));
    }
    return given ? given->child(m_context.services.random) : TraceContext::fresh(m_context.services.random);
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
    out.unmask = std::string(viewOf(m_request["Satchel-Unmask"]));
    out.approval = loggableId(viewOf(m_request["Satchel-Approval"]));
    out.body = std::move(m_request.body());
    beast::error_code error;
    const auto peer = below().socket().remote_endpoint(error);
    out.isPeerLoopback = !error && peer.address().is_loopback();
    out.isForwarded = m_request.find(http::field::forwarded) != m_request.end() || m_request.find("X-Forwarded-For") != m_request.end();
    out.peerAddress = m_place->address();
    out.trace = m_trace;
    return out;
}

std::optional<HttpResponse> Connection::upgrade()
{
    if (const StreamRoute *route = m_context.router.stream(viewOf(m_request.target()))) {
        return openStream(*route);
    }
    if (m_request.target() != "/v1/sync") {
        HttpResponse response = errorResponse(
            Core::makeError(Core::ErrorCode::Unimplemented, Core::ErrorReason::UnknownMethod, "there is no WebSocket at this path"));
        response.status = 404;
        return response;
    }
    const std::string ours[] = {"satchel.v1"};
    if (agreedProtocol(viewOf(m_request[http::field::sec_websocket_protocol]), ours).empty()) {
        return errorResponse(Core::invalidArgument(Core::ErrorReason::ProtocolVersion, "the subprotocol satchel.v1 is needed"));
    }
    auto identity =
        m_context.services.tokens.verify(bearerOf(viewOf(m_request[http::field::authorization])), m_context.services.clock.now());
    if (!identity) {
        m_context.services.gate.metrics().tokensRefused.add();
        return errorResponse(identity.error());
    }
    if (!identity->hasRole(roleUser)) {
        return errorResponse(roleMissingError());
    }
    if (m_context.isStopping) {
        return errorResponse(
            Core::unavailable(Core::ErrorReason::ShuttingDown, "the server is going down", std::chrono::milliseconds(1000)));
    }
    if (const auto shed = m_context.services.gate.turnAway(Work::Auth)) {
        return errorResponse(*shed);
    }
    auto session = std::make_shared<WebSocketSession>(m_context, m_lane, takeStream(), std::move(*identity), std::move(m_place), m_trace);
    session->start(std::make_shared<Request>(std::move(m_request)));
    return std::nullopt;
}

ServerStream Connection::takeStream()
{
    m_isHandedOver = true;
    m_stream.giveBack(beast::buffers_to_string(m_buffer.data()));
    m_buffer.clear();
    return std::move(m_stream);
}

std::optional<HttpResponse> Connection::openStream(const StreamRoute &route)
{
    const std::string_view agreed = agreedProtocol(viewOf(m_request[http::field::sec_websocket_protocol]), route.subprotocols);
    if (agreed.empty()) {
        return errorResponse(
            Core::invalidArgument(Core::ErrorReason::ProtocolVersion, "a subprotocol is needed: " + route.subprotocols.front()));
    }
    if (m_context.isStopping) {
        return errorResponse(
            Core::unavailable(Core::ErrorReason::ShuttingDown, "the server is going down", std::chrono::milliseconds(1000)));
    }
    auto messages = route.open(plainRequest(), agreed);
    if (!messages) {
        return errorResponse(messages.error());
    }
    auto session = std::make_shared<StreamSession>(m_context, m_lane, takeStream(), std::move(m_place), std::move(*messages));
    session->start(std::make_shared<Request>(std::move(m_request)), std::string(agreed));
    return std::nullopt;
}

asio::awaitable<bool, LaneExecutor> Connection::answer()
{
    const auto begun = std::chrono::steady_clock::now();
    // A refused upgrade closes: clients wait for either the upgrade or the end.
    const bool isKeptAlive = m_request.keep_alive() && !isUpgrade() && !m_context.isStopping && !m_isBodyLeft;
    m_trace = traceOf(m_request);
    std::optional<HttpResponse> response = refusal();
    if (!response && isUpgrade()) {
        response = upgrade();
        if (!response) {
            co_return false;
        }
    }
    m_context.busy.add();
    HttpRequest request = plainRequest();
    HttpRequest named;
    named.method = request.method;
    named.path = request.path;
    named.requestId = request.requestId;
    named.peerAddress = request.peerAddress;
    named.trace = request.trace;
    if (!response) {
        response = co_await dispatch(std::move(request));
    }
    const int status = response->status;
    response->headers.emplace_back("traceparent", m_trace.header());
    const bool isWritten = co_await write(std::move(*response), isKeptAlive);
    m_context.busy.remove();
    tell(named, status, begun);
    if (isWritten && m_isBodyLeft) {
        co_await linger();
    }
    co_return isWritten &&isKeptAlive;
}

/// One line a request; what comes all the time only when asked for.
void Connection::tell(const HttpRequest &request, int status, std::chrono::steady_clock::time_point begun) const
{
    const bool isFrequent =
        request.path == "/v1/sync" || request.path == "/healthz" || request.path == "/readyz" || request.path == "/metrics";
    const LogLevel level = isFrequent && status < 400 ? LogLevel::Debug : LogLevel::Info;
    if (!m_context.log.isWanted(level)) {
        return;
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
    m_context.log.write(level, "request",
                        {{"trace", request.trace.traceId},
                         {"span", request.trace.parentId},
                         {"method", request.method},
                         {"path", request.path},
                         {"status", std::to_string(status)},
                         {"us", std::to_string(took.count())},
                         {"peer", request.peerAddress},
                         {"request", request.requestId}});
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
    m_context.services.gate.metrics().requests.of(static_cast<std::uint8_t>(response.status / 100)).add();
    Backlog::Share share(m_context.backlog, leaveOn(m_lane, weak_from_this(), &Connection::cut));
    share.set(message->body().size());
    const auto [error, bytes] = co_await http::async_write(m_stream, *message, awaiting);
    co_return !error;
}

}  // namespace

void serveConnection(NetContext &context, asio::io_context &lane, LaneSocket socket, std::unique_ptr<ConnectionPlace> place)
{
    auto connection = std::make_shared<Connection>(context, lane, std::move(socket), std::move(place));
    asio::co_spawn(lane.get_executor(), connection->run(connection), asio::detached);
}

Core::Error backlogError()
{
    constexpr std::chrono::milliseconds retryAfter{10'000};
    return Core::unavailable(Core::ErrorReason::Overloaded, "too much waits to be sent to those who read slowly; come back later",
                             retryAfter);
}

SessionRunner::Post postTo(asio::io_context &lane)
{
    return [&lane](std::function<void()> work) { asio::post(lane, std::move(work)); };
}

}  // namespace Satchel::Server
