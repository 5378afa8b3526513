// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

struct sqlite3;

namespace Satchel::CipherDb {

/// The error that an extended SQLite result stands for. The detail names tables, columns and SQL, never a bound value.
[[nodiscard]] Core::Error sqliteError(int extendedResult, sqlite3 *handle);

/// True for a result after which the disk cannot be trusted to hold what was acknowledged from now on.
[[nodiscard]] bool isIoError(int extendedResult, sqlite3 *handle);

}  // namespace Satchel::CipherDb
