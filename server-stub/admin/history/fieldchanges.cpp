// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "fieldchanges.h"

#include "core/view.h"

#include <algorithm>
#include <set>

namespace Satchel::Server {

namespace Admin = Wire::Admin;

Admin::FieldChange FieldChanges::field(const Core::DocumentId &id, const std::string &name, std::optional<Core::Value> before,
                                       std::optional<Core::Value> after) const
{
    Admin::FieldChange change{m_user, id.collection, id.key, name, Admin::FieldChangeKind::Changed, {}, {}, false};
    if (!before && after) {
        change.kind = Admin::FieldChangeKind::Added;
    } else if (before && !after) {
        change.kind = Admin::FieldChangeKind::Removed;
    }
    change.isMasked = m_mask.hides(id.collection, name);
    if (!change.isMasked) {
        change.before = std::move(before);
        change.after = std::move(after);
    }
    return change;
}

void FieldChanges::addDocument(const Core::DocumentId &id, const Core::Document &before, const Core::Document &after,
                               std::vector<Admin::FieldChange> &changes) const
{
    const Core::Policy &policy = m_policies.of(id.collection);
    std::set<std::string> names;
    for (const Core::Document *document : {&before, &after}) {
        for (const Core::Document::Field &one : document->fields) {
            names.insert(one.name);
        }
    }
    const auto shown = [&policy](const Core::Document &document, const std::string &name) {
        const Core::FieldState *state = document.find(name);
        return state != nullptr ? Core::shownValue(*state, policy.kindOf(name)) : std::nullopt;
    };
    const std::vector<std::string> openBefore = Core::conflictedFields(before, policy);
    const std::vector<std::string> openAfter = Core::conflictedFields(after, policy);
    for (const std::string &name : names) {
        auto was = shown(before, name);
        auto is = shown(after, name);
        const bool isOpened = std::ranges::binary_search(openBefore, name) != std::ranges::binary_search(openAfter, name);
        if (was != is || isOpened) {
            changes.push_back(field(id, name, std::move(was), std::move(is)));
        }
    }
}

}  // namespace Satchel::Server
