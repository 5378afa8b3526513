// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

#include <map>
#include <mutex>
#include <string>

namespace Satchel::Server {

/// What `Stats/Get` and a watcher are told. Thread-safe.
class StatsSource {
public:
    /// `started`: by the clock whose time is given to get().
    StatsSource(const AdminContext &context, std::chrono::milliseconds started)
        : m_context(context)
        , m_started(started)
    {
    }

    [[nodiscard]] Core::Result<Wire::Admin::StatsGetResponse> get(const std::string &tenant, std::chrono::milliseconds now,
                                                                  AdminView &view);

private:
    [[nodiscard]] Core::Result<Wire::Admin::TenantStats> tenantStats(const std::string &tenant, std::chrono::milliseconds now,
                                                                     AdminView &view);
    [[nodiscard]] Wire::Admin::ServerStats serverStats(std::chrono::milliseconds now) const;

    const AdminContext &m_context;
    std::chrono::milliseconds m_started;
    std::mutex m_mutex;
    std::map<std::string, Wire::Admin::TenantStats> m_counted;
};

}  // namespace Satchel::Server
