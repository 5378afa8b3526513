// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "documentlog.h"
#include "embeddedreader.h"
#include "snapshot.h"
#include "sql.h"

#include "server-stub/store/tracking.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

[[noreturn]] void throwExpired(std::uint64_t begin)
{
    throw StoreFailure{
        Core::makeError(Core::ErrorCode::OutOfRange, Core::ErrorReason::HistoryExpired,
                        "what was before has gone from the history; the earliest state is that at seq " + std::to_string(begin))};
}

void checkPoint(const LogExtent &extent, std::uint64_t seq)
{
    if (seq < extent.begin) {
        throwExpired(extent.begin);
    }
    if (seq > extent.head) {
        throw StoreFailure{Core::invalidArgument(Core::ErrorReason::LimitExceeded, "the log ends at seq " + std::to_string(extent.head))};
    }
}

}  // namespace

EmbeddedReader::Log EmbeddedReader::logOf(const Core::UserId &user)
{
    Query query(m_database, "SELECT id, head, compacted FROM owners WHERE tenant = ? AND user = ?");
    query << user.tenant << user.user;
    Log out;
    if (query.next()) {
        out.owner = query.integer();
        out.extent.isKnown = true;
        out.extent.head = query.natural();
        out.extent.begin = query.natural();
    }
    return out;
}

Core::Result<LogExtent> EmbeddedReader::logExtent(const Core::UserId &user)
{
    return guarded([&] { return logOf(user).extent; });
}

Core::Result<std::uint64_t> EmbeddedReader::seqAt(const Core::UserId &user, std::chrono::milliseconds time)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        const Log log = logOf(user);
        // The first event behind `low` and what it says of the time; places that are no events are passed over.
        const auto receivedBehind = [&](std::uint64_t low) -> std::optional<std::chrono::milliseconds> {
            Query rows(m_database, "SELECT received_ms FROM events WHERE owner = ? AND seq > ? ORDER BY seq LIMIT 1");
            rows << log.owner << low;
            if (rows.next()) {
                return rows.time();
            }
            Query states(m_database, "SELECT updated_ms FROM checkpoints WHERE owner = ? AND seq > ? ORDER BY seq LIMIT 1");
            states << log.owner << low;
            return states.next() ? std::optional(states.time()) : std::nullopt;
        };
        const auto isBefore = [&](std::uint64_t place) {
            const auto received = receivedBehind(place);
            return received && *received <= time;
        };
        if (log.extent.begin > 0 && !isBefore(log.extent.begin) && log.extent.head > log.extent.begin) {
            throwExpired(log.extent.begin);
        }
        std::uint64_t low = log.extent.begin;
        std::uint64_t high = log.extent.head;
        while (low < high) {
            const std::uint64_t middle = low + (high - low) / 2;
            if (isBefore(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    });
}

Core::Result<std::vector<LoggedEvent>> EmbeddedReader::events(const EventsQuery &query)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        const Log log = logOf(query.user);
        return query.document ? eventsOfDocument(query, log) : eventsOfUser(query, log);
    });
}

std::vector<LoggedEvent> EmbeddedReader::eventsOfUser(const EventsQuery &query, const Log &log)
{
    Query rows(m_database, "SELECT seq, previous_seq, received_ms, written, mutation FROM events WHERE owner = ? AND seq > ? AND seq <= ?"
                           " ORDER BY seq DESC LIMIT ?");
    rows << log.owner << log.extent.begin << std::min(query.from, log.extent.head) << static_cast<std::uint64_t>(query.rowsMax);
    std::vector<LoggedEvent> out;
    while (rows.next()) {
        LoggedEvent entry;
        entry.event.seq = rows.natural();
        entry.event.previousSeq = rows.natural();
        entry.event.received = rows.time();
        entry.event.written = Core::Hlc{rows.natural()};
        entry.event.mutation = m_rows.event(query.user, entry.event.seq, rows.view());
        out.push_back(std::move(entry));
    }
    return out;
}

std::vector<LoggedEvent> EmbeddedReader::eventsOfDocument(const EventsQuery &query, const Log &log)
{
    DocumentLog documents(m_database, m_rows, query.user, log.owner, log.extent.begin);
    std::uint64_t seq = std::min(query.from, documents.current(*query.document).seq);
    std::vector<LoggedEvent> out;
    while (seq > log.extent.begin && out.size() < query.rowsMax) {
        LoggedEvent entry;
        Query rows(m_database, "SELECT previous_seq, received_ms, written, mutation FROM events WHERE owner = ? AND seq = ?");
        rows << log.owner << seq;
        if (rows.next()) {
            entry.event.seq = seq;
            entry.event.previousSeq = rows.natural();
            entry.event.received = rows.time();
            entry.event.written = Core::Hlc{rows.natural()};
            entry.event.mutation = m_rows.event(query.user, seq, rows.view());
        } else if (const auto row = documents.checkpointAt(*query.document, seq, entry.event.previousSeq)) {
            entry.isBroughtBack = true;
            entry.event.seq = seq;
            entry.event.received = row->updated;
            entry.event.mutation.document = *query.document;
            entry.event.mutation.dot.device = row->lastDevice;
        } else {
            break;
        }
        seq = entry.event.previousSeq;
        out.push_back(std::move(entry));
    }
    return out;
}

