// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/rightsmessages.h"

namespace Satchel::Server {

/// Takes a user away for good, and ends the user's sessions.
class UsersErase : public UnaryCommand<Wire::Admin::UsersEraseRequest, Wire::Admin::UsersEraseResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Users/Erase"; }
    [[nodiscard]] Action action() const override { return Action::EraseUser; }

protected:
    void nameTarget(const Wire::Admin::UsersEraseRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
    }
    [[nodiscard]] Core::Result<Wire::Admin::UsersEraseResponse> handle(AdminCall &call, const Wire::Admin::UsersEraseRequest &request,
                                                                       AdminView &view) const override;
};

}  // namespace Satchel::Server
