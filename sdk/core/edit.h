// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "document.h"
#include "mutation.h"
#include "policy.h"

#include <vector>

namespace Satchel::Core {

/// Ops of `replace`: puts every entry, removes every other field that is shown or in conflict. A field already equal is put again (the
/// writer meant it). Empty if there is nothing to put or remove; then there is no mutation to make, since one has at least one op.
/// INVALID_ARGUMENT/FIELD_KIND_MISMATCH if an entry names a counter or set field.
[[nodiscard]] Result<std::vector<Op>> replaceOps(const Document &seen, const Policy &policy, Value::Map entries);

/// Ops of `erase`: removes every field that is shown or in conflict, with what counters showed. Empty if there is none.
[[nodiscard]] std::vector<Op> eraseOps(const Document &seen, const Policy &policy);

/// A RemoveOp of one field as the writer sees it.
[[nodiscard]] RemoveOp removeOp(const Document &seen, const Policy &policy, std::string field);

/// Turns field ops into what a last_writer collection takes: the writer's whole view with the ops done to it, as a replace.
[[nodiscard]] Result<std::vector<Op>> wholeDocumentOps(const Document &seen, const Policy &policy, std::vector<Op> ops);

}  // namespace Satchel::Core
