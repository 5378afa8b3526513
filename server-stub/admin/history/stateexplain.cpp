// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "stateexplain.h"

#include "core/view.h"
#include "server-stub/admin/history/historyviews.h"

#include <algorithm>

namespace Satchel::Server {

namespace Admin = Wire::Admin;

namespace {

constexpr std::size_t lostRowsMax = 100;

/// docs/merge.md: causality first, then the rule's order.
Admin::WinnerReason reasonOf(const Core::FieldState &state, const Core::Policy &policy, Core::FieldKind kind,
                             const std::vector<OverwrittenRow> &beaten)
{
    if (kind != Core::FieldKind::Register) {
        return Core::shownValue(state, kind) ? Admin::WinnerReason::AllCount : Admin::WinnerReason::Nothing;
    }
    const Core::Sibling *shown = Core::provisional(state);
    if (shown == nullptr) {
        return Admin::WinnerReason::Nothing;
    }
    if (state.siblings.size() > 1) {
        return Admin::WinnerReason::Provisional;
    }
    const auto loser = std::ranges::find_if(beaten, [shown](const OverwrittenRow &row) { return row.winner.dot == shown->dot; });
    if (loser == beaten.end()) {
        return Admin::WinnerReason::SeenAll;
    }
    if (policy.conflict == Core::ConflictRule::LastWriter) {
        return Admin::WinnerReason::GreatestDocument;
    }
    return loser->loser.stamp < shown->stamp ? Admin::WinnerReason::GreatestStamp : Admin::WinnerReason::GreatestDot;
}

}  // namespace

Core::Result<Admin::StateExplainResponse> StateExplain::handle(AdminCall &call, const Admin::StateExplainRequest &request,
                                                               AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    const Core::DocumentId id{request.collection, request.key};
    const auto policies = call.policies;
    HistoryViews views(user, call.mask, *policies, view);
    if (auto loaded = views.load(); !loaded) {
        return Core::failure(std::move(loaded.error()));
    }
    auto stored = view.document(user, id);
    auto beaten = view.overwrittenOf(user, id, request.field, lostRowsMax);
    if (!stored || !beaten) {
        return Core::failure(std::move(!stored ? stored.error() : beaten.error()));
    }
    const Core::FieldState *state = *stored ? (*stored)->document.find(request.field) : nullptr;
    if (state == nullptr) {
        return Core::failure(notFound("there is no such field"));
    }
    const Core::Policy &policy = policies->of(id.collection);
    Admin::StateExplainResponse response;
    response.kind = policy.kindOf(request.field);
    response.rule = policy.conflict;
    response.isMasked = call.mask.hides(id.collection, request.field);
    if (!response.isMasked) {
        response.value = Core::shownValue(*state, response.kind);
    }
    response.isConflicted = std::ranges::binary_search(Core::conflictedFields((*stored)->document, policy), request.field);
    response.reason = reasonOf(*state, policy, response.kind, *beaten);
    for (const OverwrittenRow &row : *beaten) {
        const bool isOfWinner = std::ranges::find(state->siblings, row.winner.dot, &Core::Sibling::dot) != state->siblings.end();
        if (!isOfWinner) {
            continue;
        }
        auto lost = views.lost(row);
        if (!lost) {
            return Core::failure(std::move(lost.error()));
        }
        response.lost.push_back(std::move(*lost));
    }
    auto writes = views.writes(id, request.field, *state);
    if (!writes) {
        return Core::failure(std::move(writes.error()));
    }
    response.writes = std::move(*writes);
    return response;
}

}  // namespace Satchel::Server
