// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "wire/accesscodec.h"

namespace Satchel::Server {

class ApprovalsList : public UnaryCommand<Wire::Admin::ApprovalsListRequest, Wire::Admin::ApprovalsListResponse> {
public:
    using UnaryCommand::UnaryCommand;
    [[nodiscard]] std::string_view name() const override { return "Approvals/List"; }
    [[nodiscard]] Action action() const override { return Action::Approve; }

protected:
    void nameTarget(const Wire::Admin::ApprovalsListRequest & /*request*/, Wire::AuditPersonal & /*record*/) const override {}
    [[nodiscard]] Core::Result<Wire::Admin::ApprovalsListResponse> handle(AdminCall &call, const Wire::Admin::ApprovalsListRequest &request,
                                                                          AdminView &view) const override;
};

/// Decides about another operator's call, in one transaction with the record. The record names the approval and whom it concerns.
[[nodiscard]] Core::Result<Wire::Admin::Approval> decideApproval(const AdminContext &context, AdminCall &call, const std::string &id,
                                                                 ApprovalState decision);

template <typename Request, typename Response, ApprovalState decision>
class ApprovalsDecide : public UnaryCommand<Request, Response> {
public:
    using UnaryCommand<Request, Response>::UnaryCommand;
    [[nodiscard]] std::string_view name() const override
    {
        return decision == ApprovalState::Approved ? "Approvals/Approve" : "Approvals/Reject";
    }
    [[nodiscard]] Action action() const override { return Action::Approve; }

protected:
    void nameTarget(const Request & /*request*/, Wire::AuditPersonal & /*record*/) const override {}
    [[nodiscard]] Core::Result<Response> handle(AdminCall &call, const Request &request, AdminView & /*view*/) const override
    {
        return decideApproval(this->m_context, call, request.id, decision).map([](Wire::Admin::Approval &&approval) {
            return Response{std::move(approval)};
        });
    }
};

using ApprovalsApprove =
    ApprovalsDecide<Wire::Admin::ApprovalsApproveRequest, Wire::Admin::ApprovalsApproveResponse, ApprovalState::Approved>;
using ApprovalsReject = ApprovalsDecide<Wire::Admin::ApprovalsRejectRequest, Wire::Admin::ApprovalsRejectResponse, ApprovalState::Rejected>;

}  // namespace Satchel::Server
