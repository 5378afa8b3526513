// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "server-stub/admin/stats/statssource.h"

namespace Satchel::Server {

/// The server's numbers and those of the caller's tenant.
class StatsGet : public UnaryCommand<Wire::Admin::StatsGetRequest, Wire::Admin::StatsGetResponse> {
public:
    StatsGet(const AdminContext &context, StatsSource &source)
        : UnaryCommand(context)
        , m_source(source)
    {
    }
    [[nodiscard]] std::string_view name() const override { return "Stats/Get"; }
    [[nodiscard]] Action action() const override { return Action::ReadStats; }

protected:
    /// Nobody.
    void nameTarget(const Wire::Admin::StatsGetRequest &, Wire::AuditPersonal &) const override {}
    [[nodiscard]] Core::Result<Wire::Admin::StatsGetResponse> handle(AdminCall &call, const Wire::Admin::StatsGetRequest &,
                                                                     AdminView &view) const override
    {
        return m_source.get(call.caller.user.tenant, call.now, view);
    }

private:
    StatsSource &m_source;
};

}  // namespace Satchel::Server
