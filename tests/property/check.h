// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "history.h"

#include <functional>

/// Runs properties over random histories in Qt Test slots.
namespace Satchel::Core::Testing {

/// Gives RC_PARAMS a seed and 10,000 runs where it does not name its own. To be called before the first check; RC_PARAMS as printed
/// replays.
void prepareChecks();

/// True if `property` held for every script. Prints law and seed; a failure prints the smallest script found.
[[nodiscard]] bool holds(const char *law,
                         const std::function<void(const std::vector<std::uint32_t> &script, std::uint32_t dice)> &property);

/// Fails the property that runs, with the history, unless `isTrue`.
void require(bool isTrue, const char *what, const History &history);

/// One Qt Test row per set of rules, named as in policies.
void addRulesRows();

}  // namespace Satchel::Core::Testing
