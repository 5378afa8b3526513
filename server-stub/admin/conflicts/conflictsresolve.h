// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/resolvemessages.h"

namespace Satchel::Server {

/// Puts a value in the place of the siblings that the request names, and of no others.
class ConflictsResolve : public UnaryCommand<Wire::Admin::ConflictsResolveRequest, Wire::Admin::ConflictsResolveResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Conflicts/Resolve"; }
    [[nodiscard]] Action action() const override { return Action::ResolveConflicts; }

protected:
    void nameTarget(const Wire::Admin::ConflictsResolveRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.collection = request.collection;
        record.key = request.key;
    }
    [[nodiscard]] Core::Result<Wire::Admin::ConflictsResolveResponse>
    handle(AdminCall &call, const Wire::Admin::ConflictsResolveRequest &request, AdminView &view) const override;
};

}  // namespace Satchel::Server
