// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "accesstables.h"

#include "sql.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

ApprovalRow readApproval(Query &rows)
{
    ApprovalRow row;
    row.tenant = rows.bytes();
    row.id = rows.bytes();
    row.requester = rows.bytes();
    row.action = rows.bytes();
    row.requestSha256 = rows.bytes();
    row.user = rows.bytes();
    row.collection = rows.bytes();
    row.key = rows.bytes();
    row.reason = rows.bytes();
    row.created = rows.time();
    row.expires = rows.time();
    row.state = static_cast<ApprovalState>(rows.integer());
    row.decider = rows.bytes();
    row.decided = rows.time();
    row.decisionReason = rows.bytes();
    return row;
}

PolicyVersion readVersion(Query &rows)
{
    PolicyVersion row;
    row.version = rows.natural();
    row.time = rows.time();
    row.author = rows.bytes();
    row.text = rows.bytes();
    return row;
}

}  // namespace

std::optional<PolicyVersion> AccessTables::policyVersion(std::optional<std::uint64_t> version)
{
    Query rows(m_database, "SELECT version, time_ms, author, text FROM policy_versions WHERE tenant = x'' AND (?1 = 0 OR version = ?1)"
                           " ORDER BY version DESC LIMIT 1");
    rows << version.value_or(0);
    return rows.next() ? std::optional(readVersion(rows)) : std::nullopt;
}

std::vector<PolicyVersion> AccessTables::policyVersions(std::uint64_t before, std::size_t rowsMax)
{
    Query rows(m_database, "SELECT version, time_ms, author, x'' FROM policy_versions WHERE tenant = x'' AND version < ?"
                           " ORDER BY version DESC LIMIT ?");
    rows << std::min<std::uint64_t>(before, INT64_MAX) << static_cast<std::uint64_t>(rowsMax);
    std::vector<PolicyVersion> out;
    while (rows.next()) {
        out.push_back(readVersion(rows));
    }
    return out;
}

void AccessTables::putPolicyVersion(const PolicyVersion &row)
{
    (Query(m_database, "INSERT OR REPLACE INTO policy_versions (tenant, version, time_ms, author, text) VALUES (x'', ?, ?, ?, ?)")
     << row.version << row.time << row.author << row.text)
        .run();
}

std::optional<ApprovalRow> AccessTables::approval(const std::string &tenant, const std::string &id)
{
    Query rows(m_database, "SELECT tenant, id, requester, action, request_sha256, user, collection, key, reason, created_ms, expires_ms,"
                           " state, decider, decided_ms, decision_reason FROM approvals WHERE tenant = ? AND id = ?");
    rows << tenant << id;
    return rows.next() ? std::optional(readApproval(rows)) : std::nullopt;
}

std::optional<ApprovalRow> AccessTables::openApproval(const ApprovalRow &like, std::chrono::milliseconds now)
{
    Query rows(
        m_database,
        "SELECT tenant, id, requester, action, request_sha256, user, collection, key, reason, created_ms, expires_ms, state, decider,"
        " decided_ms, decision_reason FROM approvals WHERE tenant = ? AND requester = ? AND action = ? AND request_sha256 = ?"
        " AND expires_ms > ? AND state <= 1 ORDER BY created_ms DESC LIMIT 1");
    rows << like.tenant << like.requester << like.action << like.requestSha256 << now;
    return rows.next() ? std::optional(readApproval(rows)) : std::nullopt;
}

std::vector<ApprovalRow> AccessTables::approvals(const ApprovalsQuery &query)
{
    Query rows(
        m_database,
        "SELECT tenant, id, requester, action, request_sha256, user, collection, key, reason, created_ms, expires_ms, state, decider,"
        " decided_ms, decision_reason FROM approvals WHERE tenant = ?1 AND (created_ms, id) < (?2, ?3)"
        " AND (?4 = 0 OR (state = 0 AND expires_ms > ?5)) ORDER BY created_ms DESC, id DESC LIMIT ?6");
    rows << query.tenant << query.beforeTime << query.beforeId << static_cast<std::int64_t>(query.isOnlyPending) << query.now
         << static_cast<std::uint64_t>(query.rowsMax);
    std::vector<ApprovalRow> out;
    while (rows.next()) {
        out.push_back(readApproval(rows));
    }
    return out;
}

void AccessTables::putApproval(const ApprovalRow &row)
{
    (Query(m_database,
           "INSERT OR REPLACE INTO approvals (tenant, id, requester, action, request_sha256, user, collection, key, reason, created_ms,"
           " expires_ms, state, decider, decided_ms, decision_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
     << row.tenant << row.id << row.requester << row.action << row.requestSha256 << row.user << row.collection << row.key << row.reason
     << row.created << row.expires << static_cast<std::int64_t>(row.state) << row.decider << row.decided << row.decisionReason)
        .run();
}

}  // namespace Satchel::Server
