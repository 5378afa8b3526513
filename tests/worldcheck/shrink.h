// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "script.h"

#include <cstdint>
#include <optional>
#include <string>

namespace Satchel::WorldCheck {

struct Outcome {
    std::optional<std::string> violation;
    std::string invariant;
    std::uint64_t traceHash = 0;
    std::uint64_t workCount = 0;
};

[[nodiscard]] Outcome runScript(const Script &script, bool isPrinted);

/// The script with as many steps left out as can be, such that it still breaks an invariant; at most `runsMax` tries.
[[nodiscard]] Script shrink(Script script, int runsMax = 400);

}  // namespace Satchel::WorldCheck
