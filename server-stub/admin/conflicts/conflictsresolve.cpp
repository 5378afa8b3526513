// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "conflictsresolve.h"

#include "server-stub/admin/conflicts/openconflict.h"
#include "server-stub/admin/conflicts/operatorcall.h"
#include "server-stub/admin/siblingviews.h"

#include "core/view.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

/// The op that the choice means; ABORTED if the sibling that it names is gone.
Core::Result<Core::Op> opOf(const Wire::Admin::ConflictsResolveRequest &request, const std::vector<Core::Sibling> &siblings)
{
    if (std::holds_alternative<Wire::Admin::RemoveChoice>(request.choice)) {
        return Core::Op(Core::RemoveOp{request.field, {}});
    }
    if (const auto *value = std::get_if<Core::Value>(&request.choice)) {
        return Core::Op(Core::PutOp{request.field, *value});
    }
    const auto *chosen = std::get_if<Core::Dot>(&request.choice);
    if (chosen == nullptr || request.siblings.empty()) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput, "a resolution names siblings, and chooses one, a value or removal"));
    }
    const auto sibling = std::ranges::find(siblings, *chosen, &Core::Sibling::dot);
    if (sibling == siblings.end()) {
        return Core::failure(Core::makeError(Core::ErrorCode::Aborted, Core::ErrorReason::ExpectationFailed,
                                             "the chosen sibling is not there any more; get the conflict again", Core::Retry::AfterChange));
    }
    return sibling->value ? Core::Op(Core::PutOp{request.field, *sibling->value}) : Core::Op(Core::RemoveOp{request.field, {}});
}

}  // namespace

Core::Result<Wire::Admin::ConflictsResolveResponse>
ConflictsResolve::handle(AdminCall &call, const Wire::Admin::ConflictsResolveRequest &request, AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    const Core::DocumentId id{request.collection, request.key};
    auto stored = view.document(user, id);
    if (!stored) {
        return Core::failure(std::move(stored.error()));
    }
    const Core::FieldState *state = *stored ? (*stored)->document.find(request.field) : nullptr;
    if (state == nullptr || call.policies->of(id.collection).kindOf(request.field) != Core::FieldKind::Register) {
        return Core::failure(notFound("there is no such field that can be in conflict"));
    }
    if (request.siblings.empty()) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput, "a resolution names the siblings that it takes the place of"));
    }
    auto op = opOf(request, state->siblings);
    if (!op) {
        return Core::failure(std::move(op.error()));
    }
    OperatorDraft draft;
    draft.user = user;
    draft.document = id;
    draft.ops = {std::move(*op)};
    for (const Core::Dot &dot : request.siblings) {
        draft.context.add(dot);
    }
    draft.siblings = OperatorDraft::Siblings::SomeOf;
    draft.field = request.field;
    draft.seen = request.siblings;
    auto outcome = allOrError(writeAsOperator(m_context, call, {std::move(draft)}, Core::ErrorCode::Aborted));
    if (!outcome) {
        return Core::failure(std::move(outcome.error()));
    }
    Wire::Admin::ConflictsResolveResponse response;
    response.written = writtenOf(request.user, *outcome);
    auto after = view.document(user, id);
    if (!after) {
        return Core::failure(std::move(after.error()));
    }
    const Core::FieldState *left = *after ? (*after)->document.find(request.field) : nullptr;
    auto siblings = siblingViews(left != nullptr ? shownFirst(left->siblings) : std::vector<Core::Sibling>{}, user,
                                 call.mask.hides(id.collection, request.field), view);
    if (!siblings) {
        return Core::failure(std::move(siblings.error()));
    }
    response.siblings = std::move(*siblings);
    response.isOpen = response.siblings.size() > 1;
    return response;
}

}  // namespace Satchel::Server
