// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/policy.h"
#include "server-stub/store/embedded/userrows.h"
#include "server-stub/store/rows.h"

#include <optional>
#include <vector>

namespace Satchel::Server {

/// One user's log as the tables have it: checkpoints, events, and the documents that they make. Throws StoreFailure, as all of this folder.
class DocumentLog {
public:
    /// `compactedThrough`: events up to here are left for other questions than history.
    DocumentLog(CipherDb::Database &database, const UserRows &rows, Core::UserId user, std::int64_t owner, std::uint64_t compactedThrough)
        : m_database(database)
        , m_rows(rows)
        , m_user(std::move(user))
        , m_owner(owner)
        , m_compactedThrough(compactedThrough)
    {
    }

    /// The row as stored; its seq is 0 if there is none.
    [[nodiscard]] DocumentRow current(const Core::DocumentId &id);
    /// The newest state that is kept beside the events, not after `through`; an empty row if there is none.
    [[nodiscard]] DocumentRow base(const Core::DocumentId &id, std::uint64_t through);
    /// Events of the document behind `after` up to `through`, oldest first. `newest`: place of the document's latest event.
    [[nodiscard]] std::vector<EventRow> events(const Core::DocumentId &id, std::uint64_t newest, std::uint64_t after,
                                               std::uint64_t through);
    /// The row as it was. `newest` as above.
    [[nodiscard]] DocumentRow at(const Core::DocumentId &id, std::uint64_t newest, std::uint64_t seq, const Core::Policy &policy);
    /// The place before a state that a device brought back; nothing if there is none at `seq`.
    [[nodiscard]] std::optional<DocumentRow> checkpointAt(const Core::DocumentId &id, std::uint64_t seq, std::uint64_t &previousSeq);

    void writeCheckpoint(const DocumentRow &row, std::uint64_t previousSeq);

private:
    CipherDb::Database &m_database;
    const UserRows &m_rows;
    Core::UserId m_user;
    std::int64_t m_owner;
    std::uint64_t m_compactedThrough;
};

}  // namespace Satchel::Server
