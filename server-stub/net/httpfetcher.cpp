// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "httpfetcher.h"

#include "server-stub/net/tls.h"

#include <mutex>
#include <optional>

namespace Satchel::Server {

namespace {

using Resolver = asio::ip::basic_resolver<asio::ip::tcp, LaneExecutor>;
using Request = http::request<http::empty_body>;
using Parser = http::response_parser<http::string_body>;

/// What a fetch came to; nothing while it is under way.
using Outcome = std::optional<Core::Result<std::string>>;

tl::unexpected<Core::Error> failed(const HttpUrl &url, const std::string &why)
{
    return Core::failure(Core::unavailable(Core::ErrorReason::None, url.authority() + ": " + why));
}

/// The system's authorities, TLS 1.2 and later with authenticated encryption only; the certificate names the host.
bool prepare(ssl::context &context, TlsStream &stream, const HttpUrl &url, beast::error_code &error)
{
    context.set_default_verify_paths(error);
    const bool isBounded = SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION) == 1 &&
                           SSL_CTX_set_cipher_list(context.native_handle(), tlsCiphers) == 1;
    stream.set_verify_mode(ssl::verify_peer, error);
    stream.set_verify_callback(ssl::host_name_verification(url.host), error);
    const bool isNamed = SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str()) == 1;
    return !error && isBounded && isNamed;
}

Request requestFor(const HttpUrl &url)
{
    Request request(http::verb::get, url.target, 11);
    request.set(http::field::host, url.authority());
    request.set(http::field::user_agent, "satchel-server");
    request.set(http::field::accept, "application/json");
    request.keep_alive(false);
    return request;
}

template <typename Stream>
asio::awaitable<Core::Result<std::string>, LaneExecutor> exchange(Stream &stream, const HttpUrl &url, const FetchLimits &limits)
{
    const Request request = requestFor(url);
    const auto [writeError, written] = co_await http::async_write(stream, request, awaiting);
    if (writeError) {
        co_return failed(url, writeError.message());
    }
    beast::flat_buffer buffer;
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.headerBytesMax));
    parser.body_limit(limits.bodyBytesMax);
    const auto [readError, read] = co_await http::async_read(stream, buffer, parser, awaiting);
    if (readError) {
        co_return failed(url, readError.message());
    }
    if (parser.get().result() != http::status::ok) {
        co_return failed(url, "the answer is " + std::to_string(parser.get().result_int()) + ", not 200; redirects are not followed");
    }
    co_return std::move(parser.get().body());
}

Task fetch(asio::io_context &loop, ssl::context &context, const HttpUrl &url, const FetchLimits &limits, Outcome &outcome)
{
    Resolver resolver(loop.get_executor());
    const auto [resolveError, found] = co_await resolver.async_resolve(url.host, std::to_string(url.port), awaiting);
    if (resolveError) {
        outcome = failed(url, "its name cannot be resolved: " + resolveError.message());
        co_return;
    }
    TlsStream stream(LaneStream(loop.get_executor()), context);
    const auto [connectError, endpoint] = co_await stream.next_layer().async_connect(found, awaiting);
    if (connectError) {
        outcome = failed(url, "it cannot be reached: " + connectError.message());
        co_return;
    }
    if (!url.isTls) {
        outcome = co_await exchange(stream.next_layer(), url, limits);
        co_return;
    }
    beast::error_code error;
    if (!prepare(context, stream, url, error)) {
        outcome = failed(url, "TLS cannot be set up: " + error.message());
        co_return;
    }
    const auto [handshakeError] = co_await stream.async_handshake(ssl::stream_base::client, awaiting);
    if (handshakeError) {
        outcome = failed(url, "its certificate or TLS is not good: " + handshakeError.message());
        co_return;
    }
    outcome = co_await exchange(stream, url, limits);
}

}  // namespace

struct HttpFetcher::Private {
    FetchLimits limits;
    std::mutex mutex;
    asio::io_context *running = nullptr;
    bool isCancelled = false;
};

HttpFetcher::HttpFetcher(FetchLimits limits)
    : d(std::make_unique<Private>())
{
    d->limits = limits;
}

HttpFetcher::~HttpFetcher() = default;

Core::Result<std::string> HttpFetcher::get(const HttpUrl &url)
{
    Outcome outcome;
    ssl::context context(ssl::context::tls_client);
    asio::io_context loop(1);
    {
        const std::lock_guard lock(d->mutex);
        if (d->isCancelled) {
            return failed(url, "the server is going down");
        }
        d->running = &loop;
    }
    asio::co_spawn(loop.get_executor(), fetch(loop, context, url, d->limits, outcome), asio::detached);
    loop.run_for(d->limits.timeout);
    {
        const std::lock_guard lock(d->mutex);
        d->running = nullptr;
    }
    return outcome ? std::move(*outcome) : Core::Result<std::string>(failed(url, "there was no answer in time"));
}

void HttpFetcher::cancel()
{
    const std::lock_guard lock(d->mutex);
    d->isCancelled = true;
    if (d->running != nullptr) {
        d->running->stop();
    }
}

}  // namespace Satchel::Server
