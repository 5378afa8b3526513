// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "policy.h"

#include <algorithm>

namespace Satchel::Core {

FieldKind Policy::kindOf(std::string_view field) const
{
    if (fieldKinds.empty())
        return FieldKind::Register;
    const auto it = fieldKinds.find(field);
    return it == fieldKinds.end() ? FieldKind::Register : it->second;
}

Result<void> validate(const Policy &policy)
{
    if (policy.conflict != ConflictRule::LastWriter)
        return {};
    for (const auto &[field, kind] : policy.fieldKinds) {
        if (kind != FieldKind::Register) {
            return failure(invalidArgument(ErrorReason::FieldKindMismatch,
                                           "a last_writer collection has registers only, and the policy makes another kind of field \"" +
                                               field + '"'));
        }
    }
    return {};
}

void PolicySet::insert(Policy policy)
{
    std::string collection = policy.collection;
    m_policies.insert_or_assign(std::move(collection), std::move(policy));
}

const Policy &PolicySet::of(std::string_view collection) const
{
    const auto it = m_policies.find(collection);
    return it == m_policies.end() ? m_default : it->second;
}

bool areMergingAlike(const PolicySet &a, const PolicySet &b)
{
    const auto isAlike = [&a, &b](const auto &named) {
        const Policy &one = a.of(named.first);
        const Policy &other = b.of(named.first);
        return one.conflict == other.conflict && one.fieldKinds == other.fieldKinds;
    };
    return std::all_of(a.all().begin(), a.all().end(), isAlike) && std::all_of(b.all().begin(), b.all().end(), isAlike);
}

}  // namespace Satchel::Core
