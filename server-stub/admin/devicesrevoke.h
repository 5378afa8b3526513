// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

namespace Satchel::Server {

/// Ends a device's right to sync, or its copy's, and its session; whether that was done before. The call's record goes with it.
[[nodiscard]] Core::Result<bool> cutOff(const AdminContext &context, AdminCall &call, const Core::UserId &user,
                                        const Core::DeviceId &device, ShutdownReason how, AdminView &view);

/// Marks a device as revoked and ends its session.
class DevicesRevoke : public UnaryCommand<Wire::Admin::DevicesRevokeRequest, Wire::Admin::DevicesRevokeResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Devices/Revoke"; }
    [[nodiscard]] Action action() const override { return Action::ManageDevices; }

protected:
    void nameTarget(const Wire::Admin::DevicesRevokeRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
        record.device = request.device;
    }
    [[nodiscard]] Core::Result<Wire::Admin::DevicesRevokeResponse> handle(AdminCall &call, const Wire::Admin::DevicesRevokeRequest &request,
                                                                          AdminView &view) const override;
};

}  // namespace Satchel::Server
