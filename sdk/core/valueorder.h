// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "value.h"

#include <compare>
#include <cstdint>

/// The order of values in queries. Unlike that of Value's operator<, which keeps a set's elements apart by type, it takes equal numbers for
/// equal. Pure, thread-safe.
namespace Satchel::Core {

/// What can be compared with each other, in the order in which the kinds follow each other.
enum class ValueKind : std::uint8_t { Null, Flag, Number, Time, Text, Bytes, List, Map };

[[nodiscard]] ValueKind kindOf(const Value &value);

/// By kind, then by content: numbers by their exact value, whether int64 or double, NaN before all others, -0.0 as 0.0; text by code
/// points, bytes as unsigned; lists by their items, maps by their entries, and the shorter one first where it begins the other.
[[nodiscard]] std::weak_ordering compareValues(const Value &a, const Value &b);

}  // namespace Satchel::Core
