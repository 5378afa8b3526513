// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/auditcommand.h"

namespace Satchel::Server {

/// The tenant's log by an AuditExporter, a part a call.
class AuditExport : public AuditCommand<Wire::Admin::AuditExportRequest, Wire::Admin::AuditExportResponse> {
public:
    using AuditCommand::AuditCommand;
    [[nodiscard]] std::string_view name() const override { return "Audit/Export"; }

protected:
    [[nodiscard]] Core::Result<Wire::Admin::AuditExportResponse> handle(AdminCall &call, const Wire::Admin::AuditExportRequest &request,
                                                                        AdminView &view) const override;
};

}  // namespace Satchel::Server
