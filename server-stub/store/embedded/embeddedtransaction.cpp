// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedtransaction.h"

#include "accesstables.h"
#include "audittables.h"
#include "documentlog.h"
#include "erasures.h"
#include "sql.h"

#include "core/view.h"
#include "server-stub/store/tracking.h"

#include <algorithm>
#include <set>

namespace Satchel::Server {

EmbeddedTransaction::EmbeddedTransaction(CipherDb::Database &database, const UserRows &rows, CipherDb::Transaction transaction,
                                         std::shared_ptr<const Core::PolicySet> policies, PoliciesSet policiesSet)
    : m_database(database)
    , m_rows(rows)
    , m_transaction(std::move(transaction))
    , m_policies(std::move(policies))
    , m_policiesSet(std::move(policiesSet))
{
}

Core::Result<std::unique_ptr<WriteTransaction>> EmbeddedTransaction::begin(CipherDb::Database &database, const UserRows &rows,
                                                                           std::shared_ptr<const Core::PolicySet> policies,
                                                                           PoliciesSet policiesSet)
{
    auto transaction = CipherDb::Transaction::begin(database);
    if (!transaction) {
        return Core::failure(std::move(transaction.error()));
    }
    return std::unique_ptr<WriteTransaction>(
        new EmbeddedTransaction(database, rows, std::move(*transaction), std::move(policies), std::move(policiesSet)));
}

Core::Result<OwnerRow *> EmbeddedTransaction::owner(const Core::UserId &user, std::chrono::milliseconds now)
{
    const auto known = m_owners.find(user);
    if (known != m_owners.end()) {
        return &known->second;
    }
    return guarded([&] {
        OwnerRow row;
        row.user = user;
        row.created = now;
        row.lastSeen = now;
        loadOwner(row);
        if (row.id == 0) {
            if (must(isErased(user))) {
                throw StoreFailure{goneError()};
            }
            (Query(m_database, "INSERT INTO owners (tenant, user, created_ms, seen_ms) VALUES (?, ?, ?, ?)")
             << user.tenant << user.user << now << now)
                .run();
            row.id = m_database.lastInsertRowid();
        }
        return &m_owners.emplace(user, std::move(row)).first->second;
    });
}

void EmbeddedTransaction::loadOwner(OwnerRow &row)
{
    Query owners(
        m_database,
        "SELECT id, head, documents, conflicts, origins, recovered, created_ms, seen_ms, compacted, bytes, attributes FROM owners WHERE "
        "tenant = ? AND user = ?");
    owners << row.user.tenant << row.user.user;
    if (!owners.next()) {
        return;
    }
    row.id = owners.integer();
    row.head = owners.natural();
    row.documentCount = owners.natural();
    row.openConflictCount = owners.natural();
    row.originCount = owners.natural();
    row.recoveredCount = owners.natural();
    row.created = owners.time();
    row.lastSeen = owners.time();
    row.compactedThrough = owners.natural();
    row.storedBytes = owners.natural();
    row.attributes = owners.bytes();
    Query devices(m_database,
                  "SELECT id, device, last_counter, newest_lease, presented_lease, cursor, name, platform, app_version, sdk_version,"
                  " seen_ms, revoked, epoch, former_counter, can_recover, settled_counter, compacted_counter, wiped,"
                  " refused_ms, refused_reason, is_operator, refused_code, token_expires_ms FROM devices WHERE owner = ?");
    devices << row.id;
    while (devices.next()) {
        DeviceRow device;
        device.id = devices.integer();
        device.device = devices.device();
        device.lastCounter = devices.natural();
        device.newestLease = devices.bytes();
        device.presentedLease = devices.bytes();
        device.cursor = devices.natural();
        device.name = devices.bytes();
        device.platform = devices.bytes();
        device.appVersion = devices.bytes();
        device.sdkVersion = devices.bytes();
        device.lastSeen = devices.time();
        device.isRevoked = devices.integer() != 0;
        device.epoch = devices.natural();
        device.formerCounter = devices.natural();
        device.canRecover = devices.integer() != 0;
        device.settledCounter = devices.natural();
        device.compactedCounter = devices.natural();
        device.isWiped = devices.integer() != 0;
        device.refused = devices.time();
        device.refusedReason = static_cast<Core::ErrorReason>(devices.integer());
        device.isOperator = devices.integer() != 0;
        device.refusedCode = codeOf(devices.integer());
        device.tokenExpires = devices.time();
        row.devices.emplace(device.device, std::move(device));
    }
}

Core::Result<DeviceRow *> EmbeddedTransaction::addDevice(OwnerRow &owner, const Core::DeviceId &device)
{
    return guarded([&] {
        (Query(m_database, "INSERT INTO devices (owner, device) VALUES (?, ?)") << owner.id << device.view()).run();
        DeviceRow row;
        row.id = m_database.lastInsertRowid();
        row.device = device;
        return &owner.devices.emplace(device, std::move(row)).first->second;
    });
}

Core::Result<DocumentRow *> EmbeddedTransaction::document(OwnerRow &owner, const Core::DocumentId &id)
{
    OwnerDocuments &documents = m_documents[owner.id];
    const auto known = documents.find(id);
    if (known != documents.end()) {
        return &known->second->row;
    }
    return guarded([&] {
        m_touched.push_back(Touched{&owner, logOf(owner).current(id)});
        Touched *touched = &m_touched.back();
        documents.emplace(id, touched);
        return &touched->row;
    });
}

DocumentLog EmbeddedTransaction::logOf(const OwnerRow &owner)
{
    return {m_database, m_rows, owner.user, owner.id, owner.compactedThrough};
}

Core::Result<void> EmbeddedTransaction::appendCheckpoint(const OwnerRow &owner, const DocumentRow &row, std::uint64_t previousSeq)
{
    return guarded([&] { logOf(owner).writeCheckpoint(row, previousSeq); });
}

Core::Result<std::optional<Disposition>> EmbeddedTransaction::disposition(const OwnerRow &owner, const DeviceRow &device,
                                                                          std::uint64_t counter)
{
    return guarded([&]() -> std::optional<Disposition> {
        Disposition out;
        Query events(m_database,
                     "SELECT collection, key, written, settled, seq, mutation FROM events WHERE owner = ? AND device = ? AND counter = ?");
        events << owner.id << device.id << counter;
        if (events.next()) {
            out.document.collection = events.bytes();
            out.document.key = events.bytes();
            out.written = Core::Hlc{events.natural()};
            out.settled = Core::Hlc{events.natural()};
            out.seq = events.natural();
            out.applied = m_rows.event(owner.user, out.seq, events.view());
            return out;
        }
        Query unapplied(m_database, "SELECT collection, key, written, code, reason, message, retry FROM unapplied"
                                    " WHERE owner = ? AND device = ? AND counter = ?");
        unapplied << owner.id << device.id << counter;
        if (!unapplied.next()) {
            return std::nullopt;
        }
        out.document.collection = unapplied.bytes();
        out.document.key = unapplied.bytes();
        out.written = Core::Hlc{unapplied.natural()};
        out.settled = out.written;
        const auto code = static_cast<Core::ErrorCode>(unapplied.integer());
        const auto reason = static_cast<Core::ErrorReason>(unapplied.integer());
        std::string message = unapplied.bytes();
        const auto retry = static_cast<Core::Retry>(unapplied.integer());
        if (static_cast<int>(code) == 0) {
            out.wasDuplicate = true;
        } else {
            out.refusal = Core::makeError(code, reason, std::move(message), retry);
        }
        return out;
    });
}

Core::Result<bool> EmbeddedTransaction::hasOrigin(const OwnerRow &owner, const Core::Origin &origin)
{
    return guarded([&] {
        Query query(m_database, "SELECT 1 FROM origins WHERE owner = ? AND device = ? AND counter = ? AND stamp = ?");
        query << owner.id << origin.dot.device.view() << origin.dot.counter << origin.stamp;
        return query.next();
    });
}

Core::Result<void> EmbeddedTransaction::appendEvent(OwnerRow &owner, const DeviceRow &device, const EventRow &event)
{
    return guarded([&] {
        const Core::Mutation &mutation = event.mutation;
        const std::string encoded = m_rows.sealEvent(owner.user, event.seq, mutation);
        (Query(m_database,
               "INSERT INTO events (owner, seq, device, counter, previous_seq, collection, key, written, settled, received_ms, mutation)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
         << owner.id << event.seq << device.id << mutation.dot.counter << event.previousSeq << mutation.document.collection
         << mutation.document.key << event.written << mutation.stamp << event.received << encoded)
            .run();
        if (mutation.origin) {
            (Query(m_database, "INSERT OR IGNORE INTO origins (owner, device, counter, stamp, seq) VALUES (?, ?, ?, ?, ?)")
             << owner.id << mutation.origin->dot.device.view() << mutation.origin->dot.counter << mutation.origin->stamp << event.seq)
                .run();
            ++owner.originCount;
        }
        owner.isChanged = true;
    });
}

Core::Result<void> EmbeddedTransaction::appendUnapplied(const OwnerRow &owner, const DeviceRow &device, const UnappliedRow &row)
{
    return guarded([&] {
        const Core::Error none{};
        const Core::Error &error = row.refusal ? *row.refusal : none;
        const auto code = static_cast<std::int64_t>(row.refusal ? static_cast<int>(error.code) : 0);
        (Query(m_database, "INSERT INTO unapplied (owner, device, counter, collection, key, written, code, reason, message, retry)"
                           " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
         << owner.id << device.id << row.counter << row.document.collection << row.document.key << row.written << code
         << static_cast<std::int64_t>(error.reason) << error.detail << static_cast<std::int64_t>(error.retry))
            .run();
    });
}

Core::Result<void> EmbeddedTransaction::appendOverwritten(const OwnerRow &owner, const OverwrittenRow &row)
{
    return guarded([&] {
        const std::string winner = m_rows.sealOverwritten(owner.user, row, UserRows::Side::Winner);
        const std::string loser = m_rows.sealOverwritten(owner.user, row, UserRows::Side::Loser);
        (Query(m_database, "INSERT INTO overwritten (tenant, owner, collection, key, field, seq, detected_ms, winner, loser)"
                           " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
         << owner.user.tenant << owner.id << row.document.collection << row.document.key << row.field << row.seq << row.detected << winner
         << loser)
            .run();
    });
}

void EmbeddedTransaction::writeDocument(Touched &touched)
{
    OwnerRow &owner = *touched.owner;
    DocumentRow &row = touched.row;
    const Core::Policy &policy = (m_setPolicies ? *m_setPolicies : *m_policies).of(row.id.collection);
    const std::uint32_t fields = shownFieldCount(row.tracked.document, policy);
    std::vector<std::string> conflicted = Core::conflictedFields(row.tracked.document, policy);
    owner.documentCount += (fields > 0 ? 1U : 0U);
    owner.documentCount -= (row.fieldCount > 0 ? 1U : 0U);
    owner.openConflictCount += conflicted.size();
    owner.openConflictCount -= row.conflictCount;
    owner.isChanged = true;
    if (!conflicted.empty() || row.conflictCount > 0) {
        writeConflicts(owner, row, conflicted);
    }
    const std::string state = m_rows.sealDocument(owner.user, row.id, row.tracked);
    owner.storedBytes = owner.storedBytes + state.size() - row.storedBytes;
    (Query(m_database,
           "INSERT INTO documents (owner, collection, key, seq, device, other_seq, fields, conflicts, updated_ms, state)"
           " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, collection, key) DO UPDATE SET seq = excluded.seq,"
           " device = excluded.device, other_seq = excluded.other_seq, fields = excluded.fields, conflicts = excluded.conflicts,"
           " updated_ms = excluded.updated_ms, state = excluded.state")
     << owner.id << row.id.collection << row.id.key << row.seq << row.lastDevice.view() << row.otherSeq << fields
     << static_cast<std::uint64_t>(conflicted.size()) << row.updated << state)
        .run();
}

void EmbeddedTransaction::writeConflicts(const OwnerRow &owner, const DocumentRow &row, const std::vector<std::string> &fields)
{
    std::vector<std::string> kept;
    {
        Query known(m_database, "SELECT field FROM open_conflicts WHERE owner = ? AND collection = ? AND key = ?");
        known << owner.id << row.id.collection << row.id.key;
        while (known.next()) {
            kept.push_back(known.bytes());
        }
    }
    const auto holds = [](const std::vector<std::string> &list, const std::string &name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    for (const std::string &field : kept) {
        if (!holds(fields, field) || row.newConflicts.contains(field)) {
            (Query(m_database, "DELETE FROM open_conflicts WHERE owner = ? AND collection = ? AND key = ? AND field = ?")
             << owner.id << row.id.collection << row.id.key << field)
                .run();
        }
    }
    for (const std::string &field : fields) {
        const auto mark = row.newConflicts.find(field);
        if (mark != row.newConflicts.end() || !holds(kept, field)) {
            const ConflictMark since = mark != row.newConflicts.end() ? mark->second : ConflictMark{row.seq, row.updated};
            (Query(m_database,
                   "INSERT INTO open_conflicts (tenant, owner, collection, key, field, seq, detected_ms) VALUES (?, ?, ?, ?, ?, ?, ?)")
             << owner.user.tenant << owner.id << row.id.collection << row.id.key << field << since.seq << since.detected)
                .run();
        }
    }
}

void EmbeddedTransaction::writeOwner(const OwnerRow &owner)
{
    if (owner.isChanged) {
        (Query(m_database, "UPDATE owners SET head = ?, documents = ?, conflicts = ?, origins = ?, recovered = ?, seen_ms = ?, compacted = "
                           "?, bytes = ?, attributes = ? WHERE id = ?")
         << owner.head << owner.documentCount << owner.openConflictCount << owner.originCount << owner.recoveredCount << owner.lastSeen
         << owner.compactedThrough << owner.storedBytes << owner.attributes << owner.id)
            .run();
    }
    for (const auto &[id, device] : owner.devices) {
        if (device.isChanged) {
            (Query(m_database,
                   "UPDATE devices SET last_counter = ?, newest_lease = ?, presented_lease = ?, cursor = ?, name = ?, platform = ?,"
                   " app_version = ?, sdk_version = ?, seen_ms = ?, revoked = ?, epoch = ?, former_counter = ?, can_recover = ?, "
                   "settled_counter = ?, compacted_counter = ?, wiped = ?, refused_ms = ?, refused_reason = ?, is_operator = ?, "
                   "refused_code = ?, token_expires_ms = ?"
                   " WHERE id = ?")
             << device.lastCounter << device.newestLease << device.presentedLease << device.cursor << device.name << device.platform
             << device.appVersion << device.sdkVersion << device.lastSeen << static_cast<std::int64_t>(device.isRevoked) << device.epoch
             << device.formerCounter << static_cast<std::int64_t>(device.canRecover) << device.settledCounter << device.compactedCounter
             << static_cast<std::int64_t>(device.isWiped) << device.refused << static_cast<std::int64_t>(device.refusedReason)
             << static_cast<std::int64_t>(device.isOperator)
             << (device.refusedCode ? static_cast<std::int64_t>(*device.refusedCode) : std::int64_t(0)) << device.tokenExpires << device.id)
                .run();
        }
    }
}

Core::Result<std::uint64_t> EmbeddedTransaction::appendAudit(const Wire::AuditRecord &record)
{
    return guarded([&] {
        Wire::AuditRecord kept = record;
        if (m_erased.contains(Core::UserId{record.tenant, record.personal.user})) {
            Wire::clearSubject(kept);
        }
        return AuditTables(m_database, m_rows).append(std::move(kept));
    });
}

/// Where documents merge by other rules from now on, each row is kept as the rules until now have made it, and its counts and conflicts are
/// those of the new ones.
void EmbeddedTransaction::keepUnder(const Core::PolicySet &before, const Core::PolicySet &after)
{
    std::set<std::string> collections;
    for (const Core::PolicySet *set : {&before, &after}) {
        for (const auto &[name, policy] : set->all()) {
            if (before.of(name).conflict != after.of(name).conflict || before.of(name).fieldKinds != after.of(name).fieldKinds) {
                collections.insert(name);
            }
        }
    }
    for (const std::string &collection : collections) {
        std::vector<std::pair<Core::UserId, std::string>> documents;
        {
            Query rows(m_database,
                       "SELECT o.tenant, o.user, d.key FROM documents d JOIN owners o ON o.id = d.owner WHERE d.collection = ?");
            rows << collection;
            while (rows.next()) {
                Core::UserId user;
                user.tenant = rows.bytes();
                user.user = rows.bytes();
                documents.emplace_back(std::move(user), rows.bytes());
            }
        }
        for (const auto &[user, key] : documents) {
            OwnerRow &owned = *must(owner(user, {}));
            DocumentRow &row = *must(document(owned, {collection, key}));
            must(appendCheckpoint(owned, row, 0));
            row.isChanged = true;
        }
    }
}

Core::Result<void> EmbeddedTransaction::setPolicies(Core::PolicySet policies, const PolicyVersion &source)
{
    return guarded([&] {
        (Query(m_database, "INSERT OR REPLACE INTO policies (tenant, version, policies) VALUES (x'', ?, ?)")
         << policies.version() << Wire::encode(policies))
            .run();
        if (!source.text.empty()) {
            AccessTables(m_database).putPolicyVersion(source);
        }
        m_setPolicies = std::make_shared<const Core::PolicySet>(std::move(policies));
        keepUnder(*m_policies, *m_setPolicies);
    });
}

Core::Result<std::int64_t> EmbeddedTransaction::grownBytes(const OwnerRow &owner)
{
    std::int64_t grown = 0;
    for (const auto &[id, touched] : m_documents[owner.id]) {
        if (touched->row.isChanged) {
            grown += static_cast<std::int64_t>(Wire::encode(touched->row.tracked).size() + sealedOverheadBytes);
            grown -= static_cast<std::int64_t>(touched->row.storedBytes);
        }
    }
    return grown;
}

Core::Result<std::optional<ApprovalRow>> EmbeddedTransaction::approval(const std::string &tenant, const std::string &id)
{
    return guarded([&] { return AccessTables(m_database).approval(tenant, id); });
}

Core::Result<std::optional<ApprovalRow>> EmbeddedTransaction::openApproval(const ApprovalRow &like, std::chrono::milliseconds now)
{
    return guarded([&] { return AccessTables(m_database).openApproval(like, now); });
}

Core::Result<void> EmbeddedTransaction::putApproval(const ApprovalRow &row)
{
    return guarded([&] { AccessTables(m_database).putApproval(row); });
}

Core::Result<void> EmbeddedTransaction::commit()
{
    auto written = guarded([&] {
        for (Touched &touched : m_touched) {
            if (touched.row.isChanged) {
                writeDocument(touched);
            }
        }
        for (const auto &[user, owner] : m_owners) {
            writeOwner(owner);
        }
        m_rows.keyring().flush();
    });
    if (!written) {
        return written;
    }
    auto committed = m_transaction.commit();
    if (committed && m_setPolicies) {
        m_policiesSet(m_setPolicies);
    }
    return committed && !m_erased.empty() ? finishErasures(m_database, m_rows.keyring()) : committed;
}

}  // namespace Satchel::Server
