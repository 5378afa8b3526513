// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "plannedwrites.h"

#include "wire/codec.h"

namespace Satchel::Server {

Core::Result<void> PlannedWrites::add(std::vector<OperatorDraft> drafts)
{
    for (OperatorDraft &draft : drafts) {
        m_drafts.push_back(std::move(draft));
    }
    if (m_drafts.size() > operatorWritesMax) {
        return Core::failure(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded,
                                             "one call writes at most 1000 mutations; name a collection or a document",
                                             Core::Retry::AfterChange));
    }
    return {};
}

std::vector<std::string> partsOf(const OperatorDraft &draft)
{
    Core::Mutation mutation;
    mutation.dot = {Core::DeviceId{{1}}, 1};
    mutation.document = draft.document;
    mutation.context = draft.context;
    mutation.ops = draft.ops;
    mutation.scope = draft.scope;
    std::vector<std::string> parts{draft.user.user, draft.field, Wire::encode(mutation), std::to_string(draft.seenSeq.value_or(0))};
    for (const Core::Dot &dot : draft.seen) {
        parts.push_back(dot.device.toHex() + ":" + std::to_string(dot.counter));
    }
    return parts;
}

Core::Result<Wire::Admin::OperatorWritten> PlannedWrites::finish(const AdminContext &context, AdminCall &call, RunToken run, bool isDryRun,
                                                                 std::string &token) &&
{
    for (const OperatorDraft &draft : m_drafts) {
        run.add(partsOf(draft));
    }
    const std::string user = m_drafts.empty() ? std::string() : m_drafts.front().user.user;
    if (isDryRun) {
        token = run.seal();
        return Wire::Admin::OperatorWritten{user, 0, 0};
    }
    if (auto allowed = run.check(token); !allowed) {
        return Core::failure(std::move(allowed.error()));
    }
    token.clear();
    if (m_drafts.empty()) {
        return Wire::Admin::OperatorWritten{user, 0, 0};
    }
    auto outcome = allOrError(writeAsOperator(context, call, std::move(m_drafts), Core::ErrorCode::FailedPrecondition));
    if (!outcome) {
        return Core::failure(std::move(outcome.error()));
    }
    return writtenOf(user, *outcome);
}

}  // namespace Satchel::Server
