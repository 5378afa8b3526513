// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/auth/policies.h"
#include "server-stub/sync/operatorwrites.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Server {

/// Documents of one user and one collection that looked as if their time were over.
struct ExpireRequest {
    Core::UserId user;
    std::string collection;
    std::vector<std::string> keys;
};

struct ExpireOutcome {
    std::size_t documentCount = 0;  ///< that were removed
    std::vector<OperatorOutcome::Grown> grown;
    std::optional<Wire::AuditRecord> record;  ///< to be appended in the same transaction; none: nothing was to be removed
};

using ExpireAnswer = Core::Result<ExpireOutcome>;

/// The id with which the server names itself as the writer that removes documents, and as the actor of the record.
inline constexpr std::string_view expiryWriter = "expiry";

/// Removes those of the documents whose latest event is as old as the `ttl` of their collection, and that have no open conflict, as a
/// device would: docs/decisions/0021-expiry.md. What it looks at is the state in this transaction and the policies in force now. Errors as
/// of OperatorWrites::process.
[[nodiscard]] Core::Result<ExpireAnswer> expireDocuments(WriteTransaction &log, const OperatorWrites &writes, const Policies &own,
                                                         const ExpireRequest &request, Core::HlcClock &clock,
                                                         std::chrono::milliseconds now);

}  // namespace Satchel::Server
