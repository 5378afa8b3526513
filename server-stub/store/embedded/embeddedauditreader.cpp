// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedreader.h"

#include "audittables.h"
#include "filtersql.h"
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

// In the order of Wire::Admin::AuditField.
constexpr std::string_view expressions[] = {"actor", "action", "user", "time_ms", "code", "place"};
constexpr std::string_view freeTexts[] = {"actor", "action", "user"};

/// A query and the filter's part of it as one filter.
Core::Filter wholeFilter(const AuditQuery &query)
{
    using Wire::Admin::AuditField;
    Core::Filter out;
    out.kind = Core::Filter::Kind::And;
    const auto add = [&out](AuditField field, const std::string &text) {
        if (!text.empty()) {
            Core::Filter term;
            term.kind = Core::Filter::Kind::Term;
            term.field = static_cast<std::size_t>(field);
            term.text = text;
            out.operands.push_back(std::move(term));
        }
    };
    const auto addTime = [&out](Core::FilterOp op, const std::optional<std::chrono::milliseconds> &time) {
        if (time) {
            Core::Filter term;
            term.kind = Core::Filter::Kind::Term;
            term.field = static_cast<std::size_t>(AuditField::Time);
            term.op = op;
            term.number = time->count();
            out.operands.push_back(std::move(term));
        }
    };
    add(AuditField::User, query.user);
    add(AuditField::Actor, query.actor);
    add(AuditField::Action, query.action);
    addTime(Core::FilterOp::GreaterOrEqual, query.from);
    addTime(Core::FilterOp::Less, query.to);
    out.operands.push_back(query.filter);
    return out;
}

/// The index that leaves the fewest rows: people ask for one user or one operator, and those are fewer than one action's. Each has the
/// places of its rows in order.
std::string sourceOf(const Core::Filter &filter)
{
    using Wire::Admin::AuditField;
    constexpr std::pair<AuditField, std::string_view> indexes[] = {
        {AuditField::User, "user"}, {AuditField::Actor, "actor"}, {AuditField::Action, "action"}};
    for (const auto &[field, column] : indexes) {
        if (requiredText(filter, static_cast<std::size_t>(field)) != nullptr) {
            return " INDEXED BY audit_records_by_" + std::string(column) + " WHERE";
        }
    }
    constexpr auto outcome = static_cast<std::size_t>(AuditField::Outcome);
    return requiredBounds(filter, outcome).first > 0 || isExcluded(filter, outcome, 0)
               ? " INDEXED BY audit_records_by_code WHERE code > 0 AND"
               : " NOT INDEXED WHERE";
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
        const Core::Filter filter = wholeFilter(query);
        const FilterSql sql = sqlOf(filter, {Wire::Admin::auditFields(), expressions, freeTexts});
        // Times rise with places, so that a span of time is one of places.
        const NumberBounds times = requiredBounds(filter, static_cast<std::size_t>(Wire::Admin::AuditField::Time));
        const std::uint64_t first =
            times.first > 0 ? AuditTables(m_database, m_rows).firstPlaceFrom(log, std::chrono::milliseconds(times.first)) : 0;
        std::uint64_t end = query.before;
        if (times.last < INT64_MAX) {
            end = std::min(end, AuditTables(m_database, m_rows).firstPlaceFrom(log, std::chrono::milliseconds(times.last + 1)));
        }
        Query rows = Query::once(m_database, "SELECT place, user, record FROM audit_records" + sourceOf(filter) +
                                                 " log = ? AND place >= ? AND place < ? AND " + sql.text + " ORDER BY place DESC LIMIT ?");
        rows << log.id << first << placeOf(end);
        sql.bindTo(rows);
        rows << static_cast<std::uint64_t>(query.rowsMax);
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
