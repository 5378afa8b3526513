// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server.h"

#include "server-stub/admin/adminendpoint.h"
#include "server-stub/auth/bearertokens.h"
#include "server-stub/auth/devtoken.h"
#include "server-stub/net/netserver.h"
#include "server-stub/ops/metricspage.h"
#include "server-stub/store/embedded/embeddedstore.h"

#include <atomic>
#include <mutex>
#include <optional>

namespace Satchel::Server {

inline constexpr const char *storeName = "server.db";

/// Members stand in the order in which they need each other; they go in the opposite one.
struct Server::Private {
    Private(ServerOptions given, const Clock &clock_, Random &random_, Log &log_)
        : options(std::move(given))
        , clock(clock_)
        , random(random_)
        , log(log_)
    {
    }
    ~Private();

    Core::Result<void> openStore();
    Core::Result<void> openExistingStore();
    [[nodiscard]] std::filesystem::path keyFile() const
    {
        return options.keyFile.empty() ? options.dataFolder / "store.key" : options.keyFile;
    }
    Core::Result<void> loadPolicies();
    void reloadPolicies();
    Core::Result<void> makeTokens();
    Core::Result<void> makeAuditSigner();
    Core::Result<void> makeAdmin();
    Core::Result<Wire::Admin::BackupsCreateResponse> backup();
    void makePipeline();
    void makeServices();
    Core::Result<void> makeTls();
    void addRoutes();
    void addHealth();
    Core::Result<void> addMetrics();
    [[nodiscard]] Gauges gauges() const;
    void tell(const Core::Result<CompactionReport> &report);
    void tell(const Core::Result<ExpiryReport> &report);
    Core::Result<void> checkAddress() const;

    ServerOptions options;
    const Clock &clock;
    Random &random;
    Log &log;
    Failpoint afterCommit;
    std::filesystem::path ephemeralFolder;
    std::unique_ptr<EmbeddedStore> store;
    JwtSettings tokenSettings;
    std::unique_ptr<BearerTokens> tokens;
    std::unique_ptr<DevTokenEndpoint> devTokens;
    Hub hub;
    std::shared_ptr<const Policies> startPolicies = std::make_shared<const Policies>();
    std::unique_ptr<PushPipeline> pipeline;
    std::unique_ptr<PolicyKeeper> policyKeeper;
    std::unique_ptr<Compactor> compactor;
    std::unique_ptr<Gatekeeper> gate;
    std::unique_ptr<Expirer> expirer;
    std::unique_ptr<ReaderPool> readers;
    std::unique_ptr<ReaderPool> adminReaders;  ///< of their own, so that no operator's query holds devices up
    std::unique_ptr<SessionServices> services;
    std::optional<Audit::Signer> auditSigner;
    std::unique_ptr<AdminEndpoint> admin;
    std::unique_ptr<NetServer> net;
    std::chrono::milliseconds startedAt{0};
    std::mutex backupMutex;
    bool isRunning = false;
    std::atomic<bool> isDraining{false};
};

}  // namespace Satchel::Server
