// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "stateundo.h"

#include "server-stub/admin/history/documentplan.h"
#include "server-stub/admin/history/fieldchanges.h"
#include "server-stub/admin/history/plannedwrites.h"
#include "server-stub/store/tracking.h"

#include <set>

namespace Satchel::Server {

namespace Admin = Wire::Admin;

namespace {

/// Documents that the events from first to last have written, which must all be operators' own.
Core::Result<std::set<Core::DocumentId>> documentsOf(const Core::UserId &user, const Admin::StateUndoRequest &request, AdminView &view)
{
    if (request.firstSeq == 0 || request.lastSeq < request.firstSeq || request.lastSeq - request.firstSeq >= operatorWritesMax) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput, "the two places are not those of what an operator wrote"));
    }
    const std::size_t count = request.lastSeq - request.firstSeq + 1;
    EventsQuery query;
    query.user = user;
    query.from = request.lastSeq;
    query.rowsMax = count;
    auto events = view.events(query);
    auto writers = view.writers(user);
    if (!events || !writers) {
        return Core::failure(std::move(!events ? events.error() : writers.error()));
    }
    std::set<Core::DocumentId> documents;
    bool isOperators = events->size() == count && events->back().event.seq == request.firstSeq;
    for (const LoggedEvent &logged : *events) {
        const auto writer = writers->find(logged.event.mutation.dot.device);
        isOperators = isOperators && writer != writers->end() && writer->second.isOperator;
        documents.insert(logged.event.mutation.document);
    }
    if (!isOperators) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput,
                                  "between the two places is more than what operators wrote, or the history has forgotten it"));
    }
    return documents;
}

}  // namespace

Core::Result<Admin::StateUndoResponse> StateUndo::handle(AdminCall &call, const Admin::StateUndoRequest &request, AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    if (auto checked = RunToken::checkRequest(request.isDryRun, request.token); !checked) {
        return Core::failure(std::move(checked.error()));
    }
    auto documents = documentsOf(user, request, view);
    if (!documents) {
        return Core::failure(std::move(documents.error()));
    }
    const auto policies = call.policies;
    const FieldChanges changes(request.user, *policies, call.mask);
    Admin::StateUndoResponse response;
    PlannedWrites writes;
    for (const Core::DocumentId &id : *documents) {
        auto before = view.documentAt(user, id, request.firstSeq - 1, *policies);
        auto after = view.documentAt(user, id, request.lastSeq, *policies);
        auto current = view.document(user, id);
        if (!before || !after || !current) {
            return Core::failure(std::move(!before ? before.error() : !after ? after.error() : current.error()));
        }
        if (!*current) {
            continue;
        }
        DocumentPlan plan(user, id, (*current)->document, (*current)->summary.seq, policies->of(id.collection));
        std::vector<Admin::FieldChange> undone;
        changes.addDocument(id, after->tracked.document, before->tracked.document, undone);
        for (Admin::FieldChange &change : undone) {
            const bool isUndone = plan.undoField(change.field, stripped(before->tracked), stripped(after->tracked));
            (isUndone ? response.changes : response.kept).push_back(std::move(change));
        }
        auto drafts = plan.drafts();
        auto added = drafts ? writes.add(std::move(*drafts)) : Core::Result<void>(Core::failure(std::move(drafts.error())));
        if (!added) {
            return Core::failure(std::move(added.error()));
        }
    }
    return carryOut(std::move(writes), m_context, call, name(), request, std::move(response));
}

}  // namespace Satchel::Server
