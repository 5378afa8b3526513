// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace Satchel::CipherDb {

class Database;

/// One numbered, one-way step of a schema. Version n+1 is reached from n by steps[n]. It must not begin or end transactions.
using Migration = std::string_view;

/// Brings the store to version steps.size() (PRAGMA user_version), each step in a transaction of its own.
/// FAILED_PRECONDITION/SCHEMA_TOO_NEW, the file untouched, if the store's version is higher.
[[nodiscard]] Core::Result<void> migrate(Database &database, std::span<const Migration> steps);

/// The store's version: 0 for a new one.
[[nodiscard]] Core::Result<std::int64_t> schemaVersion(Database &database);

}  // namespace Satchel::CipherDb
