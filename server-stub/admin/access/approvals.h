// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"

namespace Satchel::Server {

/// Stores a request for approval of exactly this call, with the call's record, and fails with FAILED_PRECONDITION/APPROVAL_NEEDED; the
/// record then names it. A call that is repeated before it was decided gets the request that there is.
[[nodiscard]] Core::Result<void> askForApproval(const AdminContext &context, AdminCall &call);

/// Uses up the approval that the record names. FAILED_PRECONDITION/APPROVAL_NEEDED if it is not one of exactly this call, of this caller,
/// that was approved, has not expired and was not used.
[[nodiscard]] Core::Result<void> useApproval(const AdminContext &context, AdminCall &call);

/// Makes a change on the pipeline's thread and waits for it: rare enough for a reader's thread to wait for the writer's.
[[nodiscard]] Core::Result<void> changeNow(const AdminContext &context, OperatorChange change);

}  // namespace Satchel::Server
