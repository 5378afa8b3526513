// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QString>

#include <chrono>

namespace Satchel::Console {

/// "just now", "5 min ago", "3 h ago", "yesterday", "12 days ago", then the date; "never" for 0; "in 5 min" for a clock that runs ahead.
[[nodiscard]] QString relativeTime(std::chrono::milliseconds when, std::chrono::milliseconds now);
/// "Tue 24 Nov 2026, 14:02:11.250", local time with its offset; "never" for 0.
[[nodiscard]] QString exactTime(std::chrono::milliseconds when);
/// "24 Nov, 14:02:11": exact enough to compare two clocks in a narrow column.
[[nodiscard]] QString clockTime(std::chrono::milliseconds when);
/// "250 ms", "12 s", "4 min", "3 h", "12 days".
[[nodiscard]] QString spanText(std::chrono::milliseconds span);

}  // namespace Satchel::Console
