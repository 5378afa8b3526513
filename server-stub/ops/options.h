// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/identityoptions.h"
#include "server-stub/ops/gatekeeper.h"
#include "server-stub/sync/compactor.h"
#include "server-stub/sync/expiry/expirer.h"
#include "server-stub/sync/pushpipeline.h"
#include "server-stub/sync/session.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace Satchel::Server {

/// Limits of connections; short ones make tests quick.
struct NetSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                ///< 0: the system picks one
    std::filesystem::path tlsCertificate;  ///< PEM, with its chain; empty: connections speak plainly
    std::filesystem::path tlsKey;          ///< PEM
    std::size_t lanes = 1;                 ///< threads, each with its own event loop
    std::size_t connectionsMax = 10'000;
    std::size_t headerBytesMax = 16 * 1024;
    std::size_t bodyBytesMax = 1024 * 1024 + 64 * 1024;
    std::size_t strangerBytesMax = 4 * 1024;          ///< of a body without a good token, and of a session's first message
    std::size_t queuedBytesMax = 8 * 1024 * 1024;     ///< waiting to be sent to one connection; beyond it the connection is dropped
    std::size_t backlogBytesMax = 256 * 1024 * 1024;  ///< waiting to be sent to all; beyond it those with most are told to come back later
    std::chrono::milliseconds headerTimeout{10'000};
    std::chrono::milliseconds bodyTimeout{30'000};
    std::chrono::milliseconds writeTimeout{30'000};
    std::chrono::milliseconds keepAliveTimeout{60'000};
    std::chrono::milliseconds helloTimeout{5'000};
    std::chrono::milliseconds webSocketTimeout{
        60'000};  ///< without a sign of life; a ping goes out at half of it, which an idle device's own comes before
    std::chrono::milliseconds pollingSessionTimeout{60'000};
    std::chrono::milliseconds pollingWaitMax{30'000};
    std::chrono::milliseconds recheckInterval{1'000};  ///< how often sessions are looked for whose token's time is over
    std::vector<std::string> allowedOrigins;
    std::vector<std::string> allowedHosts;  ///< names in the Host header; none: any, but on loopback those of this machine
};

/// Everything that a server is made with.
struct ServerOptions {
    NetSettings net;
    IdentityOptions identity;
    SessionSettings session;
    PipelineSettings pipeline;
    CompactionSettings compaction;
    ExpirySettings expiry;
    GateSettings gate;
    std::filesystem::path metricsTokenFile;  ///< who shows what is in it may read the metrics; empty: who asks from this machine
    std::size_t readerThreads = 2;
    std::filesystem::path dataFolder;           ///< empty: an ephemeral store in a folder that goes with the server
    std::filesystem::path keyFile;              ///< empty: `store.key` in the data folder
    std::filesystem::path backupFolder;         ///< of all backups; empty: none may be made
    std::filesystem::path backupKeyringFolder;  ///< where each backup puts the newest copy of the keyring; empty: nowhere
    std::optional<std::filesystem::path> policyFile;
    std::optional<std::filesystem::path> devSecretFile;  ///< shared signing secret of development tokens; none: one that the store keeps
    std::chrono::seconds devTokenLifetime{3600};
    std::string failpoint;  ///< NAME or NAME:N; empty: none
    bool isRemoteAllowed = false;
};

}  // namespace Satchel::Server
