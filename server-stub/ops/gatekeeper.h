// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"
#include "core/ids.h"
#include "server-stub/ops/load.h"
#include "server-stub/ops/metrics.h"
#include "server-stub/ops/ratelimiter.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace Satchel::Server {

/// How much of the server one caller may have. 0: as much as wanted.
struct GateSettings {
    std::int64_t requestsPerAddress = 0;  ///< a second
    std::int64_t mutationsPerUser = 0;    ///< a second
    std::int64_t mutationsPerTenant = 0;  ///< a second
    std::int64_t connectionsPerAddress = 1000;
    bool isReadOnly = false;
};

/// Says who may go on now, and else how long to wait: rate limits, load, and read-only mode. Thread-safe.
class Gatekeeper {
public:
    /// The time in which a caller who was quiet may spend what it has at once.
    static constexpr double burstSeconds = 10;
    static constexpr std::chrono::milliseconds readOnlyRetryAfter{30'000};

    Gatekeeper(const GateSettings &settings, Metrics &metrics);

    /// Before the first question.
    [[nodiscard]] Load &load() { return m_load; }
    [[nodiscard]] const Load &load() const { return m_load; }
    [[nodiscard]] Metrics &metrics() { return m_metrics; }

    /// False if the address has as many connections as it may have. Each true is given back by removeConnection().
    [[nodiscard]] bool addConnection(const std::string &address);
    void removeConnection(const std::string &address);
    /// RESOURCE_EXHAUSTED/LIMIT_EXCEEDED with the time to wait, for a request of an address.
    [[nodiscard]] std::optional<Core::Error> refuseRequest(const std::string &address);
    /// UNAVAILABLE with the time to wait, for a push or Recover of so many: SERVER_READ_ONLY, or OVERLOADED by the server's load or
    /// by what the user or its tenant has written in the last seconds.
    [[nodiscard]] std::optional<Core::Error> refuseWrite(const Core::UserId &user, std::size_t mutationCount);
    /// UNAVAILABLE/OVERLOADED as Load::turnAway().
    [[nodiscard]] std::optional<Core::Error> turnAway(Work work) const { return m_load.turnAway(work); }

    [[nodiscard]] bool isReadOnly() const { return m_isReadOnly; }
    void setReadOnly(bool isReadOnly) { m_isReadOnly = isReadOnly; }
    /// Other rates from now on; whoever has spent much begins anew.
    void change(const GateSettings &settings);

private:
    struct Limiters {
        explicit Limiters(const GateSettings &settings);
        RateLimiter address;
        RateLimiter user;
        RateLimiter tenant;
        std::size_t connectionsMax;
    };
    [[nodiscard]] std::shared_ptr<Limiters> limiters() const;

    Metrics &m_metrics;
    Load m_load;
    std::atomic<bool> m_isReadOnly;
    mutable std::mutex m_mutex;
    std::shared_ptr<Limiters> m_limiters;
    std::map<std::string, std::size_t, std::less<>> m_connections;
};

/// UNAVAILABLE/SERVER_READ_ONLY with the time after which to ask again.
[[nodiscard]] Core::Error readOnlyError();

}  // namespace Satchel::Server
