// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/resolvemessages.h"

namespace Satchel::Server {

/// Takes back what an operator wrote, as new events, after a dry run.
class StateUndo : public UnaryCommand<Wire::Admin::StateUndoRequest, Wire::Admin::StateUndoResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "State/Undo"; }
    [[nodiscard]] Action action() const override { return Action::RestoreState; }

protected:
    void nameTarget(const Wire::Admin::StateUndoRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
    }
    [[nodiscard]] Core::Result<Wire::Admin::StateUndoResponse> handle(AdminCall &call, const Wire::Admin::StateUndoRequest &request,
                                                                      AdminView &view) const override;
};

}  // namespace Satchel::Server
