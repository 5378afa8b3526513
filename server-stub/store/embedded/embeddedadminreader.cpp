// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedreader.h"

#include "listrows.h"
#include "snapshot.h"
#include "sql.h"

#include "core/view.h"
#include "server-stub/store/tracking.h"

#include <algorithm>
#include <map>

namespace Satchel::Server {

namespace Admin = Wire::Admin;

namespace {

/// How far back a base is looked for; each step reads one event.
constexpr int baseStepsMax = 500;

/// Siblings with the shown one first.
std::vector<Core::Sibling> shownFirst(const Core::FieldState &state)
{
    std::vector<Core::Sibling> siblings = state.siblings;
    std::sort(siblings.begin(), siblings.end(),
              [](const Core::Sibling &a, const Core::Sibling &b) { return std::tie(b.stamp, b.dot) < std::tie(a.stamp, a.dot); });
    return siblings;
}

/// Bytes of a state as a message, whether it is sealed or not.
std::uint32_t stateBytes(std::uint32_t stored, bool isRowSealed)
{
    return isRowSealed ? stored - static_cast<std::uint32_t>(sealedOverheadBytes) : stored;
}

}  // namespace

Core::Result<std::optional<Admin::UsersGetResponse>> EmbeddedReader::user(const Core::UserId &user)
{
    return guarded([&]() -> std::optional<Admin::UsersGetResponse> {
        const ReadSnapshot snapshot(m_database);
        const OwnerHead owner = ownerHead(user);
        if (owner.id == 0) {
            return std::nullopt;
        }
        Admin::UsersGetResponse out;
        {
            Query rows(m_database, std::string(userColumns) + " WHERE id = ?");
            rows << owner.id;
            if (rows.next()) {
                out.user = readUser(rows);
            }
        }
        Query devices(m_database, "SELECT " + std::string(deviceColumns) + " FROM devices WHERE owner = ? ORDER BY seen_ms DESC, device");
        devices << owner.id;
        while (devices.next()) {
            out.devices.push_back(readDevice(devices));
        }
        Query collections(m_database,
                          "SELECT collection, sum(fields > 0), sum(conflicts) FROM documents WHERE owner = ? GROUP BY collection"
                          " ORDER BY collection");
        collections << owner.id;
        while (collections.next()) {
            Admin::CollectionSummary collection;
            collection.name = collections.bytes();
            collection.documentCount = collections.natural();
            collection.openConflictCount = collections.count();
            out.collections.push_back(std::move(collection));
        }
        return out;
    });
}

std::optional<StoredDocument> EmbeddedReader::storedDocument(std::int64_t owner, const Core::UserId &user, const Core::DocumentId &id)
{
    Query rows(m_database,
               "SELECT seq, fields, conflicts, updated_ms, state FROM documents WHERE owner = ? AND collection = ? AND key = ?");
    rows << owner << id.collection << id.key;
    if (!rows.next()) {
        return std::nullopt;
    }
    StoredDocument out;
    out.summary.collection = id.collection;
    out.summary.key = id.key;
    out.summary.seq = rows.natural();
    out.summary.fieldCount = rows.count();
    out.summary.conflictCount = rows.count();
    out.summary.updated = rows.time();
    const std::string_view state = rows.view();
    out.summary.stateBytes = stateBytes(static_cast<std::uint32_t>(state.size()), isSealed(state));
    out.document = stripped(m_rows.document(user, id, state));
    return out;
}

Core::Result<std::optional<StoredDocument>> EmbeddedReader::document(const Core::UserId &user, const Core::DocumentId &id)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        return storedDocument(ownerHead(user).id, user, id);
    });
}

Core::Result<WriteOrigin> EmbeddedReader::writeOrigin(const Core::UserId &user, const Core::Dot &dot)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        const OwnerHead owner = ownerHead(user);
        WriteOrigin out;
        Query rows(m_database, "SELECT devices.name, coalesce(events.received_ms, 0) FROM devices LEFT JOIN events"
                               " ON events.owner = devices.owner AND events.device = devices.id AND events.counter = ?"
                               " WHERE devices.owner = ? AND devices.device = ?");
        rows << dot.counter << owner.id << dot.device.view();
        if (rows.next()) {
            out.deviceName = rows.bytes();
            out.received = rows.time();
        }
        return out;
    });
}

