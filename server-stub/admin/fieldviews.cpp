// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "fieldviews.h"

#include "core/view.h"
#include "server-stub/admin/siblingviews.h"

#include <algorithm>

namespace Satchel::Server {

Core::Result<std::vector<Wire::Admin::FieldView>> fieldViews(const Core::Document &document, const std::string &collection,
                                                             const Core::UserId &user, const Core::Policy &policy, const Mask &mask,
                                                             AdminView &view)
{
    const std::vector<std::string> conflicted = Core::conflictedFields(document, policy);
    std::vector<Wire::Admin::FieldView> out;
    for (const Core::Document::Field &field : document.fields) {
        Wire::Admin::FieldView one;
        one.name = field.name;
        one.kind = policy.kindOf(field.name);
        one.isMasked = mask.hides(collection, field.name);
        if (!one.isMasked) {
            one.value = Core::shownValue(field.state, one.kind);
        }
        one.isConflicted = std::find(conflicted.begin(), conflicted.end(), field.name) != conflicted.end();
        auto siblings = siblingViews(shownFirst(field.state.siblings), user, one.isMasked, view);
        if (!siblings) {
            return Core::failure(std::move(siblings.error()));
        }
        one.siblings = std::move(*siblings);
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace Satchel::Server
