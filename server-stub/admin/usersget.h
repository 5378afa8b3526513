// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

namespace Satchel::Server {

/// One user with devices and collections.
class UsersGet : public UnaryCommand<Wire::Admin::UsersGetRequest, Wire::Admin::UsersGetResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Users/Get"; }
    [[nodiscard]] Action action() const override { return Action::BrowseUsers; }

protected:
    void nameTarget(const Wire::Admin::UsersGetRequest &request, Wire::AuditPersonal &record) const override { record.user = request.user; }
    [[nodiscard]] Core::Result<Wire::Admin::UsersGetResponse> handle(AdminCall &call, const Wire::Admin::UsersGetRequest &request,
                                                                     AdminView &view) const override;
};

}  // namespace Satchel::Server
