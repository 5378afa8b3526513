// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "rebuilder.h"

#include "documentlog.h"
#include "sql.h"

#include "core/view.h"
#include "server-stub/store/projection.h"
#include "server-stub/store/tracking.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

namespace Satchel::Server {

std::vector<Rebuilder::Owner> Rebuilder::owners()
{
    Query rows(m_database, "SELECT id, tenant, user FROM owners ORDER BY id");
    std::vector<Owner> out;
    while (rows.next()) {
        Owner owner;
        owner.id = rows.integer();
        owner.user.tenant = rows.bytes();
        owner.user.user = rows.bytes();
        out.push_back(std::move(owner));
    }
    return out;
}

std::vector<std::string> Rebuilder::check(const Owner &owner)
{
    m_owner = owner;
    m_documents.clear();
    m_differences.clear();
    m_lastSeq = 0;
    const OwnerCounts stored = storedCounts();
    foldStates();
    fold(stored.compacted);
    OwnerCounts folded = stored;
    folded.head = std::max(m_lastSeq, stored.compacted);
    folded.documents = 0;
    folded.conflicts = 0;
    for (auto &[id, document] : m_documents) {
        checkDocument(document, folded);
        checkOverwritten(document);
    }
    dropStrangers();
    checkCounts(stored, folded);
    checkDevices();
    return std::move(m_differences);
}

void Rebuilder::differs(const Core::DocumentId &id, const std::string &what)
{
    m_differences.push_back(m_owner.user.tenant + "/" + m_owner.user.user + " " + id.collection + "/" + id.key + ": " + what);
}

Rebuilder::OwnerCounts Rebuilder::storedCounts()
{
    Query rows(m_database, "SELECT head, documents, conflicts, origins, compacted, bytes FROM owners WHERE id = ?");
    rows << m_owner.id;
    OwnerCounts out;
    if (rows.next()) {
        out.head = rows.natural();
        out.documents = rows.natural();
        out.conflicts = rows.natural();
        out.origins = rows.natural();
        out.compacted = rows.natural();
        out.bytes = rows.natural();
    }
    return out;
}

/// The newest checkpoint of each document.
void Rebuilder::foldStates()
{
    Query rows(m_database, "SELECT collection, key, max(seq), device, other_seq, updated_ms, state FROM checkpoints WHERE owner = ?"
                           " GROUP BY collection, key");
    rows << m_owner.id;
    while (rows.next()) {
        Folded folded;
        folded.row.id.collection = rows.bytes();
        folded.row.id.key = rows.bytes();
        folded.row.seq = rows.natural();
        folded.row.lastDevice = rows.device();
        folded.row.otherSeq = rows.natural();
        folded.row.updated = rows.time();
        folded.row.tracked = m_rows.document(m_owner.user, folded.row.id, rows.view());
        folded.baseSeq = folded.row.seq;
        m_lastSeq = std::max(m_lastSeq, folded.row.seq);
        m_documents.emplace(folded.row.id, std::move(folded));
    }
}

void Rebuilder::fold(std::uint64_t compacted)
{
    Query rows(m_database, "SELECT seq, previous_seq, received_ms, written, mutation FROM events WHERE owner = ? AND seq > ? ORDER BY seq");
    rows << m_owner.id << compacted;
    while (rows.next()) {
        EventRow event;
        event.seq = rows.natural();
        event.previousSeq = rows.natural();
        event.received = rows.time();
        event.written = Core::Hlc{rows.natural()};
        event.mutation = m_rows.event(m_owner.user, event.seq, rows.view());
        m_lastSeq = std::max(m_lastSeq, event.seq);
        const Core::DocumentId &id = event.mutation.document;
        Folded &folded = m_documents[id];
        folded.row.id = id;
        checkOrigin(event);
        if (event.seq <= folded.baseSeq) {
            continue;
        }
        for (OverwrittenRow &lost : project(folded.row, event, m_policies.of(id.collection))) {
            folded.overwritten.push_back(std::move(lost));
        }
    }
}

void Rebuilder::checkDocument(Folded &folded, OwnerCounts &counts)
{
    DocumentRow &row = folded.row;
    const Core::Policy &policy = m_policies.of(row.id.collection);
    row.fieldCount = shownFieldCount(row.tracked.document, policy);
    const std::vector<std::string> conflicted = Core::conflictedFields(row.tracked.document, policy);
    row.conflictCount = static_cast<std::uint32_t>(conflicted.size());
    counts.documents += row.fieldCount > 0 ? 1 : 0;
    counts.conflicts += row.conflictCount;
    DocumentLog log(m_database, m_rows, m_owner.user, m_owner.id, 0);
    std::string what;
    auto stored = guarded([&] { return log.current(row.id); });
    if (!stored) {
        what = "the row cannot be read: " + stored.error().detail;
    } else if (stored->seq == 0) {
        what = "there is no row";
    } else if (stored->seq != row.seq) {
        what = "its seq is " + std::to_string(stored->seq) + ", the log has " + std::to_string(row.seq);
    } else if (stored->lastDevice != row.lastDevice || stored->otherSeq != row.otherSeq) {
        what = "its writers are not those of the log";
    } else if (stored->updated != row.updated) {
        what = "its time is not that of the log";
    } else if (stored->fieldCount != row.fieldCount || stored->conflictCount != row.conflictCount) {
        what = "its counts are " + std::to_string(stored->fieldCount) + " and " + std::to_string(stored->conflictCount) +
               ", the log gives " + std::to_string(row.fieldCount) + " and " + std::to_string(row.conflictCount);
    } else if (Wire::encode(stored->tracked) != Wire::encode(row.tracked)) {
        what = "its state is not what the log gives";
    }
    if (!what.empty()) {
        differs(row.id, what);
        if (isRepairing()) {
            const std::string state = m_rows.sealDocument(m_owner.user, row.id, row.tracked);
            (Query(m_database, "INSERT OR REPLACE INTO documents (owner, collection, key, seq, device, other_seq, fields, conflicts,"
                               " updated_ms, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
             << m_owner.id << row.id.collection << row.id.key << row.seq << row.lastDevice.view() << row.otherSeq << row.fieldCount
             << row.conflictCount << row.updated << state)
                .run();
        }
    }
    checkConflicts(folded, conflicted);
}

void Rebuilder::checkConflicts(const Folded &folded, const std::vector<std::string> &conflicted)
{
    const Core::DocumentId &id = folded.row.id;
    std::map<std::string, ConflictMark> stored;
    {
        Query rows(m_database, "SELECT field, seq, detected_ms FROM open_conflicts WHERE owner = ? AND collection = ? AND key = ?");
        rows << m_owner.id << id.collection << id.key;
        while (rows.next()) {
            const std::string field = rows.bytes();
            const std::uint64_t seq = rows.natural();
            stored.emplace(field, ConflictMark{seq, rows.time()});
        }
    }
    const auto drop = [&](const std::string &field) {
        (Query(m_database, "DELETE FROM open_conflicts WHERE owner = ? AND collection = ? AND key = ? AND field = ?")
         << m_owner.id << id.collection << id.key << field)
            .run();
    };
    for (const std::string &field : conflicted) {
        const auto known = stored.find(field);
        const auto mark = folded.row.newConflicts.find(field);
        // Where the log begins behind the conflict only the row knows since when it is one.
        const bool isRight = known != stored.end() && (mark == folded.row.newConflicts.end() || mark->second == known->second);
        if (!isRight) {
            differs(id, known == stored.end() ? "an open conflict is not listed" : "an open conflict is listed with another beginning");
            if (isRepairing()) {
                drop(field);
                const ConflictMark since =
                    mark != folded.row.newConflicts.end() ? mark->second : ConflictMark{folded.row.seq, folded.row.updated};
                (Query(m_database,
                       "INSERT INTO open_conflicts (tenant, owner, collection, key, field, seq, detected_ms) VALUES (?, ?, ?, ?, ?, ?, ?)")
                 << m_owner.user.tenant << m_owner.id << id.collection << id.key << field << since.seq << since.detected)
                    .run();
            }
        }
        stored.erase(field);
    }
    for (const auto &[field, mark] : stored) {
        differs(id, "a field is listed that is not in conflict");
        if (isRepairing()) {
            drop(field);
        }
    }
}

/// Rows of what was before the base are taken as they are: nothing else knows them.
void Rebuilder::checkOverwritten(const Folded &folded)
{
    using Name = std::tuple<std::uint64_t, std::string, Core::Dot>;
    const Core::DocumentId &id = folded.row.id;
    std::map<Name, const OverwrittenRow *> expected;
    for (const OverwrittenRow &row : folded.overwritten) {
        expected.emplace(Name{row.seq, row.field, row.loser.dot}, &row);
    }
    std::vector<std::int64_t> wrong;
    {
        Query rows(m_database,
                   "SELECT id, field, seq, detected_ms, winner, loser FROM overwritten WHERE owner = ? AND collection = ? AND key = ?"
                   " AND seq > ? ORDER BY id");
        rows << m_owner.id << id.collection << id.key << folded.baseSeq;
        while (rows.next()) {
            const std::int64_t place = rows.integer();
            OverwrittenRow row;
            row.document = id;
            row.field = rows.bytes();
            row.seq = rows.natural();
            row.detected = rows.time();
            auto read = guarded([&] {
                row.winner = m_rows.overwritten(m_owner.user, row, UserRows::Side::Winner, rows.view());
                row.loser = m_rows.overwritten(m_owner.user, row, UserRows::Side::Loser, rows.view());
            });
            const auto known = read ? expected.find(Name{row.seq, row.field, row.loser.dot}) : expected.end();
            if (known == expected.end() || known->second->winner != row.winner || known->second->loser != row.loser ||
                known->second->detected != row.detected) {
                wrong.push_back(place);
            } else {
                expected.erase(known);
            }
        }
    }
    for (const std::int64_t place : wrong) {
        differs(id, "an overwritten value is listed that the log does not give");
        if (isRepairing()) {
            (Query(m_database, "DELETE FROM overwritten WHERE id = ?") << place).run();
        }
    }
    for (const auto &[name, row] : expected) {
        differs(id, "an overwritten value is not listed");
        if (isRepairing()) {
            const std::string winner = m_rows.sealOverwritten(m_owner.user, *row, UserRows::Side::Winner);
            const std::string loser = m_rows.sealOverwritten(m_owner.user, *row, UserRows::Side::Loser);
            (Query(m_database, "INSERT INTO overwritten (tenant, owner, collection, key, field, seq, detected_ms, winner, loser)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
             << m_owner.user.tenant << m_owner.id << id.collection << id.key << row->field << row->seq << row->detected << winner << loser)
                .run();
        }
    }
}

/// Rows of documents that the log does not know.
void Rebuilder::dropStrangers()
{
    std::set<Core::DocumentId> strangers;
    for (const char *sql :
         {"SELECT collection, key FROM documents WHERE owner = ?", "SELECT collection, key FROM open_conflicts WHERE owner = ?"}) {
        Query rows(m_database, sql);
        rows << m_owner.id;
        while (rows.next()) {
            Core::DocumentId id;
            id.collection = rows.bytes();
            id.key = rows.bytes();
            if (!m_documents.contains(id)) {
                strangers.insert(std::move(id));
            }
        }
    }
    for (const Core::DocumentId &id : strangers) {
        differs(id, "the log has no such document");
        for (const char *sql : {"DELETE FROM documents WHERE owner = ? AND collection = ? AND key = ?",
                                "DELETE FROM open_conflicts WHERE owner = ? AND collection = ? AND key = ?"}) {
            if (isRepairing()) {
                (Query(m_database, sql) << m_owner.id << id.collection << id.key).run();
            }
        }
    }
}

void Rebuilder::checkOrigin(const EventRow &event)
{
    if (!event.mutation.origin) {
        return;
    }
    const Core::Origin &origin = *event.mutation.origin;
    {
        Query rows(m_database, "SELECT 1 FROM origins WHERE owner = ? AND device = ? AND counter = ? AND stamp = ?");
        rows << m_owner.id << origin.dot.device.view() << origin.dot.counter << origin.stamp;
        if (rows.next()) {
            return;
        }
    }
    differs(event.mutation.document, "the first name of a write is not known");
    if (isRepairing()) {
        (Query(m_database, "INSERT INTO origins (owner, device, counter, stamp, seq) VALUES (?, ?, ?, ?, ?)")
         << m_owner.id << origin.dot.device.view() << origin.dot.counter << origin.stamp << event.seq)
            .run();
    }
}

void Rebuilder::checkCounts(const OwnerCounts &stored, OwnerCounts folded)
{
    {
        // Never less than the rows: a count of 0 saves looking.
        Query rows(m_database, "SELECT count(*) FROM origins WHERE owner = ?");
        rows << m_owner.id;
        folded.origins = std::max(stored.origins, rows.next() ? rows.natural() : 0);
    }
    {
        Query rows(m_database, "SELECT coalesce(sum(length(state)), 0) FROM documents WHERE owner = ?");
        rows << m_owner.id;
        folded.bytes = rows.next() ? rows.natural() : 0;
    }
    if (folded == stored) {
        return;
    }
    const auto text = [](const OwnerCounts &counts) {
        return "head " + std::to_string(counts.head) + ", documents " + std::to_string(counts.documents) + ", conflicts " +
               std::to_string(counts.conflicts) + ", origins " + std::to_string(counts.origins) + ", bytes " + std::to_string(counts.bytes);
    };
    m_differences.push_back(m_owner.user.tenant + "/" + m_owner.user.user + ": it has " + text(stored) + ", the log gives " + text(folded));
    if (isRepairing()) {
        (Query(m_database, "UPDATE owners SET head = ?, documents = ?, conflicts = ?, origins = ?, bytes = ? WHERE id = ?")
         << folded.head << folded.documents << folded.conflicts << folded.origins << folded.bytes << m_owner.id)
            .run();
    }
}

/// A counter below what the log has would let a dot be used twice.
void Rebuilder::checkDevices()
{
    std::vector<std::pair<std::int64_t, std::uint64_t>> behind;
    {
        Query rows(m_database,
                   "SELECT id, last_counter, max(coalesce((SELECT max(counter) FROM events WHERE owner = devices.owner AND device ="
                   " devices.id), 0), coalesce((SELECT max(counter) FROM unapplied WHERE owner = devices.owner AND device ="
                   " devices.id), 0)) FROM devices WHERE owner = ?");
        rows << m_owner.id;
        while (rows.next()) {
            const std::int64_t id = rows.integer();
            const std::uint64_t stored = rows.natural();
            const std::uint64_t logged = rows.natural();
            if (stored < logged) {
                behind.emplace_back(id, logged);
            }
        }
    }
    for (const auto &[id, counter] : behind) {
        m_differences.push_back(m_owner.user.tenant + "/" + m_owner.user.user + ": a device's counter is behind its mutations in the log");
        if (isRepairing()) {
            (Query(m_database, "UPDATE devices SET last_counter = ? WHERE id = ?") << counter << id).run();
        }
    }
}

}  // namespace Satchel::Server
