// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "policy.h"

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

}  // namespace Satchel::Core
