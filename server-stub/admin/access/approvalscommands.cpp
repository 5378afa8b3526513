// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "approvalscommands.h"

#include "server-stub/admin/access/approvals.h"
#include "server-stub/admin/page.h"
#include "server-stub/net/http.h"

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;

namespace {

Wire::Admin::Approval shownApproval(ApprovalRow row)
{
    return {std::move(row.id),
            std::move(row.requester),
            std::move(row.action),
            std::move(row.requestSha256),
            std::move(row.user),
            std::move(row.collection),
            std::move(row.key),
            std::move(row.reason),
            row.created,
            row.expires,
            static_cast<Wire::Admin::ApprovalState>(row.state),
            std::move(row.decider),
            row.decided,
            std::move(row.decisionReason)};
}

/// Why it cannot be decided now by this operator; nothing if it can.
std::optional<Core::Error> undecidable(const std::optional<ApprovalRow> &row, const std::string &decider, std::chrono::milliseconds now)
{
    if (!row) {
        return notFound("there is no such request");
    }
    // By subject: another token of the same person is the same person.
    if (row->requester == decider) {
        return Core::makeError(ErrorCode::PermissionDenied, ErrorReason::PolicyDenied, "who asks cannot decide; another operator has to");
    }
    if (row->state != ApprovalState::Pending || row->expires <= now) {
        return Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::None, "the request was decided, or has expired");
    }
    return std::nullopt;
}

}  // namespace

Core::Result<Wire::Admin::ApprovalsListResponse> ApprovalsList::handle(AdminCall &call, const Wire::Admin::ApprovalsListRequest &request,
                                                                       AdminView &view) const
{
    const std::string &tenant = call.caller.user.tenant;
    const auto page = Page::open(m_context.tokens, {"Approvals/List", tenant, request.isOnlyPending ? "pending" : "all"}, request.page);
    if (!page) {
        return Core::failure(page.error());
    }
    ApprovalsQuery query;
    query.tenant = tenant;
    query.isOnlyPending = request.isOnlyPending;
    query.now = call.now;
    query.rowsMax = page->rowsToAsk();
    if (page->place().size() == 2) {
        query.beforeTime = std::chrono::milliseconds(std::stoll(page->place()[0]));
        query.beforeId = page->place()[1];
    }
    auto found = view.approvals(query);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    Wire::Admin::ApprovalsListResponse response;
    response.nextToken =
        page->close(*found, [](const ApprovalRow &last) { return Page::Place{std::to_string(last.created.count()), last.id}; });
    for (ApprovalRow &row : *found) {
        response.approvals.push_back(shownApproval(std::move(row)));
    }
    return response;
}

Core::Result<Wire::Admin::Approval> decideApproval(const AdminContext &context, AdminCall &call, const std::string &id,
                                                   ApprovalState decision)
{
    const auto decided = std::make_shared<ApprovalRow>();
    OperatorChange change;
    change.record = call.record;
    change.record->approval = loggableId(id);
    change.make = [decided, decision, tenant = call.caller.user.tenant, id, decider = call.caller.user.user,
                   reason = call.record.personal.reason](WriteTransaction &log, std::chrono::milliseconds now,
                                                         OperatorChange::Record &record) -> Core::Result<ChangeAnswer> {
        auto row = log.approval(tenant, id);
        if (!row) {
            return Core::failure(std::move(row.error()));
        }
        if (*row) {
            record->personal.user = (*row)->user;
            record->personal.collection = (*row)->collection;
            record->personal.key = (*row)->key;
        }
        if (auto why = undecidable(*row, decider, now)) {
            return ChangeAnswer(Core::failure(std::move(*why)));
        }
        *decided = std::move(**row);
        decided->state = decision;
        decided->decider = decider;
        decided->decided = now;
        decided->decisionReason = reason;
        return log.putApproval(*decided).map([] { return ChangeAnswer(); });
    };
    call.isRecorded = true;
    return changeNow(context, std::move(change)).map([&decided] { return shownApproval(std::move(*decided)); });
}

}  // namespace Satchel::Server
