// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/migrations.h"

#include <array>
#include <cstdint>
#include <string>

/// The schema of the golden stores. A published version's step and rows never change; new versions are added behind.
namespace Satchel::CipherDb::Testing {

inline constexpr std::array<Migration, 3> goldenSteps = {
    "CREATE TABLE note(id INTEGER PRIMARY KEY, title TEXT NOT NULL, body BLOB NOT NULL)",
    "ALTER TABLE note ADD COLUMN length INTEGER NOT NULL DEFAULT 0; UPDATE note SET length = length(body);"
    "CREATE INDEX note_title ON note(title)",
    "CREATE TABLE tag(note INTEGER NOT NULL REFERENCES note(id), name TEXT NOT NULL, PRIMARY KEY(note, name)) WITHOUT ROWID;"
    "INSERT INTO tag SELECT id, 'old' FROM note; DROP INDEX note_title",
};
inline constexpr int goldenRows = 60;

inline std::string goldenTitle(std::int64_t id)
{
    return "note " + std::to_string(id) + " \u00e9\u4e2d\U0001f600";
}

}  // namespace Satchel::CipherDb::Testing
