// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/rightsmessages.h"

namespace Satchel::Server {

/// All that is known of a user as JSON Lines, in parts: header, profile with devices, documents, events that are still in the log,
/// overwritten values, audit records, the hashes of all lines, and a signed manifest. Values that the caller may not see are left out and
/// said to be.
class UsersExport : public UnaryCommand<Wire::Admin::UsersExportRequest, Wire::Admin::UsersExportResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Users/Export"; }
    [[nodiscard]] Action action() const override { return Action::ExportUser; }

protected:
    void nameTarget(const Wire::Admin::UsersExportRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
    }
    [[nodiscard]] Core::Result<Wire::Admin::UsersExportResponse> handle(AdminCall &call, const Wire::Admin::UsersExportRequest &request,
                                                                        AdminView &view) const override;
};

}  // namespace Satchel::Server
