// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "serverlog.h"

#include "device.h"

#include "server-stub/store/embedded/sql.h"
#include "server-stub/store/embedded/userrows.h"
#include "server-stub/store/tracking.h"

namespace Satchel::WorldCheck {

namespace {

using Server::must;
using Server::Query;

std::int64_t readOwner(CipherDb::Database &database, const Core::UserId &user, ServerLog &log)
{
    Query query(database, "SELECT id, head, compacted FROM owners WHERE tenant = ? AND user = ?");
    query << user.tenant << user.user;
    if (!query.next()) {
        return 0;
    }
    const std::int64_t owner = query.integer();
    log.head = query.natural();
    log.compactedThrough = query.natural();
    return owner;
}

std::string secretOfKeyring(CipherDb::Database &database)
{
    Query query(database, "SELECT value FROM meta WHERE name = 'secret:keyring'");
    return query.next() ? query.bytes() : std::string();
}

Core::DocumentId documentId(Query &query)
{
    Core::DocumentId id;
    id.collection = query.bytes();
    id.key = query.bytes();
    return id;
}

void readEvents(CipherDb::Database &database, const Server::UserRows &rows, const Core::UserId &user, std::int64_t owner, ServerLog &log)
{
    Query query(database, "SELECT seq, written, mutation FROM events WHERE owner = ? AND seq > ? ORDER BY seq");
    query << owner << log.compactedThrough;
    while (query.next()) {
        ServerLog::Event event;
        event.seq = query.natural();
        event.written = Core::Hlc{query.natural()};
        event.mutation = rows.event(user, event.seq, query.view());
        log.events.push_back(std::move(event));
    }
}

void readDocuments(CipherDb::Database &database, const Server::UserRows &rows, const Core::UserId &user, std::int64_t owner, ServerLog &log)
{
    Query query(database, "SELECT collection, key, state FROM documents WHERE owner = ?");
    query << owner;
    while (query.next()) {
        const Core::DocumentId id = documentId(query);
        log.documents.emplace(id, Server::stripped(rows.document(user, id, query.view())));
    }
}

void readSnapshots(CipherDb::Database &database, const Server::UserRows &rows, const Core::UserId &user, std::int64_t owner, ServerLog &log)
{
    Query query(database, "SELECT collection, key, state FROM checkpoints WHERE owner = ? AND seq <= ? ORDER BY seq");
    query << owner << log.compactedThrough;
    while (query.next()) {
        const Core::DocumentId id = documentId(query);
        log.snapshots.insert_or_assign(id, Server::stripped(rows.document(user, id, query.view())));
    }
}

void readOverwritten(CipherDb::Database &database, const Server::UserRows &rows, const Core::UserId &user, std::int64_t owner,
                     ServerLog &log)
{
    Query query(database, "SELECT collection, key, field, seq, loser FROM overwritten WHERE owner = ?");
    query << owner;
    while (query.next()) {
        Server::OverwrittenRow row;
        row.document = documentId(query);
        row.field = query.bytes();
        row.seq = query.natural();
        const Core::Sibling loser = rows.overwritten(user, row, Server::UserRows::Side::Loser, query.view());
        log.overwritten.emplace(row.document, row.field, loser.dot);
    }
}

}  // namespace

ServerLog readServerLog(Testing::SimulatedDisk &disk, const Core::UserId &user)
{
    CipherDb::OpenOptions options;
    options.path = "/server.db";
    options.role = CipherDb::Role::Reader;
    options.files = &disk;
    ServerLog log;
    try {
        CipherDb::Database database = must(CipherDb::Database::open(options, worldKey()));
        Server::SystemRandom random;
        const Server::UserRows rows(
            std::make_shared<Server::Keyring>(options.path, secretOfKeyring(database), CipherDb::Role::Reader, false, random, &disk),
            random);
        const std::int64_t owner = readOwner(database, user, log);
        readEvents(database, rows, user, owner, log);
        readSnapshots(database, rows, user, owner, log);
        readDocuments(database, rows, user, owner, log);
        readOverwritten(database, rows, user, owner, log);
    } catch (const Server::StoreFailure &failed) {
        throw Violation("I2", "the server's file cannot be read: " + Core::describe(failed.error));
    }
    return log;
}

void LogArchive::keep(const ServerLog &log)
{
    m_events.erase(m_events.upper_bound(log.compactedThrough), m_events.end());
    for (const ServerLog::Event &event : log.events) {
        m_events.emplace(event.seq, event);
    }
    m_overwritten.insert(log.overwritten.begin(), log.overwritten.end());
}

void LogArchive::completed(ServerLog &log) const
{
    std::vector<ServerLog::Event> events;
    for (const auto &[seq, event] : m_events) {
        if (seq <= log.compactedThrough) {
            events.push_back(event);
        }
    }
    log.firstKept = events.size();
    events.insert(events.end(), log.events.begin(), log.events.end());
    log.events = std::move(events);
    log.overwritten.insert(m_overwritten.begin(), m_overwritten.end());
}

}  // namespace Satchel::WorldCheck
