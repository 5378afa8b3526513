// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "userserase.h"

#include "audit/exportlines.h"
#include "wire/json.h"

#include <future>
#include <memory>

namespace Satchel::Server {

namespace {

/// What the receipt signs: a line each of where, who by the hash that stays, when, and how much.
std::string receiptText(const AdminContext &context, const std::string &tenant, const EraseOutcome &outcome)
{
    const ErasedUser &erased = outcome.erased;
    return "satchel-erasure\n" + Audit::originOf(context.epoch, tenant) + '\n' + Wire::base64(erased.hash) + '\n' +
           Audit::timeText(outcome.at) + '\n' + std::to_string(erased.documentCount) + " documents, " + std::to_string(erased.eventCount) +
           " events, " + std::to_string(erased.deviceCount) + " devices\n";
}

}  // namespace

Core::Result<Wire::Admin::UsersEraseResponse> UsersErase::handle(AdminCall &call, const Wire::Admin::UsersEraseRequest &request,
                                                                 AdminView & /*view*/) const
{
    if (call.record.personal.reason.empty()) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::ReasonNeeded,
                                             "erasing a user needs a reason, in the header Satchel-Reason", Core::Retry::AfterChange));
    }
    const Core::UserId user{call.caller.user.tenant, request.user};
    const auto promise = std::make_shared<std::promise<EraseAnswer>>();
    call.isRecorded = true;
    m_context.pipeline.erase({user, call.record}, [promise](EraseAnswer answer) { promise->set_value(std::move(answer)); });
    const EraseAnswer answer = promise->get_future().get();
    if (!answer) {
        return Core::failure(answer.error());
    }
    m_context.hub.erased(user);
    return Wire::Admin::UsersEraseResponse{m_context.signer.signNote(receiptText(m_context, user.tenant, *answer)),
                                           answer->erased.documentCount, answer->erased.eventCount, answer->erased.deviceCount};
}

}  // namespace Satchel::Server
