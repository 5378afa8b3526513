// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "operatorcall.h"

#include <algorithm>
#include <future>
#include <memory>

namespace Satchel::Server {

Core::Result<OperatorOutcome> writeAsOperator(const AdminContext &context, AdminCall &call, std::vector<OperatorDraft> drafts,
                                              Core::ErrorCode changedCode)
{
    if (drafts.size() > operatorWritesMax) {
        return Core::failure(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded,
                                             "one call writes at most 1000 mutations; name less at a time", Core::Retry::AfterChange));
    }
    if (context.gate.isReadOnly()) {
        return Core::failure(readOnlyError());
    }
    // Rare enough for a reader's thread to wait for the writer's; the pipeline answers whatever happens.
    const auto promise = std::make_shared<std::promise<OperatorAnswer>>();
    const Core::UserId &caller = call.caller.user;
    call.isRecorded = true;
    context.pipeline.writeAsOperator({caller.tenant, caller.user, std::move(drafts), changedCode, call.record},
                                     [promise](OperatorAnswer answer) { promise->set_value(std::move(answer)); });
    return promise->get_future().get();
}

Wire::Admin::OperatorWritten writtenOf(const std::string &user, const OperatorOutcome &outcome)
{
    Wire::Admin::OperatorWritten written{user, 0, 0};
    for (const OperatorOutcome::Write &write : outcome.writes) {
        if (write.seq != 0) {
            written.firstSeq = written.firstSeq == 0 ? write.seq : written.firstSeq;
            written.lastSeq = write.seq;
        }
    }
    return written;
}

Core::Result<OperatorOutcome> allOrError(Core::Result<OperatorOutcome> outcome)
{
    if (!outcome) {
        return outcome;
    }
    const auto refused =
        std::ranges::find_if(outcome->writes, [](const OperatorOutcome::Write &write) { return write.refusal.has_value(); });
    if (refused != outcome->writes.end()) {
        return Core::failure(std::move(*refused->refusal));
    }
    return outcome;
}

}  // namespace Satchel::Server
