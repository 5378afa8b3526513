// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/document.h"
#include "core/merge.h"
#include "history.h"

#include <optional>
#include <vector>

/// The naive model: keeps the whole set of mutations and works out from causality alone what the document must be.
/// It knows "seen" from the history's own records, not from version vectors, and shares no code with the merge that it judges.
namespace Satchel::Core::Testing {

[[nodiscard]] Document modelState(const History &history, WriteSet set);

/// What bringing `next` into the state of `set` must report as overwritten, by field.
[[nodiscard]] std::vector<Overwritten> modelOverwritten(const History &history, WriteSet set, std::size_t next);

/// Sum of the increments of a counter that no removal in the set has seen; nothing if there is none.
[[nodiscard]] std::optional<std::int64_t> modelCounter(const History &history, WriteSet set, const std::string &field);

}  // namespace Satchel::Core::Testing
