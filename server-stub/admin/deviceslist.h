// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

namespace Satchel::Server {

/// Pages through the devices of all users.
class DevicesList : public UnaryCommand<Wire::Admin::DevicesListRequest, Wire::Admin::DevicesListResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Devices/List"; }
    [[nodiscard]] Action action() const override { return Action::BrowseUsers; }

protected:
    /// Nobody in particular.
    void nameTarget(const Wire::Admin::DevicesListRequest &, Wire::AuditPersonal &) const override {}
    [[nodiscard]] Core::Result<Wire::Admin::DevicesListResponse> handle(AdminCall &call, const Wire::Admin::DevicesListRequest &request,
                                                                        AdminView &view) const override;
};

/// What the hub knows of a device that has a session now.
void addLive(Wire::Admin::DeviceSummary &device, const Core::UserId &user, const Hub &hub, std::chrono::milliseconds now);
/// Why it has not read all, as far as the server can know.
[[nodiscard]] Wire::Admin::LagCause lagCauseOf(const Wire::Admin::DeviceSummary &device, std::chrono::milliseconds now);

}  // namespace Satchel::Server
