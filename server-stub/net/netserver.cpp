// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "netserver.h"

#include "connection.h"
#include "pollingendpoint.h"

#include <thread>

namespace Satchel::Server {

namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, LaneExecutor>;

struct Lane {
    asio::io_context loop{1};
    asio::executor_work_guard<LaneExecutor> work{loop.get_executor()};
    std::atomic<std::int64_t> lagUs{0};
    std::thread thread;
};

constexpr std::chrono::milliseconds lagInterval{250};

}  // namespace

struct NetServer::Private {
    Private(NetSettings given, SessionServices &services, Log &log)
        : settings(std::move(given))
        , context{settings, services, {}, log, {}, {}, {settings.backlogBytesMax, services.gate.metrics().slowReadersCut}, {}, {}, true}
    {
    }

    Task acceptAll();
    Task expireSessions();
    Task watchLag(Lane &lane);
    [[nodiscard]] std::unique_ptr<ConnectionPlace> admit(const LaneSocket &socket);
    Core::Result<void> listen();

    NetSettings settings;
    NetContext context;
    std::vector<std::unique_ptr<Lane>> lanes;
    std::unique_ptr<PollingEndpoint> polling;
    std::unique_ptr<Acceptor> acceptor;
    std::uint16_t port = 0;
};

Task NetServer::Private::acceptAll()
{
    std::size_t next = 0;
    while (acceptor->is_open()) {
        Lane &lane = *lanes[next++ % lanes.size()];
        auto socket = std::make_unique<LaneSocket>(lane.loop.get_executor());
        const auto [error] = co_await acceptor->async_accept(*socket, awaiting);
        if (error == asio::error::operation_aborted) {
            break;
        }
        if (error) {
            // Out of descriptors, most likely: leave the system a moment to get some back.
            LaneTimer pause(lanes.front()->loop.get_executor(), std::chrono::milliseconds(50));
            co_await pause.async_wait(awaiting);
            continue;
        }
        auto place = admit(*socket);
        if (!place) {
            continue;
        }
        beast::error_code ignored;
        socket->set_option(asio::ip::tcp::no_delay(true), ignored);
        std::shared_ptr<LaneSocket> handed = std::move(socket);
        std::shared_ptr<std::unique_ptr<ConnectionPlace>> kept = std::make_shared<std::unique_ptr<ConnectionPlace>>(std::move(place));
        asio::post(lane.loop, [this, &lane, handed, kept] { serveConnection(context, lane.loop, std::move(*handed), std::move(*kept)); });
    }
}

/// Nothing if there are as many connections as there may be, at all or of the peer's address.
std::unique_ptr<ConnectionPlace> NetServer::Private::admit(const LaneSocket &socket)
{
    Metrics &metrics = context.services.gate.metrics();
    if (context.connections >= settings.connectionsMax) {
        metrics.connectionsTurnedAway.of(TurnedAway::Full).add();
        return nullptr;
    }
    beast::error_code error;
    const auto peer = socket.remote_endpoint(error);
    std::string address = error ? std::string() : peer.address().to_string();
    if (!context.services.gate.addConnection(address)) {
        metrics.connectionsTurnedAway.of(TurnedAway::AddressFull).add();
        return nullptr;
    }
    metrics.connections.add();
    return std::make_unique<ConnectionPlace>(context, std::move(address));
}

/// How late the loop comes to what is due shows how much it has to do.
Task NetServer::Private::watchLag(Lane &lane)
{
    LaneTimer pause(lane.loop.get_executor());
    while (!context.isStopping) {
        const auto due = std::chrono::steady_clock::now() + lagInterval;
        pause.expires_at(due);
        co_await pause.async_wait(awaiting);
        const auto late = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - due);
        lane.lagUs = std::max<std::int64_t>(late.count(), 0);
        std::int64_t most = 0;
        for (const auto &each : lanes) {
            most = std::max(most, each->lagUs.load());
        }
        context.services.gate.metrics().loopLagUs = most;
    }
}

