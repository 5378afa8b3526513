// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "goldenstore.h"

#include <vector>

namespace Satchel::Golden {

/// The kind's schema and two steps of a program to come: they add a column and rewrite a table, so that a migration of real rows can be
/// tried before there is one. The first leaves everything readable by today's program but for the version.
[[nodiscard]] inline std::vector<CipherDb::Migration> testSchema(const Kind &kind)
{
    std::vector<CipherDb::Migration> steps(kind.schema().begin(), kind.schema().end());
    steps.emplace_back("ALTER TABLE documents ADD COLUMN to_come INTEGER NOT NULL DEFAULT 7;"
                       "CREATE TABLE to_come(name TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO to_come VALUES('kept')");
    steps.emplace_back("CREATE TABLE copied AS SELECT * FROM documents; DROP TABLE documents; ALTER TABLE copied RENAME TO documents");
    return steps;
}

}  // namespace Satchel::Golden
