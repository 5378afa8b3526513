// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "simulateddisk.h"

#include <sqlcipher/sqlite3.h>

#include <memory>

namespace Satchel::Testing {

/// SQLite's way to a simulated disk, which outlives it. Locks hold among the connections of this process.
[[nodiscard]] std::unique_ptr<sqlite3_vfs> makeVfs(SimulatedDisk &disk, const char *name);

}  // namespace Satchel::Testing