Task NetServer::Private::expireSessions()
{
    // Told again well before devices would try.
    constexpr int readOnlyTicks = 10;
    int ticks = 0;
    LaneTimer pause(lanes.front()->loop.get_executor());
    while (!context.isStopping) {
        pause.expires_after(settings.recheckInterval);
        co_await pause.async_wait(awaiting);
        context.services.hub.expire(context.services.clock.now());
        if (context.services.gate.isReadOnly() && ++ticks % readOnlyTicks == 0) {
            context.services.hub.readOnly();
        }
    }
}

Core::Result<void> NetServer::Private::listen()
{
    beast::error_code error;
    const auto address = asio::ip::make_address(settings.address, error);
    if (error) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "the address to listen on is not an IP address"));
    }
    context.isLoopback = address.is_loopback();
    const asio::ip::tcp::endpoint endpoint(address, settings.port);
    acceptor = std::make_unique<Acceptor>(lanes.front()->loop.get_executor());
    acceptor->open(endpoint.protocol(), error);
    if (!error) {
        acceptor->set_option(asio::socket_base::reuse_address(true), error);
    }
    if (!error) {
        acceptor->bind(endpoint, error);
    }
    if (!error) {
        acceptor->listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
        return Core::failure(Core::unavailable(Core::ErrorReason::None, "cannot listen on " + settings.address + ": " + error.message()));
    }
    port = acceptor->local_endpoint().port();
    return {};
}

NetServer::NetServer(NetSettings settings, SessionServices &services, Log &log)
    : d(std::make_unique<Private>(std::move(settings), services, log))
{
    for (std::size_t i = 0; i < std::max<std::size_t>(d->settings.lanes, 1); ++i) {
        d->lanes.push_back(std::make_unique<Lane>());
    }
}

NetServer::~NetServer()
{
    stop(std::chrono::milliseconds(0));
}

Router &NetServer::router()
{
    return d->context.router;
}

void NetServer::useTls(std::unique_ptr<TlsIdentity> identity)
{
    d->context.tls = std::move(identity);
}

void NetServer::reload()
{
    if (d->context.tls) {
        d->context.tls->reload();
    }
}

void NetServer::addPolling()
{
    d->polling = std::make_unique<PollingEndpoint>(d->context, d->lanes.front()->loop);
    d->context.router.add("POST", "/v1/sync", [endpoint = d->polling.get()](HttpRequest request, Respond respond) {
        endpoint->handle(std::move(request), std::move(respond));
    });
}

Core::Result<void> NetServer::start()
{
    if (auto listening = d->listen(); !listening) {
        return listening;
    }
    asio::co_spawn(d->lanes.front()->loop.get_executor(), d->acceptAll(), asio::detached);
    asio::co_spawn(d->lanes.front()->loop.get_executor(), d->expireSessions(), asio::detached);
    for (const auto &lane : d->lanes) {
        asio::co_spawn(lane->loop.get_executor(), d->watchLag(*lane), asio::detached);
        lane->thread = std::thread([&loop = lane->loop] { loop.run(); });
    }
    return {};
}

std::uint16_t NetServer::port() const
{
    return d->port;
}

std::size_t NetServer::connectionCount() const
{
    return d->context.connections;
}

std::size_t NetServer::backlogBytes() const
{
    return d->context.backlog.bytes();
}

void NetServer::stopAccepting()
{
    d->context.isStopping = true;
    if (d->acceptor) {
        asio::post(d->lanes.front()->loop, [acceptor = d->acceptor.get()] {
            beast::error_code ignored;
            acceptor->close(ignored);
        });
    }
}

void NetServer::stop(std::chrono::milliseconds patience)
{
    stopAccepting();
    d->context.busy.awaitIdle(patience);
    for (const auto &lane : d->lanes) {
        lane->loop.stop();
    }
    for (const auto &lane : d->lanes) {
        if (lane->thread.joinable()) {
            lane->thread.join();
        }
    }
}

}  // namespace Satchel::Server
