// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "ledger.h"

#include "core/document.h"
#include "core/mutation.h"
#include "support/disk/simulateddisk.h"

#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace Satchel::WorldCheck {

/// What the server's file holds of one user, read past all of the server's code.
struct ServerLog {
    struct Event {
        std::uint64_t seq = 0;
        Core::Mutation mutation;  ///< with the settled stamp
        Core::Hlc written;
        [[nodiscard]] Identity identity() const
        {
            return mutation.origin ? Identity{mutation.origin->dot, mutation.origin->stamp} : Identity{mutation.dot, written};
        }
    };
    std::uint64_t head = 0;
    std::uint64_t compactedThrough = 0;
    std::vector<Event> events;
    std::size_t firstKept = 0;                             ///< of `events`: those before are archived, not in the file any more
    std::map<Core::DocumentId, Core::Document> snapshots;  ///< states as of `compactedThrough`
    std::map<Core::DocumentId, Core::Document> documents;
    std::set<std::tuple<Core::DocumentId, std::string, Core::Dot>> overwritten;
};

/// A user's events from before they were compacted away.
class LogArchive {
public:
    /// Before a compaction. Of events that the log still has, those that were kept earlier may be of a time that a restored server has
    /// lost.
    void keep(const ServerLog &log);
    /// Puts the events and overwritten values that are gone in front of those that are left.
    void completed(ServerLog &log) const;

private:
    std::map<std::uint64_t, ServerLog::Event> m_events;
    std::set<std::tuple<Core::DocumentId, std::string, Core::Dot>> m_overwritten;
};

[[nodiscard]] ServerLog readServerLog(Testing::SimulatedDisk &disk, const Core::UserId &user);

}  // namespace Satchel::WorldCheck
