// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "collapse.h"

#include "view.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace Satchel::Core {

bool losesTo(const Sibling &a, const Sibling &b)
{
    return std::tie(a.stamp, a.dot) < std::tie(b.stamp, b.dot);
}

void collapseField(FieldState &field, std::string_view name, std::vector<Overwritten> *losers)
{
    if (field.siblings.size() < 2)
        return;
    const auto winner = std::max_element(field.siblings.begin(), field.siblings.end(), losesTo);
    std::iter_swap(field.siblings.begin(), winner);
    if (losers != nullptr) {
        const WriteMark mark{field.siblings.front().stamp, field.siblings.front().dot};
        for (auto it = field.siblings.begin() + 1; it != field.siblings.end(); ++it)
            losers->push_back(Overwritten{std::string(name), std::move(*it), mark});
    }
    field.siblings.erase(field.siblings.begin() + 1, field.siblings.end());
}

void collapseDocument(Document &doc, std::vector<Overwritten> *losers)
{
    const Sibling *winner = nullptr;
    for (const Document::Field &field : doc.fields) {
        const Sibling *candidate = provisional(field.state);
        if (candidate != nullptr && (winner == nullptr || losesTo(*winner, *candidate)))
            winner = candidate;
    }
    if (winner != nullptr) {
        const WriteMark mark{winner->stamp, winner->dot};
        for (Document::Field &field : doc.fields) {
            std::vector<Sibling> &siblings = field.state.siblings;
            if (losers != nullptr) {
                for (const Sibling &sibling : siblings) {
                    if (sibling.dot != mark.dot)
                        losers->push_back(Overwritten{field.name, sibling, mark});
                }
            }
            std::erase_if(siblings, [&mark](const Sibling &sibling) { return sibling.dot != mark.dot; });
        }
    }
    std::erase_if(doc.fields, [](const Document::Field &field) { return field.state.isEmpty(); });
}

void collapse(Document &doc, const Policy &policy)
{
    if (policy.conflict == ConflictRule::LastWriter) {
        collapseDocument(doc, nullptr);
        return;
    }
    if (policy.conflict != ConflictRule::Merge)
        return;
    for (Document::Field &field : doc.fields) {
        if (field.state.siblings.size() > 1 && policy.kindOf(field.name) == FieldKind::Register)
            collapseField(field.state, field.name, nullptr);
    }
}

}  // namespace Satchel::Core
