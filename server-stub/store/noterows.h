// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/ids.h"

#include <chrono>
#include <cstddef>
#include <string>

namespace Satchel::Server {

/// What an operator noted about a user.
struct NoteRow {
    std::string id;      ///< random; names it among the user's
    std::string author;  ///< the operator's id
    std::chrono::milliseconds created{0};
    std::string text;
    friend bool operator==(const NoteRow &, const NoteRow &) = default;
};

/// Newest first, in the order of (created, id).
struct NotesQuery {
    Core::UserId user;
    std::chrono::milliseconds beforeTime = std::chrono::milliseconds::max();
    std::string beforeId;
    std::size_t rowsMax = 100;
};

}  // namespace Satchel::Server
