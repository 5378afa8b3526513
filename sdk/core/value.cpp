// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "value.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <compare>
#include <limits>

namespace Satchel::Core {

namespace {

constexpr std::size_t scalarBytes = 9;
constexpr std::size_t headBytes = 5;

bool hasSmallerKey(const Value::MapEntry &a, const Value::MapEntry &b)
{
    return a.key < b.key;
}

std::strong_ordering order(const Value &a, const Value &b);

std::strong_ordering order(const Value::List &a, const Value::List &b)
{
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        if (const auto item = order(a[i], b[i]); item != std::strong_ordering::equal)
            return item;
    }
    return a.size() <=> b.size();
}

std::strong_ordering order(const Value::Map &a, const Value::Map &b)
{
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        if (const auto key = a[i].key <=> b[i].key; key != std::strong_ordering::equal)
            return key;
        if (const auto item = order(a[i].value, b[i].value); item != std::strong_ordering::equal)
            return item;
    }
    return a.size() <=> b.size();
}

std::strong_ordering order(const Value &a, const Value &b)
{
    if (a.type() != b.type())
        return a.type() <=> b.type();
    switch (a.type()) {
    case Value::Type::Null:
        return std::strong_ordering::equal;
    case Value::Type::Bool:
        return *a.as<bool>() <=> *b.as<bool>();
    case Value::Type::Int:
        return *a.as<std::int64_t>() <=> *b.as<std::int64_t>();
    case Value::Type::Double:
        return std::strong_order(*a.as<double>(), *b.as<double>());
    case Value::Type::String:
        return *a.as<std::string>() <=> *b.as<std::string>();
    case Value::Type::Bytes:
        return *a.as<Bytes>() <=> *b.as<Bytes>();
    case Value::Type::Timestamp:
        return *a.as<Timestamp>() <=> *b.as<Timestamp>();
    case Value::Type::List:
        return order(*a.as<Value::List>(), *b.as<Value::List>());
    case Value::Type::Map:
        return order(*a.as<Value::Map>(), *b.as<Value::Map>());
    }
    return std::strong_ordering::equal;
}

}  // namespace

Value::Value(double value)
    : m_data(std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value)
{
}

Result<Value> Value::map(Map entries)
{
    if (!std::is_sorted(entries.begin(), entries.end(), hasSmallerKey))
        std::sort(entries.begin(), entries.end(), hasSmallerKey);
    const auto twice = std::adjacent_find(entries.begin(), entries.end(), [](const auto &a, const auto &b) { return a.key == b.key; });
    if (twice != entries.end())
        return failure(invalidArgument(ErrorReason::MalformedInput, "a map has the same key twice"));
    Value value;
    value.m_data = std::make_shared<const Map>(std::move(entries));
    return value;
}

const Value *Value::find(std::string_view key) const
{
    const Map *entries = as<Map>();
    if (entries == nullptr)
        return nullptr;
    const auto it = std::lower_bound(entries->begin(), entries->end(), key,
                                     [](const MapEntry &entry, std::string_view wanted) { return entry.key < wanted; });
    return it != entries->end() && it->key == key ? &it->value : nullptr;
}

int Value::depth() const
{
    int deepest = 0;
    if (const List *items = as<List>()) {
        for (const Value &item : *items)
            deepest = std::max(deepest, item.depth());
        return deepest + 1;
    }
    if (const Map *entries = as<Map>()) {
        for (const MapEntry &entry : *entries)
            deepest = std::max(deepest, entry.value.depth());
        return deepest + 1;
    }
    return 0;
}

std::size_t Value::sizeBytes() const
{
    switch (type()) {
    case Type::Null:
    case Type::Bool:
        return 1;
    case Type::Int:
    case Type::Double:
    case Type::Timestamp:
        return scalarBytes;
    case Type::String:
        return headBytes + as<std::string>()->size();
    case Type::Bytes:
        return headBytes + as<Bytes>()->data.size();
    case Type::List: {
        std::size_t total = headBytes;
        for (const Value &item : *as<List>())
            total += item.sizeBytes();
        return total;
    }
    case Type::Map: {
        std::size_t total = headBytes;
        for (const MapEntry &entry : *as<Map>())
            total += headBytes + entry.key.size() + entry.value.sizeBytes();
        return total;
    }
    }
    return 0;
}

bool operator==(const Value &a, const Value &b)
{
    return order(a, b) == std::strong_ordering::equal;
}

bool operator<(const Value &a, const Value &b)
{
    return order(a, b) == std::strong_ordering::less;
}

}  // namespace Satchel::Core
