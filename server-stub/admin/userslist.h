// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

namespace Satchel::Server {

/// Pages through users, ordered by id.
class UsersList : public UnaryCommand<Wire::Admin::UsersListRequest, Wire::Admin::UsersListResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Users/List"; }
    [[nodiscard]] Action action() const override { return Action::BrowseUsers; }
    [[nodiscard]] bool leavesOutUsers() const override { return true; }

protected:
    /// Nobody in particular.
    void nameTarget(const Wire::Admin::UsersListRequest &, Wire::AuditPersonal &) const override {}
    [[nodiscard]] Core::Result<Wire::Admin::UsersListResponse> handle(AdminCall &call, const Wire::Admin::UsersListRequest &request,
                                                                      AdminView &view) const override;
};

}  // namespace Satchel::Server
