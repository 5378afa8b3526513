// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/ops/clock.h"
#include "server-stub/ops/log.h"
#include "server-stub/ops/options.h"
#include "server-stub/ops/random.h"
#include "wire/rightsmessages.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace Satchel::Server {

struct SessionServices;

/// A whole server: the composition root. The program runs one; tests start as many as they like in their own process, on loopback.
/// All methods belong to the thread that made it.
class Server {
public:
    /// Clock, random source and log must outlive the server.
    Server(ServerOptions options, const Clock &clock, Random &random, Log &log);
    /// Stops as stop() does.
    ~Server();
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;

    /// Instead of start(): gives a store that was restored from a backup another epoch, so that devices bring back what it lacks.
    /// FAILED_PRECONDITION if there is no store.
    [[nodiscard]] Core::Result<void> renewEpoch();
    /// Instead of start(): looks at every page of the store and at how they fit together. DATA_LOSS/STORE_DAMAGED names the first bad one,
    /// FAILED_PRECONDITION if there is no store.
    [[nodiscard]] Core::Result<void> check();
    /// Whether the rows that follow from the log are what it gives: users looked at, or DATA_LOSS with the first difference.
    [[nodiscard]] Core::Result<std::size_t> verify();
    /// Makes those rows anew; how many differed.
    [[nodiscard]] Core::Result<std::size_t> rebuild();
    /// Instead of start(): one pass of the compaction that start() has done regularly. FAILED_PRECONDITION if there is no store.
    [[nodiscard]] Core::Result<CompactionReport> compact();
    /// Instead of start(): the key that heads of the store's audit logs are checked with, "name+hash+key"; made if there is none yet.
    [[nodiscard]] Core::Result<std::string> auditKey();
    /// Instead of start(): gives a tenant's whole log to `write`, in pieces; the empty tenant's is that of calls without a good token.
    [[nodiscard]] Core::Result<void> exportAudit(const std::string &tenant, const std::function<void(const std::string &lines)> &write);
    /// Instead of start(), or while it runs: a backup in the folder of the options. One at a time: FAILED_PRECONDITION.
    [[nodiscard]] Core::Result<Wire::Admin::BackupsCreateResponse> backup();
    /// Instead of start(): restoreBackup() of ops/backup/restore.h into the data folder.
    [[nodiscard]] Core::Result<std::string> restore(const std::filesystem::path &from, const std::filesystem::path &keyring);
    /// Instead of start(): puts the store under another key, crash-safe: rotateKey() or, with a file, changeKey() of ops/keyfile.h.
    [[nodiscard]] Core::Result<void> changeStoreKey(const std::filesystem::path &newKeyFile);
    /// Opens the store, listens and serves. Errors of the store, the key file, the policy file and the network. Once.
    [[nodiscard]] Core::Result<void> start();
    /// Reads the keys of tokens and the certificate anew, while it runs: what SIGHUP asks for.
    void reload();
    /// Other limits, and read-only or not, from now on, while it runs.
    void change(const GateSettings &settings);
    /// Stops accepting, tells every session, answers the pushes that are in, moves the store into its file. Safe to call twice.
    void stop();

    [[nodiscard]] std::uint16_t port() const;
    /// http://127.0.0.1:PORT, https with TLS.
    [[nodiscard]] std::string url() const;
    /// A development token, as /v1/dev/token gives it.
    [[nodiscard]] std::string issueToken(const std::string &tenant, const std::string &user, std::vector<std::string> roles,
                                         std::chrono::seconds lifetime = std::chrono::seconds(3600)) const;
    /// For carriers in this process; valid from start() to the end of the server.
    [[nodiscard]] SessionServices &services();
    /// All that it answers over HTTP, as "GET /healthz"; the WebSocket at /v1/sync is not among them.
    [[nodiscard]] std::vector<std::string> endpoints() const;
    [[nodiscard]] std::size_t sessionCount() const;
    [[nodiscard]] std::size_t connectionCount() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel::Server
