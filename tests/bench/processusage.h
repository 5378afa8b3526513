// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QtGlobal>

namespace Satchel::Bench {

/// What the system has counted for another process; 0 where the system does not tell (only Linux does here).
[[nodiscard]] double cpuSeconds(qint64 processId);
[[nodiscard]] qint64 residentBytes(qint64 processId);
/// Lets this process and its children open as many files as the system allows; how many that is.
[[nodiscard]] qint64 raiseFileLimit();

}  // namespace Satchel::Bench
