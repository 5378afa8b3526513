// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/resolvemessages.h"

namespace Satchel::Server {

/// Writes what was, as new events, after a dry run.
class StateRestore : public UnaryCommand<Wire::Admin::StateRestoreRequest, Wire::Admin::StateRestoreResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "State/Restore"; }
    [[nodiscard]] Action action() const override { return Action::RestoreState; }

protected:
    void nameTarget(const Wire::Admin::StateRestoreRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.collection = request.collection;
        record.key = request.key;
    }
    [[nodiscard]] Core::Result<Wire::Admin::StateRestoreResponse> handle(AdminCall &call, const Wire::Admin::StateRestoreRequest &request,
                                                                         AdminView &view) const override;
};

}  // namespace Satchel::Server
