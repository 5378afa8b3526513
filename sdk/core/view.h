// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "document.h"
#include "policy.h"

#include <optional>
#include <string>
#include <vector>

namespace Satchel::Core {

/// The sibling shown: the greatest (stamp, dot), which for manual and custom is provisional. nullptr if there is none.
[[nodiscard]] const Sibling *provisional(const FieldState &field);

/// Value of one field under its kind; nothing if it was removed or never written. A counter is an int64, a set a sorted list.
[[nodiscard]] std::optional<Value> shownValue(const FieldState &field, FieldKind kind);

/// All shown fields as a map value's entries, sorted by name.
[[nodiscard]] Value::Map shownFields(const Document &doc, const Policy &policy);

/// Whether shownFields() would answer `shown`; compares in place.
[[nodiscard]] bool showsJust(const Document &doc, const Policy &policy, const Value::Map &shown);

/// A document exists while at least one field is shown.
[[nodiscard]] bool exists(const Document &doc, const Policy &policy);

/// Names of fields in conflict: siblings that are not all equal, under manual or custom. Empty under the other rules.
[[nodiscard]] std::vector<std::string> conflictedFields(const Document &doc, const Policy &policy);

}  // namespace Satchel::Core
