// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/accesscodec.h"

namespace Satchel::Server {

/// What the commands of the service Policies have in common: they are about nobody, and for operators of the home tenant, since the
/// policies hold for every tenant.
template <typename Request, typename Response, Action what>
class PoliciesCommand : public UnaryCommand<Request, Response> {
public:
    using UnaryCommand<Request, Response>::UnaryCommand;
    [[nodiscard]] Action action() const final { return what; }

protected:
    void nameTarget(const Request & /*request*/, Wire::AuditPersonal & /*record*/) const final {}
    [[nodiscard]] Core::Result<void> checkHome(const AdminCall &call) const
    {
        if (call.caller.user.tenant == this->m_context.policies.homeTenant()) {
            return {};
        }
        return Core::failure(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::PolicyDenied,
                                             "the policies hold for all tenants; operators of another one keep them"));
    }
};

class PoliciesGet : public PoliciesCommand<Wire::Admin::PoliciesGetRequest, Wire::Admin::PoliciesGetResponse, Action::ReadPolicies> {
public:
    using PoliciesCommand::PoliciesCommand;
    [[nodiscard]] std::string_view name() const override { return "Policies/Get"; }

protected:
    [[nodiscard]] Core::Result<Wire::Admin::PoliciesGetResponse> handle(AdminCall &call, const Wire::Admin::PoliciesGetRequest &request,
                                                                        AdminView &view) const override;
};

class PoliciesPut : public PoliciesCommand<Wire::Admin::PoliciesPutRequest, Wire::Admin::PoliciesPutResponse, Action::WritePolicies> {
public:
    using PoliciesCommand::PoliciesCommand;
    [[nodiscard]] std::string_view name() const override { return "Policies/Put"; }

protected:
    [[nodiscard]] Core::Result<Wire::Admin::PoliciesPutResponse> handle(AdminCall &call, const Wire::Admin::PoliciesPutRequest &request,
                                                                        AdminView &view) const override;
};

class PoliciesHistory
    : public PoliciesCommand<Wire::Admin::PoliciesHistoryRequest, Wire::Admin::PoliciesHistoryResponse, Action::ReadPolicies> {
public:
    using PoliciesCommand::PoliciesCommand;
    [[nodiscard]] std::string_view name() const override { return "Policies/History"; }

protected:
    [[nodiscard]] Core::Result<Wire::Admin::PoliciesHistoryResponse>
    handle(AdminCall &call, const Wire::Admin::PoliciesHistoryRequest &request, AdminView &view) const override;
};

}  // namespace Satchel::Server
