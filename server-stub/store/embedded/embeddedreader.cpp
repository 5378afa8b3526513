// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedreader.h"

#include "snapshot.h"
#include "sql.h"

#include "server-stub/store/tracking.h"

#include <algorithm>

namespace Satchel::Server {

EmbeddedReader::OwnerHead EmbeddedReader::ownerHead(const Core::UserId &user)
{
    Query query(m_database, "SELECT id, head FROM owners WHERE tenant = ? AND user = ?");
    query << user.tenant << user.user;
    OwnerHead out;
    if (query.next()) {
        out.id = query.integer();
        out.head = query.natural();
    }
    return out;
}

void EmbeddedReader::refuseRevoked(std::int64_t owner, const Core::DeviceId &device)
{
    Query query(m_database, "SELECT revoked, wiped FROM devices WHERE owner = ? AND device = ?");
    query << owner << device.view();
    if (query.next()) {
        const bool isRevoked = query.integer() != 0;
        must(admitted(isRevoked, query.integer() != 0));
    }
}

Core::Result<std::uint64_t> EmbeddedReader::head(const Core::UserId &user)
{
    return guarded([&] { return ownerHead(user).head; });
}

Core::Result<DeltaPage> EmbeddedReader::deltas(const DeltaQuery &query)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        return readDeltas(query);
    });
}

DeltaPage EmbeddedReader::readDeltas(const DeltaQuery &query)
{
    DeltaPage page;
    page.from = query.from;
    const std::uint64_t known = std::min(query.from, query.fieldsFrom);
    const OwnerHead owner = ownerHead(query.user);
    if (owner.id == 0 && m_rows.keyring().isErased(query.user)) {
        throw StoreFailure{goneError()};
    }
    refuseRevoked(owner.id, query.device);
    page.head = owner.head;
    page.to = query.from;
    Query rows(m_database,
               "SELECT seq, device, other_seq, collection, key, state FROM documents WHERE owner = ? AND seq > ? ORDER BY seq LIMIT ?");
    rows << owner.id << query.from << static_cast<std::uint64_t>(query.rowsMax);
    std::size_t bytes = 0;
    std::size_t seen = 0;
    while (rows.next()) {
        ++seen;
        const std::uint64_t seq = rows.natural();
        const bool isOwn = rows.view() == query.device.view();
        const std::uint64_t otherSeq = rows.natural();
        if (isOwn && otherSeq <= known && seq > query.includeOwnThrough) {
            page.to = seq;
            continue;
        }
        Wire::DocumentDelta delta;
        delta.id.collection = rows.bytes();
        delta.id.key = rows.bytes();
        delta.seq = seq;
        const std::string_view state = rows.view();
        if (!page.documents.empty() && bytes + state.size() > query.bytesMax) {
            return page;
        }
        bytes += state.size() + delta.id.collection.size() + delta.id.key.size() + 16;
        Wire::TrackedDocument tracked = m_rows.document(query.user, delta.id, state);
        const bool isSettled = tracked.document.context.counterOf(query.device) <= query.settledThrough;
        delta.state = deltaOf(std::move(tracked), query.isWhole || !isSettled ? 0 : known);
        page.documents.push_back(std::move(delta));
        page.to = seq;
        if (page.documents.size() >= query.documentsMax) {
            return page;
        }
    }
    if (seen < query.rowsMax) {
        page.to = std::max(page.head, query.from);
    }
    return page;
}

Core::Result<std::vector<CompactableUser>> EmbeddedReader::compactable(const CompactableQuery &query)
{
    return guarded([&] {
        Query rows(m_database, "SELECT id, tenant, user FROM owners WHERE id > ? AND head > compacted AND (SELECT received_ms FROM events"
                               " WHERE owner = owners.id AND seq > owners.compacted ORDER BY seq LIMIT 1) < ? ORDER BY id LIMIT ?");
        rows << query.afterId << query.receivedBefore << static_cast<std::uint64_t>(query.rowsMax);
        std::vector<CompactableUser> users;
        while (rows.next()) {
            CompactableUser user;
            user.id = rows.integer();
            user.user.tenant = rows.bytes();
            user.user.user = rows.bytes();
            users.push_back(std::move(user));
        }
        return users;
    });
}

/// One look-up an owner, and from there on only the rows of the collection.
Core::Result<std::vector<UnchangedDocument>> EmbeddedReader::unchanged(const UnchangedQuery &query)
{
    return guarded([&] {
        Query rows(m_database,
                   "SELECT o.id, o.tenant, o.user, d.key FROM owners o CROSS JOIN documents d ON d.owner = o.id AND d.collection = ?1"
                   " WHERE o.id >= ?2 AND (o.id > ?2 OR d.key > ?3) AND d.updated_ms <= ?4 AND d.fields > 0 AND d.conflicts = 0"
                   " ORDER BY o.id, d.key LIMIT ?5");
        rows << query.collection << query.afterOwner << query.afterKey << query.updatedUntil << static_cast<std::uint64_t>(query.rowsMax);
        std::vector<UnchangedDocument> out;
        while (rows.next()) {
            UnchangedDocument row;
            row.owner = rows.integer();
            row.user.tenant = rows.bytes();
            row.user.user = rows.bytes();
            row.key = rows.bytes();
            out.push_back(std::move(row));
        }
        return out;
    });
}

}  // namespace Satchel::Server
