// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/live/livestate.h"

#include <optional>
#include <string>
#include <vector>

namespace Satchel::Edits {

/// What became of one field in the hands of an app that changes whole values.
struct Revision {
    std::string field;
    std::optional<Core::Value> before;  ///< as it was shown; empty: not at all
    std::optional<Core::Value> after;   ///< empty: to be removed
};

/// One write of all revisions, each as the field's kind demands: registers are put, counters get the difference, sets what was added and
/// what is gone. INVALID_ARGUMENT/FIELD_KIND_MISMATCH, when it is made, for a counter that is no integer and a set that is no list.
[[nodiscard]] Live::Editor revise(std::vector<Revision> revisions);

}  // namespace Satchel::Edits
