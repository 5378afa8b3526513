// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedreader.h"

#include "audittables.h"
#include "snapshot.h"
#include "sql.h"

namespace Satchel::Server {

namespace {

std::vector<AuditRow> readRows(Query &rows, const UserRows &userRows, const std::string &tenant)
{
    std::vector<AuditRow> out;
    while (rows.next()) {
        AuditRow row;
        row.place = rows.natural();
        const Core::UserId user{tenant, rows.bytes()};
        row.stored = rows.bytes();
        if (!user.user.empty()) {
            const auto record = Wire::decodeStoredAuditRecord(row.stored);
            row.opened = record && !record->subject.empty() ? userRows.subject(user, row.place, record->subject) : std::string();
        }
        out.push_back(std::move(row));
    }
    return out;
}

std::int64_t placeOf(std::uint64_t place)
{
    return place > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(place);
}

/// The index that leaves the fewest rows: people ask for one user or one operator, and those are fewer than one action's.
const char *textOf(const AuditQuery &query)
{
    constexpr const char *byPlace = "SELECT place, user, record FROM audit_records NOT INDEXED WHERE log = ?1 AND place < ?2"
                                    " AND (?3 = x'' OR user = ?3) AND (?4 = x'' OR actor = ?4) AND (?5 = x'' OR action = ?5)"
                                    " AND time_ms >= ?6 AND time_ms < ?7 ORDER BY place DESC LIMIT ?8";
    constexpr const char *byUser =
        "SELECT place, user, record FROM audit_records INDEXED BY audit_records_by_user WHERE log = ?1 AND place < ?2"
        " AND user = ?3 AND (?4 = x'' OR actor = ?4) AND (?5 = x'' OR action = ?5)"
        " AND time_ms >= ?6 AND time_ms < ?7 ORDER BY place DESC LIMIT ?8";
    constexpr const char *byActor =
        "SELECT place, user, record FROM audit_records INDEXED BY audit_records_by_actor WHERE log = ?1 AND place < ?2"
        " AND (?3 = x'' OR user = ?3) AND actor = ?4 AND (?5 = x'' OR action = ?5)"
        " AND time_ms >= ?6 AND time_ms < ?7 ORDER BY place DESC LIMIT ?8";
    constexpr const char *byAction =
        "SELECT place, user, record FROM audit_records INDEXED BY audit_records_by_action WHERE log = ?1 AND place < ?2"
        " AND (?3 = x'' OR user = ?3) AND (?4 = x'' OR actor = ?4) AND action = ?5"
        " AND time_ms >= ?6 AND time_ms < ?7 ORDER BY place DESC LIMIT ?8";
    if (!query.user.empty()) {
        return byUser;
    }
    if (!query.actor.empty()) {
        return byActor;
    }
    return query.action.empty() ? byPlace : byAction;
}

}  // namespace

Core::Result<std::uint64_t> EmbeddedReader::auditSize(const std::string &tenant)
{
    return guarded([&] { return AuditTables(m_database, m_rows).log(tenant).size; });
}

Core::Result<Audit::Hash> EmbeddedReader::auditNode(const std::string &tenant, unsigned level, std::uint64_t index)
{
    return guarded([&] {
        AuditTables tables(m_database, m_rows);
        return tables.node(tables.log(tenant).id, level, index);
    });
}

Core::Result<std::vector<AuditRow>> EmbeddedReader::auditRecords(const AuditQuery &query)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        const AuditTables::Log log = AuditTables(m_database, m_rows).log(query.tenant);
        Query rows(m_database, textOf(query));
        rows << log.id << placeOf(query.before) << query.user << query.actor << query.action
             << (query.from ? query.from->count() : std::int64_t{0}) << (query.to ? query.to->count() : INT64_MAX)
             << static_cast<std::uint64_t>(query.rowsMax);
        return readRows(rows, m_rows, query.tenant);
    });
}

Core::Result<std::vector<AuditRow>> EmbeddedReader::auditRange(const std::string &tenant, std::uint64_t first, std::size_t rowsMax)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        const AuditTables::Log log = AuditTables(m_database, m_rows).log(tenant);
        Query rows(m_database, "SELECT place, user, record FROM audit_records WHERE log = ? AND place >= ? ORDER BY place LIMIT ?");
        rows << log.id << placeOf(first) << static_cast<std::uint64_t>(rowsMax);
        return readRows(rows, m_rows, tenant);
    });
}

}  // namespace Satchel::Server
