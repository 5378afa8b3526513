// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "audittables.h"

#include "sql.h"

#include "audit/merkle.h"

#include <algorithm>
#include <vector>

namespace Satchel::Server {

namespace {

/// 0: it was done.
std::int64_t codeOf(const Wire::AuditRecord &record)
{
    return record.code ? static_cast<std::int64_t>(*record.code) : 0;
}

}  // namespace

AuditTables::Log AuditTables::log(std::string_view tenant)
{
    Query logs(m_database, "SELECT id, size FROM audit_logs WHERE tenant = ?");
    logs << tenant;
    Log found;
    if (logs.next()) {
        found.id = logs.integer();
        found.size = logs.natural();
    }
    return found;
}

Audit::Hash AuditTables::node(std::int64_t log, unsigned level, std::uint64_t index)
{
    Query nodes(m_database, "SELECT hash FROM audit_nodes WHERE log = ? AND level = ? AND place = ?");
    nodes << log << static_cast<std::uint32_t>(level) << index;
    const auto hash = nodes.next() ? Audit::hashFrom(nodes.view()) : std::nullopt;
    if (!hash) {
        throw StoreFailure{
            Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                            "node " + std::to_string(index) + " of level " + std::to_string(level) + " of an audit log is missing")};
    }
    return *hash;
}

void AuditTables::fillCodes()
{
    struct Found {
        std::int64_t log;
        std::uint64_t place;
        std::int64_t code;
    };
    constexpr std::size_t atOnce = 1000;
    std::vector<Found> found;
    do {
        found.clear();
        {
            Query rows(m_database, "SELECT log, place, record FROM audit_records WHERE code IS NULL LIMIT ?");
            rows << static_cast<std::uint64_t>(atOnce);
            while (rows.next()) {
                const std::int64_t log = rows.integer();
                const std::uint64_t place = rows.natural();
                found.push_back({log, place, codeOf(must(Wire::decodeStoredAuditRecord(rows.view())))});
            }
        }
        for (const Found &row : found) {
            (Query(m_database, "UPDATE audit_records SET code = ? WHERE log = ? AND place = ?") << row.code << row.log << row.place).run();
        }
    } while (found.size() == atOnce);
}

AuditTables::Log AuditTables::makeLog(std::string_view tenant)
{
    (Query(m_database, "INSERT INTO audit_logs (tenant, size) VALUES (?, 0)") << tenant).run();
    return Log{m_database.lastInsertRowid(), 0};
}

std::chrono::milliseconds AuditTables::timeOf(std::int64_t log, std::uint64_t place)
{
    Query times(m_database, "SELECT time_ms FROM audit_records WHERE log = ? AND place = ?");
    times << log << place;
    return times.next() ? times.time() : std::chrono::milliseconds(0);
}

std::uint64_t AuditTables::firstPlaceFrom(const Log &log, std::chrono::milliseconds time)
{
    std::uint64_t first = 0;
    std::uint64_t last = log.size;
    while (first < last) {
        const std::uint64_t middle = first + (last - first) / 2;
        if (timeOf(log.id, middle) < time) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    return first;
}

std::uint64_t AuditTables::append(Wire::AuditRecord record)
{
    Log target = log(record.tenant);
    if (target.id == 0) {
        target = makeLog(record.tenant);
    } else if (target.size > 0) {
        record.time = std::max(record.time, timeOf(target.id, target.size - 1));
    }
    Wire::AuditRecord kept = record;
    const Core::UserId user{record.tenant, record.personal.user};
    std::string_view shownUser;
    if (!user.user.empty()) {
        sealSubject(kept, target.size);
        shownUser = m_rows.keyring().isErased(user) ? std::string_view() : std::string_view(user.user);
    }
    const std::string stored = Wire::encode(kept);
    (Query(m_database, "INSERT INTO audit_records (log, place, time_ms, actor, action, user, code, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
     << target.id << target.size << record.time << record.personal.actor << record.action << shownUser << codeOf(kept) << stored)
        .run();
    const auto completed = must(Audit::completedBy(target.size, Audit::leafHash(stored), [&](unsigned level, std::uint64_t index) {
        return guarded([&] { return node(target.id, level, index); });
    }));
    for (const auto &[made, hash] : completed) {
        (Query(m_database, "INSERT INTO audit_nodes (log, level, place, hash) VALUES (?, ?, ?, ?)")
         << target.id << static_cast<std::uint32_t>(made.level) << made.index << Audit::viewOf(hash))
            .run();
    }
    (Query(m_database, "UPDATE audit_logs SET size = ? WHERE id = ?") << target.size + 1 << target.id).run();
    return target.size;
}

void AuditTables::sealSubject(Wire::AuditRecord &record, std::uint64_t place) const
{
    const std::string subject = Wire::encodeSubject(record, m_rows.salt());
    record.commitment = std::string(Audit::viewOf(Audit::sha256(subject)));
    record.subject = m_rows.sealSubject(Core::UserId{record.tenant, record.personal.user}, place, subject);
    Wire::clearSubject(record);
}

std::vector<std::string> AuditTables::tenants()
{
    std::vector<std::string> out;
    Query logs(m_database, "SELECT tenant FROM audit_logs ORDER BY id");
    while (logs.next()) {
        out.push_back(logs.bytes());
    }
    return out;
}

void AuditTables::continueAll(std::uint64_t fromEpoch, std::uint64_t epoch, std::chrono::milliseconds now)
{
    for (const std::string &tenant : tenants()) {
        const Log ended = log(tenant);
        const Audit::Hash root = must(Audit::rootOf(
            ended.size, [&](unsigned level, std::uint64_t index) { return guarded([&] { return node(ended.id, level, index); }); }));
        Wire::AuditRecord record;
        record.time = now;
        record.tenant = tenant;
        record.action = Wire::auditContinueAction;
        record.continuation = Wire::AuditContinuation{fromEpoch, epoch, ended.size, std::string(Audit::viewOf(root))};
        append(std::move(record));
    }
}

}  // namespace Satchel::Server
