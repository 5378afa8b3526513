// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "erasures.h"

#include "embeddedtransaction.h"
#include "sql.h"

#include <vector>

namespace Satchel::Server {

namespace {

struct Pending {
    std::string hash;
    std::chrono::milliseconds at{0};
};

std::vector<Pending> pendingIn(CipherDb::Database &database)
{
    std::vector<Pending> out;
    Query rows(database, "SELECT user, erased_ms FROM erasures");
    while (rows.next()) {
        std::string hash = rows.bytes();
        out.push_back({std::move(hash), rows.time()});
    }
    return out;
}

std::uint64_t countOf(CipherDb::Database &database, const char *sql, std::int64_t owner)
{
    Query rows(database, sql);
    rows << owner;
    return rows.next() ? rows.natural() : 0;
}

/// Every table whose rows belong to an owner, whatever it is for.
std::vector<std::string> ownedTables(CipherDb::Database &database)
{
    std::vector<std::string> out;
    Query rows(database, "SELECT CAST(m.name AS BLOB) FROM sqlite_schema m JOIN pragma_table_info(m.name) c"
                         " WHERE m.type = 'table' AND c.name = 'owner' ORDER BY m.name");
    while (rows.next()) {
        out.push_back(rows.bytes());
    }
    return out;
}

}  // namespace

Core::Result<void> finishErasures(CipherDb::Database &database, Keyring &keyring)
{
    return guarded([&] {
        const std::vector<Pending> pending = pendingIn(database);
        for (const Pending &erasure : pending) {
            keyring.destroy(erasure.hash, erasure.at);
            (Query(database, "DELETE FROM erasures WHERE user = ?") << erasure.hash).run();
        }
        if (!pending.empty()) {
            Core::ignore(database.checkpoint(),
                         "a reader that looks at an older state holds it up; what it keeps is sealed, and the key gone");
        }
    });
}

void deleteOwner(CipherDb::Database &database, std::int64_t owner)
{
    // What rows leave in the file is overwritten with zeros.
    must(database.execute("PRAGMA secure_delete = ON"));
    for (const std::string &table : ownedTables(database)) {
        Query rows = Query::once(database, "DELETE FROM " + table + " WHERE owner = ?");
        rows << owner;
        rows.run();
    }
    (Query(database, "DELETE FROM approvals WHERE (tenant, user) IN (SELECT tenant, user FROM owners WHERE id = ?)") << owner).run();
    (Query(database, "DELETE FROM owners WHERE id = ?") << owner).run();
    must(database.execute("PRAGMA secure_delete = FAST"));
}

void eraseAgain(CipherDb::Database &database, Keyring &keyring)
{
    if (keyring.erasedCount() == 0) {
        return;
    }
    std::vector<std::pair<std::int64_t, Core::UserId>> gone;
    {
        Query owners(database, "SELECT id, tenant, user FROM owners");
        while (owners.next()) {
            const std::int64_t id = owners.integer();
            std::string tenant = owners.bytes();
            const Core::UserId user{std::move(tenant), owners.bytes()};
            if (keyring.isErased(user)) {
                gone.emplace_back(id, user);
            }
        }
    }
    if (gone.empty()) {
        return;
    }
    CipherDb::Transaction transaction = must(CipherDb::Transaction::begin(database));
    for (const auto &[id, user] : gone) {
        deleteOwner(database, id);
        (Query(database, "UPDATE audit_records SET user = x'' WHERE user = ? AND log = (SELECT id FROM audit_logs WHERE tenant = ?)")
         << user.user << user.tenant)
            .run();
    }
    must(transaction.commit());
    must(database.checkpoint());
}

Core::Result<bool> EmbeddedTransaction::isErased(const Core::UserId &user)
{
    return guarded([&] { return m_erased.contains(user) || (!m_owners.contains(user) && m_rows.keyring().isErased(user)); });
}

Core::Result<std::optional<ErasedUser>> EmbeddedTransaction::erase(const Core::UserId &user, std::chrono::milliseconds now)
{
    return guarded([&]() -> std::optional<ErasedUser> {
        OwnerRow row;
        row.user = user;
        loadOwner(row);
        if (must(isErased(user)) || (row.id == 0 && !m_rows.keyring().find(user))) {
            return std::nullopt;
        }
        ErasedUser out;
        out.hash = m_rows.keyring().hashOf(user);
        out.deviceCount = static_cast<std::uint32_t>(row.devices.size());
        out.documentCount = countOf(m_database, "SELECT count(*) FROM documents WHERE owner = ?", row.id);
        out.eventCount = countOf(m_database, "SELECT count(*) FROM events WHERE owner = ?", row.id);
        forgetTouched(user);
        deleteRows(row.id, user);
        (Query(m_database, "INSERT INTO erasures (user, erased_ms) VALUES (?, ?)") << out.hash << now).run();
        m_erased.insert(user);
        return out;
    });
}

/// What earlier steps of this transaction would write at commit.
void EmbeddedTransaction::forgetTouched(const Core::UserId &user)
{
    const auto owner = m_owners.find(user);
    if (owner == m_owners.end()) {
        return;
    }
    for (Touched &touched : m_touched) {
        touched.row.isChanged = touched.row.isChanged && touched.owner != &owner->second;
    }
    m_documents.erase(owner->second.id);
    m_owners.erase(owner);
}

void EmbeddedTransaction::deleteRows(std::int64_t owner, const Core::UserId &user)
{
    if (owner != 0) {
        deleteOwner(m_database, owner);
    }
    (Query(m_database, "UPDATE audit_records SET user = x'' WHERE user = ? AND log = (SELECT id FROM audit_logs WHERE tenant = ?)")
     << user.user << user.tenant)
        .run();
}

}  // namespace Satchel::Server
