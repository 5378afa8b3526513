// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/auditcommand.h"

namespace Satchel::Server {

/// Size and root of the tenant's log, signed.
class AuditTreeHead : public AuditCommand<Wire::Admin::AuditTreeHeadRequest, Wire::Admin::AuditTreeHeadResponse> {
public:
    using AuditCommand::AuditCommand;
    [[nodiscard]] std::string_view name() const override { return "Audit/TreeHead"; }

protected:
    [[nodiscard]] Core::Result<Wire::Admin::AuditTreeHeadResponse> handle(AdminCall &call, const Wire::Admin::AuditTreeHeadRequest &request,
                                                                          AdminView &view) const override;
};

/// That a record is in the tenant's log.
class AuditInclusionProof : public AuditCommand<Wire::Admin::AuditInclusionProofRequest, Wire::Admin::AuditInclusionProofResponse> {
public:
    using AuditCommand::AuditCommand;
    [[nodiscard]] std::string_view name() const override { return "Audit/InclusionProof"; }

protected:
    [[nodiscard]] Core::Result<Wire::Admin::AuditInclusionProofResponse>
    handle(AdminCall &call, const Wire::Admin::AuditInclusionProofRequest &request, AdminView &view) const override;
};

/// That an older head of the tenant's log is a prefix of a newer one.
class AuditConsistencyProof : public AuditCommand<Wire::Admin::AuditConsistencyProofRequest, Wire::Admin::AuditConsistencyProofResponse> {
public:
    using AuditCommand::AuditCommand;
    [[nodiscard]] std::string_view name() const override { return "Audit/ConsistencyProof"; }

protected:
    [[nodiscard]] Core::Result<Wire::Admin::AuditConsistencyProofResponse>
    handle(AdminCall &call, const Wire::Admin::AuditConsistencyProofRequest &request, AdminView &view) const override;
};

}  // namespace Satchel::Server
