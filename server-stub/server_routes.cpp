// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "server_p.h"

#include "server-stub/ops/health.h"
#include "server-stub/ops/keyfile.h"

#include <system_error>

namespace Satchel::Server {

void Server::Private::addHealth()
{
    Router &router = net->router();
    router.add("GET", "/healthz", [](const HttpRequest &, const Respond &respond) { respond(jsonResponse(200, R"({"status":"ok"})")); });
    router.add("GET", "/readyz", [this](const HttpRequest &, const Respond &respond) {
        Readiness readiness;
        readiness.hasTokenKeys = tokens->isReady();
        readiness.isReadOnly = gate->isReadOnly();
        readiness.isDraining = isDraining;
        readiness.isOverloaded = gate->load().isOver();
        if (readiness.isOverloaded) {
            // The store has more to answer than it can.
            respond(readinessResponse(readiness));
            return;
        }
        readers->run([readiness, respond](Core::Result<ReadView *> view) mutable {
            const auto head = view ? (*view)->head(Core::UserId{}) : Core::Result<std::uint64_t>(Core::failure(std::move(view.error())));
            if (!head) {
                readiness.storeError = head.error();
            }
            respond(readinessResponse(readiness));
        });
    });
}

Gauges Server::Private::gauges() const
{
    Gauges out;
    out.connections = net->connectionCount();
    out.backlogBytes = net->backlogBytes();
    out.sessions = hub.sessionCount();
    out.queuedMutations = pipeline->queuedMutations();
    out.queuedJobs = pipeline->queuedJobs();
    out.queuedReads = readers->queuedReads();
    const std::filesystem::path file = (options.dataFolder.empty() ? ephemeralFolder : options.dataFolder) / storeName;
    for (const char *suffix : {"", "-wal"}) {
        std::error_code error;
        const auto bytes = std::filesystem::file_size(file.string() + suffix, error);
        out.storeBytes += error ? 0 : bytes;
    }
    out.isReadOnly = gate->isReadOnly();
    out.startedAt = startedAt;
    return out;
}

Core::Result<void> Server::Private::addMetrics()
{
    std::string secret;
    if (!options.metricsTokenFile.empty()) {
        auto read = secretFromFile(options.metricsTokenFile);
        if (!read) {
            return Core::failure(std::move(read.error()));
        }
        secret = std::move(*read);
    }
    startedAt = clock.now();
    net->router().add("GET", "/metrics", [this, secret](const HttpRequest &request, const Respond &respond) {
        if (auto refused = refuseMetrics(request, secret)) {
            respond(std::move(*refused));
            return;
        }
        respond(HttpResponse{200, metricsContentType, metricsPage(pipeline->metrics(), gauges()), {}});
    });
    return {};
}

void Server::Private::addRoutes()
{
    Router &router = net->router();
    const auto devToken = [endpoint = devTokens.get()](const HttpRequest &request, const Respond &respond) {
        endpoint->handle(request, respond);
    };
    if (options.identity.isDevelopment()) {
        router.add("GET", "/v1/dev/token", devToken);
        router.add("POST", "/v1/dev/token", devToken);
    }
    addHealth();
    net->addPolling();
}

}  // namespace Satchel::Server
