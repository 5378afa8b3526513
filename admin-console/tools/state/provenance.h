// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/policy.h"
#include "wire/adminmessages.h"

#include <QString>

#include <vector>

/// Where a value came from and why it is the one shown, in words.
namespace Satchel::Console {

/// "Merge by field", "Last writer", "Decided by people", "Decided by the app".
[[nodiscard]] QString ruleName(Core::ConflictRule rule);
/// What the rule does when devices write at the same time.
[[nodiscard]] QString ruleSentence(Core::ConflictRule rule);
/// Name of the device, else the beginning of its id.
[[nodiscard]] QString writerName(const Wire::Admin::SiblingView &sibling);
/// "4f2a91c0:17", the name of the mutation.
[[nodiscard]] QString dotText(const Core::Dot &dot);
/// "1.2 s later", "clock 3 min ahead": what lies between the writer's clock and the server's.
[[nodiscard]] QString delayText(const Wire::Admin::SiblingView &sibling);
/// Why the first of several siblings is shown and the others are not.
[[nodiscard]] QString choiceSentence(Core::ConflictRule rule, const std::vector<Wire::Admin::SiblingView> &siblings);

}  // namespace Satchel::Console
