// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/admin/command.h"
#include "server-stub/sync/operatorwrites.h"
#include "wire/historymessages.h"

#include <string>
#include <vector>

namespace Satchel::Server {

/// Mutations that one call may write.
inline constexpr std::size_t operatorWritesMax = 1000;

/// Writes as the caller and waits until it is durable, with the call's record. What was refused of it is in the outcome. Errors as of
/// OperatorWrites; RESOURCE_EXHAUSTED/LIMIT_EXCEEDED above the most, UNAVAILABLE/SERVER_READ_ONLY while the server takes no writes.
[[nodiscard]] Core::Result<OperatorOutcome> writeAsOperator(const AdminContext &context, AdminCall &call, std::vector<OperatorDraft> drafts,
                                                            Core::ErrorCode changedCode);

/// The place of what was written, of one user: what State/Undo takes.
[[nodiscard]] Wire::Admin::OperatorWritten writtenOf(const std::string &user, const OperatorOutcome &outcome);

/// The first refusal, as the error of a call that wanted one thing.
[[nodiscard]] Core::Result<OperatorOutcome> allOrError(Core::Result<OperatorOutcome> outcome);

}  // namespace Satchel::Server
