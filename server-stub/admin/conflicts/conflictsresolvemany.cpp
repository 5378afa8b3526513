// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "conflictsresolvemany.h"

#include "server-stub/admin/conflicts/operatorcall.h"
#include "server-stub/admin/conflicts/runtoken.h"
#include "server-stub/admin/history/fieldchanges.h"
#include "server-stub/admin/history/plannedwrites.h"
#include "server-stub/admin/page.h"

#include <algorithm>

namespace Satchel::Server {

namespace Admin = Wire::Admin;

namespace {

/// A choice for one conflict: the value that ends it, or that the field is removed.
struct Chosen {
    std::optional<Core::Value> value;
};

/// Nothing: the choice does not speak of this conflict.
std::optional<Chosen> choose(const Admin::ConflictsResolveManyRequest &request, const std::vector<Core::Sibling> &siblings)
{
    switch (request.choice) {
    case Admin::BulkChoice::Newest:
        return siblings.empty() ? std::nullopt : std::optional(Chosen{siblings.front().value});
    case Admin::BulkChoice::Device: {
        const auto sibling = std::ranges::find_if(siblings, [&](const Core::Sibling &one) { return one.dot.device == *request.device; });
        return sibling == siblings.end() ? std::nullopt : std::optional(Chosen{sibling->value});
    }
    case Admin::BulkChoice::Value:
        return Chosen{*request.value};
    case Admin::BulkChoice::Remove:
    case Admin::BulkChoice::None:
        break;
    }
    return Chosen{};
}

Core::Result<void> check(const Admin::ConflictsResolveManyRequest &request)
{
    const bool isWhole = request.choice != Admin::BulkChoice::None &&
                         (request.choice == Admin::BulkChoice::Device) == request.device.has_value() &&
                         (request.choice == Admin::BulkChoice::Value) == request.value.has_value();
    if (!isWhole) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput,
                                                   "say what ends the conflicts: the newest, a device's, a value or removal"));
    }
    return RunToken::checkRequest(request.isDryRun, request.token);
}

OperatorDraft draftOf(const std::string &tenant, const ConflictRow &row, const Chosen &chosen)
{
    OperatorDraft draft;
    draft.user = {tenant, row.user};
    draft.document = row.document;
    draft.ops.push_back(chosen.value ? Core::Op(Core::PutOp{row.field, *chosen.value}) : Core::Op(Core::RemoveOp{row.field, {}}));
    draft.siblings = OperatorDraft::Siblings::Exactly;
    draft.field = row.field;
    for (const Core::Sibling &sibling : row.siblings) {
        draft.context.add(sibling.dot);
        draft.seen.push_back(sibling.dot);
    }
    return draft;
}

/// What became of each, in the order of the drafts.
void report(const OperatorOutcome &outcome, Admin::ConflictsResolveManyResponse &response)
{
    std::size_t next = 0;
    response.resolvedCount = 0;
    for (Admin::BulkConflict &conflict : response.conflicts) {
        if (conflict.isSkipped) {
            continue;
        }
        const OperatorOutcome::Write &write = outcome.writes[next++];
        conflict.written = {conflict.change.user, write.seq, write.seq};
        conflict.refusal = write.refusal ? Core::describe(*write.refusal) : std::string();
        response.resolvedCount += write.refusal ? 0 : 1;
    }
}

}  // namespace

Core::Result<Admin::ConflictsResolveManyResponse>
ConflictsResolveMany::handle(AdminCall &call, const Admin::ConflictsResolveManyRequest &request, AdminView &view) const
{
    const std::string &tenant = call.caller.user.tenant;
    if (auto checked = check(request); !checked) {
        return Core::failure(std::move(checked.error()));
    }
    auto filter = filterOf(request.filter.filter, Admin::conflictFields(), call);
    if (!filter) {
        return Core::failure(std::move(filter.error()));
    }
    auto rows = view.openConflicts({tenant, request.filter.user, request.filter.collection, 0, operatorWritesMax + 1, std::move(*filter)});
    if (!rows) {
        return Core::failure(std::move(rows.error()));
    }
    const auto policies = call.policies;
    Admin::ConflictsResolveManyResponse response;
    PlannedWrites writes;
    Admin::ConflictsResolveManyRequest bound = request;
    bound.isDryRun = false;
    bound.token.clear();
    RunToken run(m_context, call, name(), Admin::encode(bound, Admin::Format::Protobuf));
    for (const ConflictRow &row : *rows) {
        const auto hidden = isHidden(row.user, call, view);
        const auto mask = maskOf(row.user, call, view);
        if (!hidden || !mask) {
            return Core::failure(!hidden ? hidden.error() : mask.error());
        }
        if (*hidden) {
            continue;
        }
        const auto chosen = choose(request, row.siblings);
        const auto &shown = row.siblings.empty() ? std::optional<Core::Value>() : row.siblings.front().value;
        Admin::BulkConflict conflict;
        conflict.change = FieldChanges(row.user, *policies, *mask).field(row.document, row.field, shown, chosen ? chosen->value : shown);
        for (const Core::Sibling &sibling : row.siblings) {
            conflict.siblings.push_back(sibling.dot);
        }
        conflict.isSkipped = !chosen;
        response.skippedCount += chosen ? 0 : 1;
        response.resolvedCount += chosen ? 1 : 0;
        response.conflicts.push_back(std::move(conflict));
        ++response.matchedCount;
        const OperatorDraft draft = draftOf(tenant, row, chosen.value_or(Chosen{}));
        run.add(partsOf(draft));
        if (chosen) {
            if (auto added = writes.add({draft}); !added) {
                return Core::failure(std::move(added.error()));
            }
        }
    }
    if (request.isDryRun) {
        response.token = run.seal();
        return response;
    }
    if (auto allowed = run.check(request.token); !allowed) {
        return Core::failure(std::move(allowed.error()));
    }
    auto outcome = writeAsOperator(m_context, call, writes.drafts(), Core::ErrorCode::FailedPrecondition);
    if (!outcome) {
        return Core::failure(std::move(outcome.error()));
    }
    report(*outcome, response);
    return response;
}

}  // namespace Satchel::Server