Core::Result<std::optional<EventRow>> EmbeddedReader::event(const Core::UserId &user, const Core::Dot &dot)
{
    return guarded([&]() -> std::optional<EventRow> {
        const ReadSnapshot snapshot(m_database);
        const Log log = logOf(user);
        Query rows(m_database, "SELECT e.seq, e.previous_seq, e.received_ms, e.written, e.mutation FROM devices d JOIN events e"
                               " ON e.owner = d.owner AND e.device = d.id AND e.counter = ? WHERE d.owner = ? AND d.device = ?");
        rows << dot.counter << log.owner << dot.device.view();
        if (!rows.next()) {
            return std::nullopt;
        }
        EventRow event;
        event.seq = rows.natural();
        event.previousSeq = rows.natural();
        event.received = rows.time();
        event.written = Core::Hlc{rows.natural()};
        event.mutation = m_rows.event(user, event.seq, rows.view());
        return event;
    });
}

Core::Result<DocumentRow> EmbeddedReader::documentAt(const Core::UserId &user, const Core::DocumentId &id, std::uint64_t seq,
                                                     const Core::PolicySet &policies)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        const Log log = logOf(user);
        checkPoint(log.extent, seq);
        DocumentLog documents(m_database, m_rows, user, log.owner, log.extent.begin);
        DocumentRow row = documents.current(id);
        return row.seq <= seq ? row : documents.at(id, row.seq, seq, policies.of(id.collection));
    });
}

Core::Result<DocumentsAtPage> EmbeddedReader::documentsAt(const DocumentsAtQuery &query, const Core::PolicySet &policies)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        const Log log = logOf(query.user);
        checkPoint(log.extent, query.seq);
        DocumentLog documents(m_database, m_rows, query.user, log.owner, log.extent.begin);
        const Core::DocumentId after = query.after ? *query.after : Core::DocumentId{query.collection, {}};
        Query rows(m_database, "SELECT collection, key, seq, device, other_seq, updated_ms, state FROM documents WHERE owner = ?"
                               " AND (collection, key) > (?, ?) AND (? = 0 OR collection = ?) ORDER BY collection, key LIMIT ?");
        rows << log.owner << after.collection << after.key << static_cast<std::int64_t>(!query.collection.empty()) << query.collection
             << static_cast<std::uint64_t>(query.rowsMax);
        DocumentsAtPage page;
        std::size_t looked = 0;
        Core::DocumentId id;
        while (rows.next()) {
            ++looked;
            DocumentRow row;
            id.collection = rows.bytes();
            id.key = rows.bytes();
            row.id = id;
            row.seq = rows.natural();
            row.lastDevice = rows.device();
            row.otherSeq = rows.natural();
            row.updated = rows.time();
            if (row.seq <= query.seq) {
                row.tracked = m_rows.document(query.user, id, rows.view());
            } else {
                row = documents.at(id, row.seq, query.seq, policies.of(id.collection));
            }
            if (row.seq != 0) {
                page.documents.push_back(std::move(row));
            }
        }
        if (looked == query.rowsMax) {
            page.last = std::move(id);
        }
        return page;
    });
}

Core::Result<std::optional<ConflictMark>> EmbeddedReader::conflictMark(const Core::UserId &user, const Core::DocumentId &id,
                                                                       const std::string &field)
{
    return guarded([&]() -> std::optional<ConflictMark> {
        const ReadSnapshot snapshot(m_database);
        Query rows(m_database, "SELECT seq, detected_ms FROM open_conflicts WHERE owner = ? AND collection = ? AND key = ? AND field = ?");
        rows << logOf(user).owner << id.collection << id.key << field;
        if (!rows.next()) {
            return std::nullopt;
        }
        const std::uint64_t seq = rows.natural();
        return ConflictMark{seq, rows.time()};
    });
}

Core::Result<std::vector<OverwrittenRow>> EmbeddedReader::overwrittenOf(const Core::UserId &user, const Core::DocumentId &id,
                                                                        const std::string &field, std::size_t rowsMax)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        Query rows(m_database, "SELECT seq, detected_ms, winner, loser FROM overwritten WHERE owner = ? AND collection = ? AND key = ?"
                               " AND field = ? ORDER BY id DESC LIMIT ?");
        rows << logOf(user).owner << id.collection << id.key << field << static_cast<std::uint64_t>(rowsMax);
        std::vector<OverwrittenRow> out;
        while (rows.next()) {
            OverwrittenRow row;
            row.document = id;
            row.field = field;
            row.seq = rows.natural();
            row.detected = rows.time();
            row.winner = m_rows.overwritten(user, row, UserRows::Side::Winner, rows.view());
            row.loser = m_rows.overwritten(user, row, UserRows::Side::Loser, rows.view());
            out.push_back(std::move(row));
        }
        return out;
    });
}

Core::Result<std::map<Core::DeviceId, WriterNote>> EmbeddedReader::writers(const Core::UserId &user)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        Query rows(m_database, "SELECT device, name, is_operator FROM devices WHERE owner = ?");
        rows << logOf(user).owner;
        std::map<Core::DeviceId, WriterNote> out;
        while (rows.next()) {
            const Core::DeviceId device = rows.device();
            WriterNote note;
            note.name = rows.bytes();
            note.isOperator = rows.integer() != 0;
            out.emplace(device, std::move(note));
        }
        return out;
    });
}

}  // namespace Satchel::Server
