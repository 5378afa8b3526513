// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "merge.h"

#include <vector>

/// Inside of core: the rules by which a policy forgets siblings.
namespace Satchel::Core {

/// The one order that picks winners: by stamp, then by dot.
[[nodiscard]] bool losesTo(const Sibling &a, const Sibling &b);

/// Keeps the greatest sibling only. `losers`, where given, takes those that lost.
void collapseField(FieldState &field, std::string_view name, std::vector<Overwritten> *losers);

/// Keeps the siblings of the greatest write of the document only, and no field that this leaves empty.
void collapseDocument(Document &doc, std::vector<Overwritten> *losers);

/// What the policy asks for, on every field.
void collapse(Document &doc, const Policy &policy);

}  // namespace Satchel::Core
