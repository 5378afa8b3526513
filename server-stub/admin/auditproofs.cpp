// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "auditproofs.h"

namespace Satchel::Server {

namespace {

/// The size that was asked for, or the log's.
Core::Result<std::uint64_t> sizeOf(std::uint64_t wanted, const std::string &tenant, AdminView &view)
{
    auto size = view.auditSize(tenant);
    if (!size || wanted == 0) {
        return size;
    }
    if (wanted > *size) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput,
                                                   "the log has " + std::to_string(*size) + " records; ask for a size up to that"));
    }
    return wanted;
}

std::vector<std::string> bytesOf(const Audit::Proof &proof)
{
    std::vector<std::string> hashes;
    for (const Audit::Hash &hash : proof) {
        hashes.emplace_back(Audit::viewOf(hash));
    }
    return hashes;
}

}  // namespace

Core::Result<Wire::Admin::AuditTreeHeadResponse>
AuditTreeHead::handle(AdminCall &call, const Wire::Admin::AuditTreeHeadRequest & /*request*/, AdminView &view) const
{
    const std::string &tenant = call.caller.user.tenant;
    const auto size = view.auditSize(tenant);
    if (!size) {
        return Core::failure(size.error());
    }
    const auto root = Audit::rootOf(*size, auditNodes(view, tenant));
    if (!root) {
        return Core::failure(root.error());
    }
    return Wire::Admin::AuditTreeHeadResponse{m_context.epoch, *size, std::string(Audit::viewOf(*root)),
                                              signedHead(m_context, tenant, *size, *root), m_context.signer.verifierKey().toText()};
}

Core::Result<Wire::Admin::AuditInclusionProofResponse>
AuditInclusionProof::handle(AdminCall &call, const Wire::Admin::AuditInclusionProofRequest &request, AdminView &view) const
{
    const std::string &tenant = call.caller.user.tenant;
    const auto size = sizeOf(request.size, tenant, view);
    if (!size) {
        return Core::failure(size.error());
    }
    const auto nodes = auditNodes(view, tenant);
    const auto proof = Audit::inclusionProof(request.index, *size, nodes);
    if (!proof) {
        return Core::failure(proof.error());
    }
    const auto leaf = nodes(0, request.index);
    if (!leaf) {
        return Core::failure(leaf.error());
    }
    return Wire::Admin::AuditInclusionProofResponse{*size, std::string(Audit::viewOf(*leaf)), bytesOf(*proof)};
}

Core::Result<Wire::Admin::AuditConsistencyProofResponse>
AuditConsistencyProof::handle(AdminCall &call, const Wire::Admin::AuditConsistencyProofRequest &request, AdminView &view) const
{
    const std::string &tenant = call.caller.user.tenant;
    const auto size = sizeOf(request.size, tenant, view);
    if (!size) {
        return Core::failure(size.error());
    }
    const auto proof = Audit::consistencyProof(request.oldSize, *size, auditNodes(view, tenant));
    if (!proof) {
        return Core::failure(proof.error());
    }
    return Wire::Admin::AuditConsistencyProofResponse{*size, bytesOf(*proof)};
}

}  // namespace Satchel::Server
