// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/auditcommand.h"

namespace Satchel::Server {

/// Pages through the records of the caller's tenant.
class AuditQueryCommand : public AuditCommand<Wire::Admin::AuditQueryRequest, Wire::Admin::AuditQueryResponse> {
public:
    using AuditCommand::AuditCommand;
    [[nodiscard]] std::string_view name() const override { return "Audit/Query"; }

protected:
    void nameTarget(const Wire::Admin::AuditQueryRequest &request, Wire::AuditPersonal &record) const override
    {
        record.user = request.user;
    }
    [[nodiscard]] Core::Result<Wire::Admin::AuditQueryResponse> handle(AdminCall &call, const Wire::Admin::AuditQueryRequest &request,
                                                                       AdminView &view) const override;
};

}  // namespace Satchel::Server
