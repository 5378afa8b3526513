// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

#include <string>

namespace Satchel::Server {

/// A field in conflict as it is now.
struct OpenConflict {
    ConflictRow row;
    Core::FieldState state;
    std::uint64_t documentSeq = 0;
};

/// NOT_FOUND if there is no such field, or it is not in conflict.
[[nodiscard]] Core::Result<OpenConflict> openConflict(const Core::UserId &user, const Core::DocumentId &id, const std::string &field,
                                                      const Core::PolicySet &policies, AdminView &view);

/// As operators see it, with its base.
[[nodiscard]] Core::Result<Wire::Admin::Conflict> conflictView(const ConflictRow &row, Wire::Admin::ConflictKind kind,
                                                               const AdminCall &call, AdminView &view);

}  // namespace Satchel::Server
