// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/rightsmessages.h"

namespace Satchel::Server {

/// Has a device destroy its copy, and ends its session. Its user may sign in on it again.
class DevicesWipe : public UnaryCommand<Wire::Admin::DevicesWipeRequest, Wire::Admin::DevicesWipeResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Devices/Wipe"; }
    [[nodiscard]] Action action() const override { return Action::ManageDevices; }

protected:
    void nameTarget(const Wire::Admin::DevicesWipeRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.device = request.device;
    }
    [[nodiscard]] Core::Result<Wire::Admin::DevicesWipeResponse> handle(AdminCall &call, const Wire::Admin::DevicesWipeRequest &request,
                                                                        AdminView &view) const override;
};

}  // namespace Satchel::Server
