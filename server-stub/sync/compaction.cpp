// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "compaction.h"

#include <algorithm>

namespace Satchel::Server {

Core::Result<CompactAnswer> compactLog(WriteTransaction &log, const CompactRequest &request, std::chrono::milliseconds now)
{
    auto found = log.owner(request.user, now);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    OwnerRow &owner = **found;
    CompactionLimits limits{owner.head, request.keepSince, request.eventsMax, request.keepSinceOf};
    for (const auto &[id, device] : owner.devices) {
        if (!device.isRevoked && !device.isWiped && !device.isOperator && device.lastSeen >= request.deviceSince) {
            limits.through = std::min(limits.through, device.cursor);
        }
    }
    auto compacted = log.compact(owner, limits);
    if (!compacted) {
        return Core::failure(std::move(compacted.error()));
    }
    return CompactAnswer(CompactOutcome{*compacted, *compacted < request.eventsMax});
}

}  // namespace Satchel::Server
