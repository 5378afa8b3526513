// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "valueorder.h"

#include <cmath>

namespace Satchel::Core {

namespace {

std::weak_ordering compareNumbers(double a, double b)
{
    if (std::isnan(a) || std::isnan(b))
        return static_cast<int>(!std::isnan(a)) <=> static_cast<int>(!std::isnan(b));
    return a < b ? std::weak_ordering::less : (b < a ? std::weak_ordering::greater : std::weak_ordering::equivalent);
}

/// Without rounding the integer: above 2^53 not every one is a double.
std::weak_ordering compareNumbers(std::int64_t a, double b)
{
    constexpr double beyondInt64 = 9223372036854775808.0;
    if (std::isnan(b))
        return std::weak_ordering::greater;
    if (b >= beyondInt64)
        return std::weak_ordering::less;
    if (b < -beyondInt64)
        return std::weak_ordering::greater;
    const double whole = std::trunc(b);
    if (const auto order = a <=> static_cast<std::int64_t>(whole); order != std::strong_ordering::equal)
        return order;
    return compareNumbers(whole, b);
}

std::weak_ordering reversed(std::weak_ordering order)
{
    return 0 <=> order;
}

std::weak_ordering compareNumbers(const Value &a, const Value &b)
{
    const auto *intA = a.as<std::int64_t>();
    const auto *intB = b.as<std::int64_t>();
    if (intA != nullptr && intB != nullptr)
        return *intA <=> *intB;
    if (intA != nullptr)
        return compareNumbers(*intA, *b.as<double>());
    if (intB != nullptr)
        return reversed(compareNumbers(*intB, *a.as<double>()));
    return compareNumbers(*a.as<double>(), *b.as<double>());
}

std::weak_ordering compareLists(const Value::List &a, const Value::List &b)
{
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        if (const auto item = compareValues(a[i], b[i]); item != std::weak_ordering::equivalent)
            return item;
    }
    return a.size() <=> b.size();
}

std::weak_ordering compareMaps(const Value::Map &a, const Value::Map &b)
{
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
        if (const auto key = a[i].key <=> b[i].key; key != std::strong_ordering::equal)
            return key;
        if (const auto item = compareValues(a[i].value, b[i].value); item != std::weak_ordering::equivalent)
            return item;
    }
    return a.size() <=> b.size();
}

}  // namespace

ValueKind kindOf(const Value &value)
{
    switch (value.type()) {
    case Value::Type::Null:
        return ValueKind::Null;
    case Value::Type::Bool:
        return ValueKind::Flag;
    case Value::Type::Int:
    case Value::Type::Double:
        return ValueKind::Number;
    case Value::Type::Timestamp:
        return ValueKind::Time;
    case Value::Type::String:
        return ValueKind::Text;
    case Value::Type::Bytes:
        return ValueKind::Bytes;
    case Value::Type::List:
        return ValueKind::List;
    case Value::Type::Map:
        return ValueKind::Map;
    }
    return ValueKind::Null;
}

std::weak_ordering compareValues(const Value &a, const Value &b)
{
    const ValueKind kind = kindOf(a);
    if (const auto order = kind <=> kindOf(b); order != std::strong_ordering::equal)
        return order;
    switch (kind) {
    case ValueKind::Null:
        break;
    case ValueKind::Flag:
        return *a.as<bool>() <=> *b.as<bool>();
    case ValueKind::Number:
        return compareNumbers(a, b);
    case ValueKind::Time:
        return *a.as<Timestamp>() <=> *b.as<Timestamp>();
    case ValueKind::Text:
        return *a.as<std::string>() <=> *b.as<std::string>();
    case ValueKind::Bytes:
        return *a.as<Bytes>() <=> *b.as<Bytes>();
    case ValueKind::List:
        return compareLists(*a.as<Value::List>(), *b.as<Value::List>());
    case ValueKind::Map:
        return compareMaps(*a.as<Value::Map>(), *b.as<Value::Map>());
    }
    return std::weak_ordering::equivalent;
}

}  // namespace Satchel::Core