std::vector<ConflictRow> EmbeddedReader::conflictPage(const ConflictsQuery &query, const char *source,
                                                      const std::function<void(ConflictRow &, Query &)> &addSiblings)
{
    const ReadSnapshot snapshot(m_database);
    // One user's rows are found by the user, however the request names it.
    const std::string *required = requiredText(query.filter, static_cast<std::size_t>(Admin::ConflictField::User));
    const std::string &user = query.user.empty() && required != nullptr ? *required : query.user;
    const std::int64_t owner = user.empty() ? 0 : ownerHead(Core::UserId{query.tenant, user}).id;
    std::vector<ConflictRow> out;
    if (!user.empty() && owner == 0) {
        return out;
    }
    const FilterSql filter = sqlOf(query.filter, conflictColumns());
    Query rows = Query::once(m_database, "SELECT c.id, o.user, c.collection, c.key, c.field, c.seq, c.detected_ms, " + std::string(source) +
                                             " c JOIN owners o ON o.id = c.owner WHERE c.tenant = ?" +
                                             (owner == 0 ? "" : " AND c.owner = ?") + (query.beforeId == 0 ? "" : " AND c.id < ?") +
                                             (query.collection.empty() ? "" : " AND c.collection = ?") + " AND " + filter.text +
                                             " ORDER BY c.id DESC LIMIT ?");
    rows << query.tenant;
    if (owner != 0) {
        rows << owner;
    }
    if (query.beforeId != 0) {
        rows << query.beforeId;
    }
    if (!query.collection.empty()) {
        rows << query.collection;
    }
    filter.bindTo(rows);
    rows << static_cast<std::uint64_t>(query.rowsMax);
    while (rows.next()) {
        ConflictRow row;
        row.id = rows.integer();
        row.user = rows.bytes();
        row.document.collection = rows.bytes();
        row.document.key = rows.bytes();
        row.field = rows.bytes();
        row.seq = rows.natural();
        row.detected = rows.time();
        addSiblings(row, rows);
        out.push_back(std::move(row));
    }
    return out;
}

Core::Result<std::vector<ConflictRow>> EmbeddedReader::openConflicts(const ConflictsQuery &query)
{
    return guarded([&] {
        return conflictPage(query, "c.owner FROM open_conflicts", [&](ConflictRow &row, Query &rows) {
            const auto stored = storedDocument(rows.integer(), Core::UserId{query.tenant, row.user}, row.document);
            if (const Core::FieldState *state = stored ? stored->document.find(row.field) : nullptr) {
                row.siblings = shownFirst(*state);
            }
        });
    });
}

Core::Result<std::vector<ConflictRow>> EmbeddedReader::overwritten(const ConflictsQuery &query)
{
    return guarded([&] {
        return conflictPage(query, "c.winner, c.loser FROM overwritten", [&](ConflictRow &row, Query &rows) {
            const Core::UserId user{query.tenant, row.user};
            const OverwrittenRow place{row.document, row.field, row.seq, {}, {}, {}};
            row.siblings.push_back(m_rows.overwritten(user, place, UserRows::Side::Winner, rows.view()));
            row.siblings.push_back(m_rows.overwritten(user, place, UserRows::Side::Loser, rows.view()));
        });
    });
}

Core::Result<std::optional<Core::Value>> EmbeddedReader::base(const Core::UserId &user, const Core::DocumentId &id,
                                                              const std::string &field, const std::vector<Core::Dot> &writes)
{
    return guarded([&]() -> std::optional<Core::Value> {
        const ReadSnapshot snapshot(m_database);
        const OwnerHead owner = ownerHead(user);
        const auto stored = storedDocument(owner.id, user, id);
        std::vector<Core::VersionVector> seen;
        std::uint64_t seq = stored ? stored->summary.seq : 0;
        for (int step = 0; seq != 0 && step < baseStepsMax; ++step) {
            Query rows(m_database, "SELECT previous_seq, mutation FROM events WHERE owner = ? AND seq = ?");
            rows << owner.id << seq;
            if (!rows.next()) {
                break;
            }
            const std::uint64_t previous = rows.natural();
            const Core::Mutation mutation = m_rows.event(user, std::exchange(seq, previous), rows.view());
            if (std::find(writes.begin(), writes.end(), mutation.dot) != writes.end()) {
                seen.push_back(mutation.context);
                continue;
            }
            const bool isCommon =
                seen.size() == writes.size() &&
                std::all_of(seen.begin(), seen.end(), [&](const Core::VersionVector &context) { return context.covers(mutation.dot); });
            for (const Core::Op &op : mutation.ops) {
                if (!isCommon || Core::fieldOf(op) != field) {
                    continue;
                }
                const auto *put = std::get_if<Core::PutOp>(&op);
                return put != nullptr ? std::optional<Core::Value>(put->value) : std::nullopt;
            }
        }
        return std::nullopt;
    });
}

Core::Result<std::vector<EventRow>> EmbeddedReader::userEvents(const Core::UserId &user, std::uint64_t after, std::size_t rowsMax)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        Query rows(m_database, "SELECT seq, previous_seq, received_ms, written, mutation FROM events WHERE owner = ? AND seq > ?"
                               " ORDER BY seq LIMIT ?");
        rows << ownerHead(user).id << after << static_cast<std::uint64_t>(rowsMax);
        std::vector<EventRow> out;
        while (rows.next()) {
            EventRow event;
            event.seq = rows.natural();
            event.previousSeq = rows.natural();
            event.received = rows.time();
            event.written = Core::Hlc{rows.natural()};
            event.mutation = m_rows.event(user, event.seq, rows.view());
            out.push_back(std::move(event));
        }
        return out;
    });
}

}  // namespace Satchel::Server
