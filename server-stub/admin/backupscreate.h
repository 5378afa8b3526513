// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

namespace Satchel::Server {

/// A backup of this moment, where the server's owner wants them. One at a time.
class BackupsCreate : public UnaryCommand<Wire::Admin::BackupsCreateRequest, Wire::Admin::BackupsCreateResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Backups/Create"; }
    [[nodiscard]] Action action() const override { return Action::Operate; }

protected:
    void nameTarget(const Wire::Admin::BackupsCreateRequest & /*request*/, Wire::AuditPersonal & /*record*/) const override {}
    [[nodiscard]] Core::Result<Wire::Admin::BackupsCreateResponse>
    handle(AdminCall & /*call*/, const Wire::Admin::BackupsCreateRequest & /*request*/, AdminView & /*view*/) const override
    {
        if (!m_context.backup) {
            return Core::failure(
                Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None, "this server makes no backups"));
        }
        return m_context.backup();
    }
};

}  // namespace Satchel::Server
