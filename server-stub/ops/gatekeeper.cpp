// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "gatekeeper.h"

namespace Satchel::Server {

Gatekeeper::Limiters::Limiters(const GateSettings &settings)
    : address(Rate::of(settings.requestsPerAddress, burstSeconds))
    , user(Rate::of(settings.mutationsPerUser, burstSeconds))
    , tenant(Rate::of(settings.mutationsPerTenant, burstSeconds))
    , connectionsMax(static_cast<std::size_t>(settings.connectionsPerAddress))
{
}

Gatekeeper::Gatekeeper(const GateSettings &settings, Metrics &metrics)
    : m_metrics(metrics)
    , m_load(metrics)
    , m_isReadOnly(settings.isReadOnly)
    , m_limiters(std::make_shared<Limiters>(settings))
{
}

std::shared_ptr<Gatekeeper::Limiters> Gatekeeper::limiters() const
{
    const std::lock_guard lock(m_mutex);
    return m_limiters;
}

void Gatekeeper::change(const GateSettings &settings)
{
    auto fresh = std::make_shared<Limiters>(settings);
    const std::lock_guard lock(m_mutex);
    m_limiters = std::move(fresh);
}

bool Gatekeeper::addConnection(const std::string &address)
{
    const std::lock_guard lock(m_mutex);
    std::size_t &count = m_connections[address];
    if (m_limiters->connectionsMax != 0 && count >= m_limiters->connectionsMax) {
        return false;
    }
    ++count;
    return true;
}

void Gatekeeper::removeConnection(const std::string &address)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_connections.find(address);
    if (found != m_connections.end() && --found->second == 0) {
        m_connections.erase(found);
    }
}

std::optional<Core::Error> Gatekeeper::refuseRequest(const std::string &address)
{
    const auto wait = limiters()->address.take(address, 1, std::chrono::steady_clock::now());
    if (!wait) {
        return std::nullopt;
    }
    m_metrics.rateLimited.of(LimitScope::Address).add();
    return Core::Error{Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, "too many requests from this address",
                       Core::Retry::Later, *wait};
}

std::optional<Core::Error> Gatekeeper::refuseWrite(const Core::UserId &user, std::size_t mutationCount)
{
    if (m_isReadOnly) {
        return readOnlyError();
    }
    if (auto shed = m_load.turnAway(Work::Push)) {
        return shed;
    }
    const auto all = limiters();
    const auto now = std::chrono::steady_clock::now();
    const auto cost = static_cast<double>(mutationCount);
    LimitScope scope = LimitScope::User;
    // A byte that no id has keeps the parts of a name apart.
    auto wait = all->user.take(user.tenant + '\0' + user.user, cost, now);
    if (!wait) {
        scope = LimitScope::Tenant;
        wait = all->tenant.take(user.tenant, cost, now);
    }
    if (!wait) {
        return std::nullopt;
    }
    m_metrics.rateLimited.of(scope).add();
    return Core::unavailable(Core::ErrorReason::Overloaded,
                             scope == LimitScope::User ? "the user writes more than it may" : "the tenant writes more than it may", *wait);
}

Core::Error readOnlyError()
{
    return Core::unavailable(Core::ErrorReason::ServerReadOnly, "the server takes no writes now", Gatekeeper::readOnlyRetryAfter);
}

}  // namespace Satchel::Server
