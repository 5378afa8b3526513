// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "openconflict.h"

#include "core/view.h"
#include "server-stub/admin/siblingviews.h"

#include <algorithm>

namespace Satchel::Server {

Core::Result<OpenConflict> openConflict(const Core::UserId &user, const Core::DocumentId &id, const std::string &field,
                                        const Core::PolicySet &policies, AdminView &view)
{
    auto stored = view.document(user, id);
    auto mark = view.conflictMark(user, id, field);
    if (!stored || !mark) {
        return Core::failure(std::move(!stored ? stored.error() : mark.error()));
    }
    const Core::FieldState *state = *stored ? (*stored)->document.find(field) : nullptr;
    const auto conflicted =
        state != nullptr ? Core::conflictedFields((*stored)->document, policies.of(id.collection)) : std::vector<std::string>{};
    if (std::ranges::find(conflicted, field) == conflicted.end()) {
        return Core::failure(notFound("the field is not in conflict"));
    }
    OpenConflict out;
    out.row.user = user.user;
    out.row.document = id;
    out.row.field = field;
    out.row.seq = *mark ? (*mark)->seq : 0;
    out.row.detected = *mark ? (*mark)->detected : std::chrono::milliseconds(0);
    out.row.siblings = shownFirst(state->siblings);
    out.state = *state;
    out.documentSeq = (*stored)->summary.seq;
    return out;
}

Core::Result<Wire::Admin::Conflict> conflictView(const ConflictRow &row, Wire::Admin::ConflictKind kind, const AdminCall &call,
                                                 AdminView &view)
{
    const Core::UserId user{call.caller.user.tenant, row.user};
    Wire::Admin::Conflict out;
    out.kind = kind;
    out.user = row.user;
    out.collection = row.document.collection;
    out.key = row.document.key;
    out.field = row.field;
    out.rule = call.policies->of(row.document.collection).conflict;
    out.detected = row.detected;
    out.seq = row.seq;
    const auto mask = maskOf(row.user, call, view);
    if (!mask) {
        return Core::failure(mask.error());
    }
    out.isMasked = mask->hides(out.collection, out.field);
    auto siblings = siblingViews(row.siblings, user, out.isMasked, view);
    if (!siblings) {
        return Core::failure(std::move(siblings.error()));
    }
    out.siblings = std::move(*siblings);
    if (out.isMasked) {
        return out;
    }
    std::vector<Core::Dot> writes;
    for (const Core::Sibling &sibling : row.siblings) {
        writes.push_back(sibling.dot);
    }
    auto base = view.base(user, row.document, row.field, writes);
    if (!base) {
        return Core::failure(std::move(base.error()));
    }
    out.base = std::move(*base);
    return out;
}

}  // namespace Satchel::Server
