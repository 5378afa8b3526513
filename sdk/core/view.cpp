// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "view.h"

#include "collapse.h"

#include <algorithm>

namespace Satchel::Core {

namespace {

std::optional<Value> shownCounter(const std::vector<CounterEntry> &entries)
{
    bool isShown = false;
    std::uint64_t total = 0;
    for (const CounterEntry &entry : entries) {
        isShown = isShown || entry.counter > entry.removedCounter;
        total += static_cast<std::uint64_t>(entry.sum) - static_cast<std::uint64_t>(entry.removedSum);
    }
    if (!isShown)
        return std::nullopt;
    return Value(static_cast<std::int64_t>(total));
}

std::optional<Value> shownSet(const std::vector<SetElement> &elements)
{
    if (elements.empty())
        return std::nullopt;
    Value::List list;
    list.reserve(elements.size());
    for (const SetElement &element : elements)
        list.push_back(element.element);
    return Value(std::move(list));
}

bool isShown(const FieldState &field, FieldKind kind)
{
    switch (kind) {
    case FieldKind::Register: {
        const Sibling *shown = provisional(field);
        return shown != nullptr && shown->value.has_value();
    }
    case FieldKind::Counter:
        return std::any_of(field.counter.begin(), field.counter.end(),
                           [](const CounterEntry &entry) { return entry.counter > entry.removedCounter; });
    case FieldKind::Set:
        return !field.elements.empty();
    }
    return false;
}

/// Writers who said the same do not contradict each other.
bool areContradicting(const std::vector<Sibling> &siblings)
{
    return std::any_of(siblings.begin(), siblings.end(), [&](const Sibling &sibling) { return sibling.value != siblings.front().value; });
}

}  // namespace

const Sibling *provisional(const FieldState &field)
{
    const auto it = std::max_element(field.siblings.begin(), field.siblings.end(), losesTo);
    return it == field.siblings.end() ? nullptr : &*it;
}

std::optional<Value> shownValue(const FieldState &field, FieldKind kind)
{
    switch (kind) {
    case FieldKind::Register: {
        const Sibling *shown = provisional(field);
        return shown == nullptr ? std::nullopt : shown->value;
    }
    case FieldKind::Counter:
        return shownCounter(field.counter);
    case FieldKind::Set:
        return shownSet(field.elements);
    }
    return std::nullopt;
}

Value::Map shownFields(const Document &doc, const Policy &policy)
{
    Value::Map shown;
    shown.reserve(doc.fields.size());
    for (const Document::Field &field : doc.fields) {
        if (std::optional<Value> value = shownValue(field.state, policy.kindOf(field.name)))
            shown.push_back(Value::MapEntry{field.name, *std::move(value)});
    }
    return shown;
}

bool showsJust(const Document &doc, const Policy &policy, const Value::Map &shown)
{
    auto expected = shown.begin();
    for (const Document::Field &field : doc.fields) {
        const FieldKind kind = policy.kindOf(field.name);
        if (!isShown(field.state, kind))
            continue;
        if (expected == shown.end() || expected->key != field.name)
            return false;
        if (kind == FieldKind::Register ? *provisional(field.state)->value != expected->value
                                        : *shownValue(field.state, kind) != expected->value)
            return false;
        ++expected;
    }
    return expected == shown.end();
}

bool exists(const Document &doc, const Policy &policy)
{
    return std::any_of(doc.fields.begin(), doc.fields.end(),
                       [&policy](const Document::Field &field) { return isShown(field.state, policy.kindOf(field.name)); });
}

std::vector<std::string> conflictedFields(const Document &doc, const Policy &policy)
{
    std::vector<std::string> names;
    if (policy.conflict != ConflictRule::Manual && policy.conflict != ConflictRule::Custom)
        return names;
    for (const Document::Field &field : doc.fields) {
        if (areContradicting(field.state.siblings) && policy.kindOf(field.name) == FieldKind::Register)
            names.push_back(field.name);
    }
    return names;
}

}  // namespace Satchel::Core
