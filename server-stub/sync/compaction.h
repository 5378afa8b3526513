// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/store/store.h"

#include <chrono>
#include <cstdint>

namespace Satchel::Server {

/// One user's log is to be shortened.
struct CompactRequest {
    Core::UserId user;
    std::chrono::milliseconds keepSince{0};                                       ///< events received from then on stay
    std::chrono::milliseconds deviceSince{0};                                     ///< a device not seen from then on is not waited for
    std::size_t eventsMax = 2000;                                                 ///< in this transaction
    std::map<std::string, std::chrono::milliseconds, std::less<>> keepSinceOf{};  ///< of collections for which it is another time
};

struct CompactOutcome {
    std::size_t eventCount = 0;  ///< that went
    bool isDone = false;         ///< nothing more may go now
};

using CompactAnswer = Core::Result<CompactOutcome>;

/// Replaces the oldest events by the states of their documents, as far as they are older than asked and every device that is waited for has
/// read them: docs/decisions/0014-compaction.md. Outer and inner errors as in PushRules::process; inner: NOT_FOUND.
[[nodiscard]] Core::Result<CompactAnswer> compactLog(WriteTransaction &log, const CompactRequest &request, std::chrono::milliseconds now);

}  // namespace Satchel::Server
