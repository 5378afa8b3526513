// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "approvals.h"

#include <future>
#include <memory>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;

namespace {

constexpr std::size_t idBytes = 16;

Core::Error approvalNeeded(const std::string &why)
{
    return Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::ApprovalNeeded, why, Core::Retry::AfterChange);
}

/// The names of what is to be approved; who may approve it and until when is the caller's to say.
ApprovalRow requestOf(const AdminCall &call)
{
    ApprovalRow row;
    row.tenant = call.caller.user.tenant;
    row.id = call.record.approval;
    row.requester = call.caller.user.user;
    row.action = call.record.action;
    row.requestSha256 = call.record.requestSha256;
    row.user = call.record.personal.user;
    row.collection = call.record.personal.collection;
    row.key = call.record.personal.key;
    row.reason = call.record.personal.reason;
    row.created = call.now;
    row.expires = call.now + call.access->policies().approvalLifetime;
    return row;
}

/// Why the approval is not for this call now; nothing if it is.
std::string obstacle(const std::optional<ApprovalRow> &kept, const ApprovalRow &wanted, std::chrono::milliseconds now)
{
    if (!kept || kept->requester != wanted.requester) {
        return "there is no such approval of yours; leave the header Satchel-Approval out to ask for one";
    }
    if (kept->action != wanted.action || kept->requestSha256 != wanted.requestSha256) {
        return "the approval is of another call; what was approved must be sent unchanged";
    }
    switch (kept->state) {
    case ApprovalState::Rejected:
        return "the call was rejected";
    case ApprovalState::Used:
        return "the approval was used; ask for another one";
    case ApprovalState::Pending:
        return kept->expires <= now ? "the request has expired; ask for another one" : "nobody has approved the call yet";
    case ApprovalState::Approved:
        break;
    }
    return kept->expires <= now ? "the approval has expired; ask for another one" : std::string();
}

}  // namespace

Core::Result<void> changeNow(const AdminContext &context, OperatorChange change)
{
    const auto promise = std::make_shared<std::promise<ChangeAnswer>>();
    context.pipeline.change(std::move(change), [promise](ChangeAnswer answer) { promise->set_value(std::move(answer)); });
    return promise->get_future().get();
}

Core::Result<void> askForApproval(const AdminContext &context, AdminCall &call)
{
    ApprovalRow wanted = requestOf(call);
    wanted.id = toHex(context.random.bytes(idBytes));
    OperatorChange change;
    change.record = call.record;
    change.make = [wanted](WriteTransaction &log, std::chrono::milliseconds now,
                           OperatorChange::Record &record) -> Core::Result<ChangeAnswer> {
        auto open = log.openApproval(wanted, now);
        if (!open) {
            return Core::failure(std::move(open.error()));
        }
        const ApprovalRow &kept = *open ? **open : wanted;
        if (!*open) {
            if (auto put = log.putApproval(wanted); !put) {
                return Core::failure(std::move(put.error()));
            }
        }
        record->approval = kept.id;
        return ChangeAnswer(Core::failure(approvalNeeded("another operator has to approve request " + kept.id +
                                                         " (Approvals/Approve); then send the same again with the header "
                                                         "Satchel-Approval: " +
                                                         kept.id)));
    };
    call.isRecorded = true;
    return changeNow(context, std::move(change));
}

Core::Result<void> useApproval(const AdminContext &context, AdminCall &call)
{
    OperatorChange change;
    change.make = [wanted = requestOf(call)](WriteTransaction &log, std::chrono::milliseconds now,
                                             OperatorChange::Record &) -> Core::Result<ChangeAnswer> {
        auto kept = log.approval(wanted.tenant, wanted.id);
        if (!kept) {
            return Core::failure(std::move(kept.error()));
        }
        if (const std::string why = obstacle(*kept, wanted, now); !why.empty()) {
            return ChangeAnswer(Core::failure(approvalNeeded(why)));
        }
        (*kept)->state = ApprovalState::Used;
        return log.putApproval(**kept).map([] { return ChangeAnswer(); });
    };
    return changeNow(context, std::move(change));
}

}  // namespace Satchel::Server
