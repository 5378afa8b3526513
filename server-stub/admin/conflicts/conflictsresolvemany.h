// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/resolvemessages.h"

namespace Satchel::Server {

/// Ends many conflicts alike, after a dry run.
class ConflictsResolveMany : public UnaryCommand<Wire::Admin::ConflictsResolveManyRequest, Wire::Admin::ConflictsResolveManyResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Conflicts/ResolveMany"; }
    [[nodiscard]] Action action() const override { return Action::ResolveConflicts; }
    [[nodiscard]] bool leavesOutUsers() const override { return true; }

protected:
    void nameTarget(const Wire::Admin::ConflictsResolveManyRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.filter.user;
        record.collection = request.filter.collection;
    }
    [[nodiscard]] Core::Result<Wire::Admin::ConflictsResolveManyResponse>
    handle(AdminCall &call, const Wire::Admin::ConflictsResolveManyRequest &request, AdminView &view) const override;
};

}  // namespace Satchel::Server
