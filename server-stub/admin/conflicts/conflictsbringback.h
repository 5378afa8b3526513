// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/resolvemessages.h"

namespace Satchel::Server {

/// Writes a value again that a rule has overwritten.
class ConflictsBringBack : public UnaryCommand<Wire::Admin::ConflictsBringBackRequest, Wire::Admin::ConflictsBringBackResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Conflicts/BringBack"; }
    [[nodiscard]] Action action() const override { return Action::ResolveConflicts; }

protected:
    void nameTarget(const Wire::Admin::ConflictsBringBackRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.collection = request.collection;
        record.key = request.key;
    }
    [[nodiscard]] Core::Result<Wire::Admin::ConflictsBringBackResponse>
    handle(AdminCall &call, const Wire::Admin::ConflictsBringBackRequest &request, AdminView &view) const override;
};

}  // namespace Satchel::Server
