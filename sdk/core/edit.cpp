// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "edit.h"

#include "view.h"

#include <algorithm>
#include <utility>

namespace Satchel::Core {

namespace {

/// What a whole-document op must name: every field that shows something, and every open conflict, which it settles.
bool isSeen(const Document::Field &field, const Policy &policy)
{
    const FieldKind kind = policy.kindOf(field.name);
    return shownValue(field.state, kind).has_value() || (kind == FieldKind::Register && field.state.siblings.size() > 1);
}

bool hasSmallerKey(const Value::MapEntry &a, const Value::MapEntry &b)
{
    return a.key < b.key;
}

bool hasSameKey(const Value::MapEntry &a, const Value::MapEntry &b)
{
    return a.key == b.key;
}

void removeEntry(Value::Map &entries, const std::string &key)
{
    std::erase_if(entries, [&key](const Value::MapEntry &entry) { return entry.key == key; });
}

void putEntry(Value::Map &entries, std::string key, Value value)
{
    const auto it = std::find_if(entries.begin(), entries.end(), [&key](const Value::MapEntry &entry) { return entry.key == key; });
    if (it != entries.end())
        it->value = std::move(value);
    else
        entries.push_back(Value::MapEntry{std::move(key), std::move(value)});
}

}  // namespace

RemoveOp removeOp(const Document &seen, const Policy &policy, std::string field)
{
    RemoveOp op{std::move(field), {}};
    const FieldState *state = seen.find(op.field);
    if (state == nullptr || policy.kindOf(op.field) != FieldKind::Counter)
        return op;
    for (const CounterEntry &entry : state->counter) {
        if (entry.counter > entry.removedCounter)
            op.observed.push_back(CounterMark{Dot{entry.device, entry.counter}, entry.sum});
    }
    return op;
}

std::vector<Op> eraseOps(const Document &seen, const Policy &policy)
{
    std::vector<Op> ops;
    for (const Document::Field &field : seen.fields) {
        if (isSeen(field, policy))
            ops.emplace_back(removeOp(seen, policy, field.name));
    }
    return ops;
}

Result<std::vector<Op>> replaceOps(const Document &seen, const Policy &policy, Value::Map entries)
{
    if (!std::is_sorted(entries.begin(), entries.end(), hasSmallerKey))
        std::sort(entries.begin(), entries.end(), hasSmallerKey);
    if (std::adjacent_find(entries.begin(), entries.end(), hasSameKey) != entries.end())
        return failure(invalidArgument(ErrorReason::MalformedInput, "a field stands twice in the entries of a replace"));
    std::vector<Op> ops;
    ops.reserve(entries.size());
    for (const Document::Field &field : seen.fields) {
        const bool isPut = std::binary_search(entries.begin(), entries.end(), Value::MapEntry{field.name, {}}, hasSmallerKey);
        if (!isPut && isSeen(field, policy))
            ops.emplace_back(removeOp(seen, policy, field.name));
    }
    for (Value::MapEntry &entry : entries) {
        if (policy.kindOf(entry.key) != FieldKind::Register) {
            return failure(
                invalidArgument(ErrorReason::FieldKindMismatch, "replace puts registers only; counters and sets have ops of their own"));
        }
        ops.emplace_back(PutOp{std::move(entry.key), std::move(entry.value)});
    }
    return ops;
}

Result<std::vector<Op>> wholeDocumentOps(const Document &seen, const Policy &policy, std::vector<Op> ops)
{
    Value::Map view = shownFields(seen, policy);
    for (Op &op : ops) {
        if (auto *put = std::get_if<PutOp>(&op)) {
            putEntry(view, std::move(put->field), std::move(put->value));
        } else if (const auto *removal = std::get_if<RemoveOp>(&op)) {
            removeEntry(view, removal->field);
        } else {
            return failure(
                invalidArgument(ErrorReason::FieldKindMismatch, "a last_writer collection has registers only, which take put and remove"));
        }
    }
    return replaceOps(seen, policy, std::move(view));
}

}  // namespace Satchel::Core
