// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "expiry.h"

#include "core/edit.h"
#include "core/view.h"
#include "server-stub/store/tracking.h"

namespace Satchel::Server {

namespace {

OperatorDraft removalOf(const ExpireRequest &request, const DocumentRow &row, const Core::Document &document, const Core::Policy &policy)
{
    OperatorDraft draft;
    draft.user = request.user;
    draft.document = row.id;
    draft.ops = Core::eraseOps(document, policy);
    draft.scope = Core::Scope::Document;
    draft.context = document.context;
    draft.stamp = OperatorDraft::Stamp::JustBehindSeen;
    return draft;
}

Wire::AuditRecord recordOf(const ExpireRequest &request, const std::vector<OperatorDraft> &drafts, std::chrono::minutes ttl)
{
    Wire::AuditRecord record;
    record.tenant = request.user.tenant;
    record.action = Wire::auditExpireAction;
    record.personal.actor = serverWriterName(expiryWriter);
    record.personal.user = request.user.user;
    record.personal.collection = request.collection;
    record.personal.key = drafts.size() == 1 ? drafts.front().document.key : std::string();
    record.personal.reason = std::to_string(drafts.size()) + " documents without a change for " + std::to_string(ttl.count()) + " minutes";
    return record;
}

}  // namespace

Core::Result<ExpireAnswer> expireDocuments(WriteTransaction &log, const OperatorWrites &writes, const Policies &own,
                                           const ExpireRequest &request, Core::HlcClock &clock, std::chrono::milliseconds now)
{
    const auto rules = own.collections.find(request.collection);
    if (rules == own.collections.end() || !rules->second.timeToLive) {
        return ExpireAnswer(ExpireOutcome{});
    }
    const std::chrono::minutes ttl = *rules->second.timeToLive;
    const Core::Policy &policy = log.policies()->of(request.collection);
    auto owner = log.owner(request.user, now);
    if (!owner) {
        return Core::failure(std::move(owner.error()));
    }
    OperatorRequest made;
    made.tenant = request.user.tenant;
    made.operatorId = expiryWriter;
    made.writer = OperatorRequest::Writer::Server;
    for (const std::string &key : request.keys) {
        auto row = log.document(**owner, {request.collection, key});
        if (!row) {
            return Core::failure(std::move(row.error()));
        }
        const Core::Document document = stripped((*row)->tracked);
        const bool isOver = (*row)->seq != 0 && (*row)->updated + ttl <= now && shownFieldCount(document, policy) > 0 &&
                            Core::conflictedFields(document, policy).empty();
        if (isOver) {
            made.drafts.push_back(removalOf(request, **row, document, policy));
        }
    }
    if (made.drafts.empty()) {
        return ExpireAnswer(ExpireOutcome{});
    }
    auto written = writes.process(log, made, clock, now);
    if (!written) {
        return Core::failure(std::move(written.error()));
    }
    if (!*written) {
        return ExpireAnswer(Core::failure(std::move(written->error())));
    }
    ExpireOutcome outcome{0, std::move((*written)->grown), recordOf(request, made.drafts, ttl)};
    for (const OperatorOutcome::Write &write : (*written)->writes) {
        outcome.documentCount += write.seq != 0 ? 1U : 0U;
        if (write.refusal) {
            outcome.record->code = write.refusal->code;
            outcome.record->reason = write.refusal->reason;
        }
    }
    return ExpireAnswer(std::move(outcome));
}

}  // namespace Satchel::Server
