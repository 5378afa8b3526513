// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/identity.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// What an operator may be allowed to do; every command of the admin services is an instance of one.
enum class Action : std::uint8_t {
    BrowseUsers,       ///< lists of users and devices, without values
    ReadState,         ///< documents as they are, conflicts
    ReadHistory,       ///< documents as they were, and why
    ResolveConflicts,  ///< end conflicts, bring overwritten values back
    RestoreState,      ///< write what was, or undo
    ExportUser,        ///< all that is known of a user
    EraseUser,         ///< for good
    ManageDevices,     ///< revoke, wipe
    Notes,             ///< see and write notes on users
    ReadAudit,         ///< the audit log and its proofs
    ReadPolicies,
    WritePolicies,
    ReadStats,  ///< numbers that name nobody
    Approve,    ///< what another operator has asked for
    Operate,    ///< backup, maintenance
    Unmask,     ///< see restricted values
    Last = Unmask,
};

/// As a policy file calls it: "resolve".
[[nodiscard]] std::string_view actionName(Action action);
[[nodiscard]] std::optional<Action> actionNamed(std::string_view name);

/// Roles that may do it where no rule says otherwise.
[[nodiscard]] std::span<const std::string_view> rolesOf(Action action);

/// The same as a sentence names them: "support or admin".
[[nodiscard]] std::string rolesNeeded(Action action);

}  // namespace Satchel::Server
