// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedtransaction.h"

#include "documentlog.h"
#include "sql.h"

#include "server-stub/store/projection.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

struct OldEvents {
    std::uint64_t through = 0;
    std::vector<EventRow> events;
};

OldEvents oldestEvents(CipherDb::Database &database, const UserRows &userRows, const OwnerRow &owner, const CompactionLimits &limits)
{
    Query rows(database, "SELECT seq, previous_seq, received_ms, written, collection, mutation FROM events WHERE owner = ? AND seq > ?"
                         " AND seq <= ? ORDER BY seq LIMIT ?");
    rows << owner.id << owner.compactedThrough << limits.through << static_cast<std::uint64_t>(limits.eventsMax);
    OldEvents out;
    while (rows.next()) {
        EventRow event;
        event.seq = rows.natural();
        event.previousSeq = rows.natural();
        event.received = rows.time();
        event.written = Core::Hlc{rows.natural()};
        const auto own = limits.receivedBeforeOf.find(rows.view());
        if (event.received >= (own != limits.receivedBeforeOf.end() ? own->second : limits.receivedBefore)) {
            break;
        }
        event.mutation = userRows.event(owner.user, event.seq, rows.view());
        out.through = event.seq;
        out.events.push_back(std::move(event));
    }
    return out;
}

}  // namespace

Core::Result<std::size_t> EmbeddedTransaction::compact(OwnerRow &owner, const CompactionLimits &limits)
{
    return guarded([&]() -> std::size_t {
        const OldEvents old = oldestEvents(m_database, m_rows, owner, limits);
        if (!old.events.empty()) {
            checkpointThrough(owner, old.events, old.through);
            owner.compactedThrough = old.through;
            owner.isChanged = true;
            (Query(m_database, "DELETE FROM overwritten WHERE owner = ? AND seq <= ?") << owner.id << owner.compactedThrough).run();
        }
        for (auto &[id, device] : owner.devices) {
            forgetSettled(owner, device);
        }
        return old.events.size();
    });
}

void EmbeddedTransaction::forgetSettled(const OwnerRow &owner, DeviceRow &device)
{
    constexpr std::uint64_t all = INT64_MAX;
    const std::uint64_t settled = device.isRevoked || device.isWiped ? all : device.settledCounter;
    Query newest(m_database, "SELECT max(counter) FROM events WHERE owner = ? AND device = ? AND counter <= ? AND seq <= ?");
    newest << owner.id << device.id << settled << owner.compactedThrough;
    const std::uint64_t counter = newest.next() ? newest.natural() : 0;
    if (counter == 0) {
        return;
    }
    (Query(m_database, "DELETE FROM events WHERE owner = ? AND device = ? AND counter <= ? AND seq <= ?")
     << owner.id << device.id << counter << owner.compactedThrough)
        .run();
    (Query(m_database, "DELETE FROM unapplied WHERE owner = ? AND device = ? AND counter <= ?") << owner.id << device.id << counter).run();
    device.compactedCounter = std::max(device.compactedCounter, counter);
    device.isChanged = true;
}

void EmbeddedTransaction::checkpointThrough(OwnerRow &owner, const std::vector<EventRow> &events, std::uint64_t through)
{
    DocumentLog log = logOf(owner);
    std::map<Core::DocumentId, DocumentRow> rows;
    for (const EventRow &event : events) {
        const Core::DocumentId &id = event.mutation.document;
        auto place = rows.find(id);
        if (place == rows.end()) {
            place = rows.emplace(id, log.base(id, through)).first;
        }
        if (event.seq > place->second.seq) {
            static_cast<void>(project(place->second, event, m_policies->of(id.collection)));
        }
    }
    for (const auto &[id, folded] : rows) {
        const DocumentRow &current = *must(document(owner, id));
        const DocumentRow &row = current.seq <= through ? current : folded;
        log.writeCheckpoint(row, 0);
        (Query(m_database, "DELETE FROM checkpoints WHERE owner = ? AND collection = ? AND key = ? AND seq < ?")
         << owner.id << id.collection << id.key << row.seq)
            .run();
        (Query(m_database, "DELETE FROM snapshots WHERE owner = ? AND collection = ? AND key = ?") << owner.id << id.collection << id.key)
            .run();
    }
}

}  // namespace Satchel::Server
