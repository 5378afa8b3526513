// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "statssource.h"

#include "server-stub/ops/metrics.h"

namespace Satchel::Server {

namespace {

/// Counting looks at every user, a second or so of them where there is a million.
constexpr std::chrono::minutes countedFor{1};
constexpr std::size_t tenantsKeptMax = 1000;

}  // namespace

Core::Result<Wire::Admin::StatsGetResponse> StatsSource::get(const std::string &tenant, std::chrono::milliseconds now, AdminView &view)
{
    auto counted = tenantStats(tenant, now, view);
    if (!counted) {
        return Core::failure(std::move(counted.error()));
    }
    const auto records = view.auditSize(tenant);
    if (!records) {
        return Core::failure(records.error());
    }
    counted->auditRecordCount = *records;
    return Wire::Admin::StatsGetResponse{serverStats(now), std::move(*counted)};
}

Core::Result<Wire::Admin::TenantStats> StatsSource::tenantStats(const std::string &tenant, std::chrono::milliseconds now, AdminView &view)
{
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_counted.find(tenant);
        if (found != m_counted.end() && found->second.counted <= now && now - found->second.counted < countedFor) {
            return found->second;
        }
    }
    auto counted = view.tenantStats(tenant, now);
    if (!counted) {
        return counted;
    }
    counted->counted = now;
    const std::lock_guard lock(m_mutex);
    if (m_counted.size() >= tenantsKeptMax) {
        m_counted.clear();
    }
    m_counted[tenant] = *counted;
    return counted;
}

Wire::Admin::ServerStats StatsSource::serverStats(std::chrono::milliseconds now) const
{
    const Metrics &metrics = m_context.pipeline.metrics();
    Wire::Admin::ServerStats out;
    out.version = SATCHEL_VERSION;
    out.epoch = m_context.epoch;
    out.time = now;
    out.uptime = std::max(now - m_started, std::chrono::milliseconds(0));
    out.sessionCount = m_context.hub.sessionCount();
    out.pushCount = metrics.pushes.value();
    out.acceptedCount = metrics.mutationsAccepted.value();
    for (std::size_t i = 0; i < Metrics::reasonsMax; ++i) {
        const auto reason = static_cast<Core::ErrorReason>(i);
        if (const std::uint64_t count = metrics.mutationsRefused.value(reason); count > 0) {
            out.refusals.push_back({reason, count});
        }
    }
    return out;
}

}  // namespace Satchel::Server
