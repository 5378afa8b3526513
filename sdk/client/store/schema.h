// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"

#include <span>

namespace Satchel::Sync {

/// The device store's schema, step by step; docs/protocol.md, "Device store", describes the tables.
[[nodiscard]] std::span<const CipherDb::Migration> storeMigrations();

}  // namespace Satchel::Sync
