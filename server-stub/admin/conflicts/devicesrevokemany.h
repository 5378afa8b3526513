// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/resolvemessages.h"

namespace Satchel::Server {

/// Ends the right to sync of many devices, after a dry run.
class DevicesRevokeMany : public UnaryCommand<Wire::Admin::DevicesRevokeManyRequest, Wire::Admin::DevicesRevokeManyResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Devices/RevokeMany"; }
    [[nodiscard]] Action action() const override { return Action::ManageDevices; }
    [[nodiscard]] bool leavesOutUsers() const override { return true; }

protected:
    void nameTarget(const Wire::Admin::DevicesRevokeManyRequest &request, Wire::AuditPersonal &record) const override
    {
        static_cast<void>(request);
        static_cast<void>(record);
    }
    [[nodiscard]] Core::Result<Wire::Admin::DevicesRevokeManyResponse>
    handle(AdminCall &call, const Wire::Admin::DevicesRevokeManyRequest &request, AdminView &view) const override;
};

}  // namespace Satchel::Server
