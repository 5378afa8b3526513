// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "conflictsbringback.h"

#include "core/edit.h"
#include "core/view.h"
#include "server-stub/admin/conflicts/operatorcall.h"
#include "server-stub/admin/history/fieldchanges.h"

#include <algorithm>

namespace Satchel::Server {

namespace Admin = Wire::Admin;

namespace {

constexpr std::size_t lostRowsMax = 10'000;

/// The write that puts the loser in the place of what there is.
Core::Result<OperatorDraft> draftOf(const Core::UserId &user, const OverwrittenRow &row, const StoredDocument &stored,
                                    const Core::Policy &policy)
{
    OperatorDraft draft;
    draft.user = user;
    draft.document = row.document;
    draft.context = stored.document.context;
    draft.seenSeq = stored.summary.seq;
    draft.ops.push_back(row.loser.value ? Core::Op(Core::PutOp{row.field, *row.loser.value}) : Core::Op(Core::RemoveOp{row.field, {}}));
    if (policy.conflict == Core::ConflictRule::LastWriter) {
        auto ops = Core::wholeDocumentOps(stored.document, policy, std::move(draft.ops));
        if (!ops) {
            return Core::failure(std::move(ops.error()));
        }
        draft.ops = std::move(*ops);
        draft.scope = Core::Scope::Document;
    }
    return draft;
}

}  // namespace

Core::Result<Admin::ConflictsBringBackResponse> ConflictsBringBack::handle(AdminCall &call, const Admin::ConflictsBringBackRequest &request,
                                                                           AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    const Core::DocumentId id{request.collection, request.key};
    auto rows = view.overwrittenOf(user, id, request.field, lostRowsMax);
    auto stored = view.document(user, id);
    if (!rows || !stored) {
        return Core::failure(std::move(!rows ? rows.error() : stored.error()));
    }
    const auto row =
        std::ranges::find_if(*rows, [&](const OverwrittenRow &one) { return one.seq == request.seq && one.loser.dot == request.loser; });
    if (row == rows->end() || !*stored) {
        return Core::failure(notFound("there is no such overwritten value; the history may have forgotten it"));
    }
    const auto policies = call.policies;
    auto draft = draftOf(user, *row, **stored, policies->of(id.collection));
    if (!draft) {
        return Core::failure(std::move(draft.error()));
    }
    auto outcome = allOrError(writeAsOperator(m_context, call, {std::move(*draft)}, Core::ErrorCode::Aborted));
    if (!outcome) {
        return Core::failure(std::move(outcome.error()));
    }
    const Core::FieldState *state = (*stored)->document.find(request.field);
    const FieldChanges changes(request.user, *policies, call.mask);
    Admin::ConflictsBringBackResponse response;
    response.change = changes.field(
        id, request.field, state != nullptr ? Core::shownValue(*state, Core::FieldKind::Register) : std::nullopt, row->loser.value);
    response.written = writtenOf(request.user, *outcome);
    return response;
}

}  // namespace Satchel::Server
