// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

namespace Satchel::Server {

/// Pages through open conflicts, or values that a rule has overwritten, newest first.
class ConflictsList : public UnaryCommand<Wire::Admin::ConflictsListRequest, Wire::Admin::ConflictsListResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Conflicts/List"; }
    [[nodiscard]] Action action() const override { return Action::ReadState; }
    [[nodiscard]] bool leavesOutUsers() const override { return true; }

protected:
    void nameTarget(const Wire::Admin::ConflictsListRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.collection = request.collection;
    }
    [[nodiscard]] Core::Result<Wire::Admin::ConflictsListResponse> handle(AdminCall &call, const Wire::Admin::ConflictsListRequest &request,
                                                                          AdminView &view) const override;
};

}  // namespace Satchel::Server
