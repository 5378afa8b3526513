// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "serverlog.h"

#include "device.h"

#include "server-stub/store/embedded/sql.h"
#include "server-stub/store/tracking.h"
#include "wire/codec.h"

namespace Satchel::WorldCheck {

namespace {

using Server::must;
using Server::Query;

std::int64_t readOwner(CipherDb::Database &database, const Core::UserId &user, ServerLog &log)
{
    Query query(database, "SELECT id, head FROM owners WHERE tenant = ? AND user = ?");
    query << user.tenant << user.user;
    if (!query.next()) {
        return 0;
    }
    const std::int64_t owner = query.integer();
    log.head = query.natural();
    return owner;
}

Core::DocumentId documentId(Query &query)
{
    Core::DocumentId id;
    id.collection = query.bytes();
    id.key = query.bytes();
    return id;
}

void readEvents(CipherDb::Database &database, std::int64_t owner, ServerLog &log)
{
    Query query(database, "SELECT seq, written, mutation FROM events WHERE owner = ? ORDER BY seq");
    query << owner;
    while (query.next()) {
        ServerLog::Event event;
        event.seq = query.natural();
        event.written = Core::Hlc{query.natural()};
        event.mutation = must(Wire::decodeStoredMutation(query.view()));
        log.events.push_back(std::move(event));
    }
}

void readDocuments(CipherDb::Database &database, std::int64_t owner, ServerLog &log)
{
    Query query(database, "SELECT collection, key, state FROM documents WHERE owner = ?");
    query << owner;
    while (query.next()) {
        const Core::DocumentId id = documentId(query);
        log.documents.emplace(id, Server::stripped(must(Wire::decodeStoredTracked(query.view()))));
    }
}

void readOverwritten(CipherDb::Database &database, std::int64_t owner, ServerLog &log)
{
    Query query(database, "SELECT collection, key, field, loser FROM overwritten WHERE owner = ?");
    query << owner;
    while (query.next()) {
        const Core::DocumentId id = documentId(query);
        const std::string field = query.bytes();
        const Core::Document loser = must(Wire::decodeStoredDocument(query.view()));
        log.overwritten.emplace(id, field, loser.fields.front().state.siblings.front().dot);
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
        const std::int64_t owner = readOwner(database, user, log);
        readEvents(database, owner, log);
        readDocuments(database, owner, log);
        readOverwritten(database, owner, log);
    } catch (const Server::StoreFailure &failed) {
        throw Violation("I2", "the server's file cannot be read: " + Core::describe(failed.error));
    }
    return log;
}

}  // namespace Satchel::WorldCheck
