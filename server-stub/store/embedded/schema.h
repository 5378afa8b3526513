// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"

#include <span>

namespace Satchel::Server {

/// The numbered steps of the embedded store's schema; docs/architecture.md, "Server", describes the tables.
[[nodiscard]] std::span<const CipherDb::Migration> embeddedSchema();

}  // namespace Satchel::Server
