// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "revision.h"

#include "core/edit.h"

#include <algorithm>
#include <utility>

namespace Satchel::Edits {

using Core::Value;
using Live::Edit;

namespace {

tl::unexpected<Core::Error> mismatch(const std::string &field, const char *what)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::FieldKindMismatch, "the policy makes \"" + field + "\" a " + what));
}

Core::Result<void> addIncrement(const Revision &revision, std::vector<Core::Op> &ops)
{
    const std::int64_t *after = revision.after->as<std::int64_t>();
    const std::int64_t *before = revision.before ? revision.before->as<std::int64_t>() : nullptr;
    if (after == nullptr || (revision.before && before == nullptr)) {
        return mismatch(revision.field, "counter, which is an integer");
    }
    // Counters are modulo 2^64, and so is their difference.
    const auto delta = static_cast<std::int64_t>(static_cast<std::uint64_t>(*after) - static_cast<std::uint64_t>(before ? *before : 0));
    if (delta != 0) {
        ops.emplace_back(Core::IncrementOp{revision.field, delta});
    }
    return {};
}

Value::List sortedElements(const std::optional<Value> &value)
{
    Value::List elements = value ? *value->as<Value::List>() : Value::List();
    std::sort(elements.begin(), elements.end());
    elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
    return elements;
}

Core::Result<void> addElements(const Revision &revision, std::vector<Core::Op> &ops)
{
    if (revision.after->as<Value::List>() == nullptr || (revision.before && revision.before->as<Value::List>() == nullptr)) {
        return mismatch(revision.field, "set, which is a list");
    }
    const Value::List before = sortedElements(revision.before);
    const Value::List after = sortedElements(revision.after);
    for (const Value &element : after) {
        if (!std::binary_search(before.begin(), before.end(), element)) {
            ops.emplace_back(Core::AddOp{revision.field, element});
        }
    }
    for (const Value &element : before) {
        if (!std::binary_search(after.begin(), after.end(), element)) {
            ops.emplace_back(Core::DiscardOp{revision.field, element});
        }
    }
    return {};
}

Core::Result<void> addOps(const Revision &revision, const Core::Document &seen, const Core::Policy &policy, std::vector<Core::Op> &ops)
{
    if (!revision.after) {
        if (revision.before) {
            ops.emplace_back(Core::removeOp(seen, policy, revision.field));
        }
        return {};
    }
    switch (policy.kindOf(revision.field)) {
    case Core::FieldKind::Register:
        ops.emplace_back(Core::PutOp{revision.field, *revision.after});
        return {};
    case Core::FieldKind::Counter:
        return addIncrement(revision, ops);
    case Core::FieldKind::Set:
        return addElements(revision, ops);
    }
    Q_UNREACHABLE();
}

}  // namespace

Live::Editor revise(std::vector<Revision> revisions)
{
    return [revisions = std::move(revisions)](const Core::Document &seen, const Core::Policy &policy) -> Core::Result<Edit> {
        Edit edit;
        for (const Revision &revision : revisions) {
            if (auto added = addOps(revision, seen, policy, edit.ops); !added) {
                return Core::failure(std::move(added.error()));
            }
        }
        return edit;
    };
}

}  // namespace Satchel::Edits
