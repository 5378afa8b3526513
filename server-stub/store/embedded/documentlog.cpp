// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "documentlog.h"

#include "sql.h"

#include "server-stub/store/projection.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

constexpr std::string_view checkpointColumns = "SELECT seq, device, other_seq, updated_ms, state, previous_seq FROM checkpoints"
                                               " WHERE owner = ? AND collection = ? AND key = ? AND seq ";

/// Down from the newest event by the place of the one before: no index of documents has to be kept with every push.
constexpr std::string_view chainOfEvents = R"sql(
WITH RECURSIVE chain (seq, previous) AS (
    SELECT seq, previous_seq FROM events WHERE owner = ?1 AND seq = ?2
    UNION ALL
    SELECT e.seq, e.previous_seq FROM chain c CROSS JOIN events e ON e.owner = ?1 AND e.seq = c.previous WHERE c.previous > ?3)
SELECT e.seq, e.previous_seq, e.received_ms, e.written, CASE WHEN e.seq <= ?4 THEN e.mutation END
FROM chain c CROSS JOIN events e ON e.owner = ?1 AND e.seq = c.seq
)sql";

}  // namespace

DocumentRow DocumentLog::current(const Core::DocumentId &id)
{
    DocumentRow row;
    row.id = id;
    Query query(m_database, "SELECT seq, device, other_seq, fields, conflicts, updated_ms, state FROM documents"
                            " WHERE owner = ? AND collection = ? AND key = ?");
    query << m_owner << id.collection << id.key;
    if (!query.next()) {
        return row;
    }
    row.seq = query.natural();
    row.lastDevice = query.device();
    row.otherSeq = query.natural();
    row.fieldCount = query.count();
    row.conflictCount = query.count();
    row.updated = query.time();
    const std::string_view state = query.view();
    row.stateBytesMax = state.size();
    row.storedBytes = state.size();
    row.tracked = m_rows.document(m_user, id, state);
    return row;
}

DocumentRow DocumentLog::base(const Core::DocumentId &id, std::uint64_t through)
{
    DocumentRow row;
    row.id = id;
    {
        Query query(m_database, std::string(checkpointColumns) + "<= ? ORDER BY seq DESC LIMIT 1");
        query << m_owner << id.collection << id.key << through;
        if (query.next()) {
            row.seq = query.natural();
            row.lastDevice = query.device();
            row.otherSeq = query.natural();
            row.updated = query.time();
            row.tracked = m_rows.document(m_user, id, query.view());
            return row;
        }
    }
    Query query(m_database, "SELECT state FROM snapshots WHERE owner = ? AND collection = ? AND key = ?");
    query << m_owner << id.collection << id.key;
    if (query.next()) {
        row.tracked.document = m_rows.snapshot(m_user, id, query.view());
        row.tracked.fieldSeqs.assign(row.tracked.document.fields.size(), m_compactedThrough);
        row.seq = m_compactedThrough;
    }
    return row;
}

std::optional<DocumentRow> DocumentLog::checkpointAt(const Core::DocumentId &id, std::uint64_t seq, std::uint64_t &previousSeq)
{
    Query query(m_database, std::string(checkpointColumns) + "= ?");
    query << m_owner << id.collection << id.key << seq;
    if (!query.next()) {
        return std::nullopt;
    }
    DocumentRow row;
    row.id = id;
    row.seq = query.natural();
    row.lastDevice = query.device();
    row.otherSeq = query.natural();
    row.updated = query.time();
    row.tracked = m_rows.document(m_user, id, query.view());
    previousSeq = query.natural();
    return row;
}

std::vector<EventRow> DocumentLog::events(const Core::DocumentId &id, std::uint64_t newest, std::uint64_t after, std::uint64_t through)
{
    after = std::max(after, m_compactedThrough);
    std::vector<EventRow> out;
    while (newest > after) {
        std::uint64_t next = newest;
        {
            Query rows(m_database, chainOfEvents);
            rows << m_owner << newest << after << through;
            while (rows.next()) {
                EventRow event;
                event.seq = rows.natural();
                event.previousSeq = rows.natural();
                event.received = rows.time();
                event.written = Core::Hlc{rows.natural()};
                next = std::min(next, event.previousSeq);
                if (event.seq <= through) {
                    event.mutation = m_rows.event(m_user, event.seq, rows.view());
                    out.push_back(std::move(event));
                }
            }
        }
        if (next > after) {
            // No event is there: a state that a device brought back takes a place of its own.
            std::uint64_t previous = 0;
            const auto broughtBack = checkpointAt(id, next, previous);
            next = broughtBack ? std::min(previous, next - 1) : 0;
        }
        newest = next;
    }
    std::ranges::sort(out, {}, &EventRow::seq);
    return out;
}

DocumentRow DocumentLog::at(const Core::DocumentId &id, std::uint64_t newest, std::uint64_t seq, const Core::Policy &policy)
{
    DocumentRow row = base(id, seq);
    for (const EventRow &event : events(id, newest, row.seq, seq)) {
        static_cast<void>(project(row, event, policy));
    }
    return row;
}

void DocumentLog::writeCheckpoint(const DocumentRow &row, std::uint64_t previousSeq)
{
    const std::string state = m_rows.sealDocument(m_user, row.id, row.tracked);
    (Query(m_database,
           "INSERT INTO checkpoints (owner, collection, key, seq, previous_seq, device, other_seq, updated_ms, state)"
           " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, collection, key, seq) DO UPDATE SET device = excluded.device,"
           " other_seq = excluded.other_seq, updated_ms = excluded.updated_ms, state = excluded.state")
     << m_owner << row.id.collection << row.id.key << row.seq << previousSeq << row.lastDevice.view() << row.otherSeq << row.updated
     << state)
        .run();
}

}  // namespace Satchel::Server
