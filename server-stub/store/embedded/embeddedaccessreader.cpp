// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedreader.h"

#include "accesstables.h"
#include "sql.h"

namespace Satchel::Server {

Core::Result<std::string> EmbeddedReader::userAttributes(const Core::UserId &user)
{
    return guarded([&] {
        Query rows(m_database, "SELECT attributes FROM owners WHERE tenant = ? AND user = ?");
        rows << user.tenant << user.user;
        return rows.next() ? rows.bytes() : std::string();
    });
}

Core::Result<std::optional<PolicyVersion>> EmbeddedReader::policyVersion(std::optional<std::uint64_t> version)
{
    return guarded([&] { return AccessTables(m_database).policyVersion(version); });
}

Core::Result<std::vector<PolicyVersion>> EmbeddedReader::policyVersions(std::uint64_t before, std::size_t rowsMax)
{
    return guarded([&] { return AccessTables(m_database).policyVersions(before, rowsMax); });
}

Core::Result<std::map<std::string, std::uint64_t>> EmbeddedReader::documentCounts()
{
    return guarded([&] {
        Query rows(m_database, "SELECT collection, count(*) FROM documents WHERE fields > 0 GROUP BY collection");
        std::map<std::string, std::uint64_t> out;
        while (rows.next()) {
            std::string collection = rows.bytes();
            out.emplace(std::move(collection), rows.natural());
        }
        return out;
    });
}

Core::Result<std::vector<ApprovalRow>> EmbeddedReader::approvals(const ApprovalsQuery &query)
{
    return guarded([&] { return AccessTables(m_database).approvals(query); });
}

}  // namespace Satchel::Server
