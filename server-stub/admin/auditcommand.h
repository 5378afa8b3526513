// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/merkle.h"
#include "server-stub/admin/command.h"

namespace Satchel::Server {

/// A command of the service Audit: for auditors, who may ask nothing of state, and admins.
template <typename Request, typename Response>
class AuditCommand : public UnaryCommand<Request, Response> {
public:
    using UnaryCommand<Request, Response>::UnaryCommand;
    [[nodiscard]] Action action() const final { return Action::ReadAudit; }

protected:
    /// Nobody in particular, unless a command says otherwise.
    void nameTarget(const Request & /*request*/, Wire::AuditPersonal & /*record*/) const override {}
};

/// The tree of the tenant's log, as far as it is stored.
[[nodiscard]] inline Audit::NodeSource auditNodes(AdminView &view, const std::string &tenant)
{
    return [&view, tenant](unsigned level, std::uint64_t index) { return view.auditNode(tenant, level, index); };
}

/// A head of the tenant's log, signed. The log has at least `size` records.
[[nodiscard]] inline std::string signedHead(const AdminContext &context, const std::string &tenant, std::uint64_t size,
                                            const Audit::Hash &root)
{
    return context.signer.signNote(Audit::Checkpoint{Audit::originOf(context.epoch, tenant), size, root}.toText());
}

}  // namespace Satchel::Server
