// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

namespace Satchel::Server {

/// Whether the caller may make calls of the command at all, whomever they are about. PERMISSION_DENIED/ROLE_MISSING or POLICY_DENIED.
[[nodiscard]] Core::Result<void> checkCaller(const AdminCommand &command, const AdminCall &call);

/// Decides by the rules in force about a call, and makes its mask. PERMISSION_DENIED/POLICY_DENIED, FAILED_PRECONDITION/REASON_NEEDED, or
/// FAILED_PRECONDITION/APPROVAL_NEEDED when a request for approval has been stored (with the call's record). An approval that the call
/// brings is used up.
[[nodiscard]] Core::Result<void> permit(const AdminCommand &command, const AdminContext &context, AdminCall &call, const CallTarget &target,
                                        AdminView &view);

}  // namespace Satchel::Server
