// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/merge.h"
#include "core/view.h"

#include <QByteArray>
#include <QtTest/qtestcase.h>

/// Short names for what every test of the core writes down.
namespace Satchel::Core::Testing {

inline DeviceId device(unsigned number)
{
    DeviceId id;
    id.bytes.back() = static_cast<std::uint8_t>(number);
    return id;
}

inline Dot dot(unsigned deviceNumber, std::uint64_t counter)
{
    return Dot{device(deviceNumber), counter};
}

inline VersionVector seen(std::initializer_list<Dot> dots)
{
    VersionVector vector;
    for (const Dot &one : dots)
        vector.add(one);
    return vector;
}

inline Mutation mutation(Dot name, std::uint64_t stamp, std::initializer_list<Dot> context, std::vector<Op> ops)
{
    Mutation made;
    made.dot = name;
    made.stamp = Hlc{stamp};
    made.document = DocumentId{"preferences", "theme"};
    made.context = seen(context);
    made.ops = std::move(ops);
    return made;
}

inline Policy policyOf(ConflictRule rule)
{
    Policy policy;
    policy.collection = "preferences";
    policy.conflict = rule;
    if (rule != ConflictRule::LastWriter)
        policy.fieldKinds = {{"visits", FieldKind::Counter}, {"tags", FieldKind::Set}};
    return policy;
}

inline Document applied(const std::vector<Mutation> &mutations, const Policy &policy)
{
    Document doc;
    for (const Mutation &one : mutations)
        (void)apply(doc, one, policy);
    return doc;
}

inline std::optional<Value> shown(const Document &doc, const char *field, const Policy &policy)
{
    const FieldState *state = doc.find(field);
    return state == nullptr ? std::nullopt : shownValue(*state, policy.kindOf(field));
}

template <typename T>
ErrorReason reasonOf(const Result<T> &result)
{
    return result ? ErrorReason::None : result.error().reason;
}

}  // namespace Satchel::Core::Testing
