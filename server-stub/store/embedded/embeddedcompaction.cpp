// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedtransaction.h"

#include "sql.h"

#include "core/merge.h"
#include "server-stub/store/tracking.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

struct OldEvents {
    std::uint64_t through = 0;
    std::vector<Core::Mutation> mutations;
};

OldEvents oldestEvents(CipherDb::Database &database, const UserRows &userRows, const OwnerRow &owner, const CompactionLimits &limits)
{
    Query rows(database,
               "SELECT seq, received_ms, collection, mutation FROM events WHERE owner = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?");
    rows << owner.id << owner.compactedThrough << limits.through << static_cast<std::uint64_t>(limits.eventsMax);
    OldEvents events;
    while (rows.next()) {
        const std::uint64_t seq = rows.natural();
        const std::chrono::milliseconds received = rows.time();
        const auto own = limits.receivedBeforeOf.find(rows.view());
        if (received >= (own != limits.receivedBeforeOf.end() ? own->second : limits.receivedBefore)) {
            break;
        }
        events.mutations.push_back(userRows.event(owner.user, seq, rows.view()));
        events.through = seq;
    }
    return events;
}

Core::Document snapshotOf(CipherDb::Database &database, const UserRows &userRows, const OwnerRow &owner, const Core::DocumentId &id)
{
    Query query(database, "SELECT state FROM snapshots WHERE owner = ? AND collection = ? AND key = ?");
    query << owner.id << id.collection << id.key;
    return query.next() ? userRows.snapshot(owner.user, id, query.view()) : Core::Document{};
}

}  // namespace

Core::Result<std::size_t> EmbeddedTransaction::compact(OwnerRow &owner, const CompactionLimits &limits)
{
    return guarded([&]() -> std::size_t {
        const OldEvents events = oldestEvents(m_database, m_rows, owner, limits);
        if (!events.mutations.empty()) {
            writeSnapshots(owner, events.mutations, events.through);
            owner.compactedThrough = events.through;
            owner.isChanged = true;
            (Query(m_database, "DELETE FROM overwritten WHERE owner = ? AND seq <= ?") << owner.id << owner.compactedThrough).run();
        }
        for (auto &[id, device] : owner.devices) {
            forgetSettled(owner, device);
        }
        return events.mutations.size();
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

void EmbeddedTransaction::writeSnapshots(OwnerRow &owner, const std::vector<Core::Mutation> &mutations, std::uint64_t through)
{
    std::map<Core::DocumentId, Core::Document> states;
    for (const Core::Mutation &mutation : mutations) {
        const auto [place, isNew] = states.try_emplace(mutation.document);
        if (isNew) {
            place->second = snapshotOf(m_database, m_rows, owner, mutation.document);
        }
        Core::apply(place->second, mutation, m_policies->of(mutation.document.collection));
    }
    for (const auto &[id, state] : states) {
        const DocumentRow &row = *must(document(owner, id));
        // What is no event, as a document that was brought back to a restored server, is in the row alone.
        const std::string encoded = m_rows.sealSnapshot(owner.user, id, row.seq <= through ? stripped(row.tracked) : state);
        (Query(m_database, "INSERT OR REPLACE INTO snapshots (owner, collection, key, state) VALUES (?, ?, ?, ?)")
         << owner.id << id.collection << id.key << encoded)
            .run();
    }
}

}  // namespace Satchel::Server
