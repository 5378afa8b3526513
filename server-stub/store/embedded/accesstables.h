// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "server-stub/store/accessrows.h"

#include <optional>
#include <string>
#include <vector>

namespace Satchel::Server {

/// Rows of policy versions and of approvals. Throws StoreFailure, as all of this folder. Writes belong in a transaction, which is the
/// caller's.
class AccessTables {
public:
    explicit AccessTables(CipherDb::Database &database)
        : m_database(database)
    {
    }

    /// The newest, or the one of a version.
    [[nodiscard]] std::optional<PolicyVersion> policyVersion(std::optional<std::uint64_t> version);
    [[nodiscard]] std::vector<PolicyVersion> policyVersions(std::uint64_t before, std::size_t rowsMax);
    void putPolicyVersion(const PolicyVersion &row);

    [[nodiscard]] std::optional<ApprovalRow> approval(const std::string &tenant, const std::string &id);
    [[nodiscard]] std::optional<ApprovalRow> openApproval(const ApprovalRow &like, std::chrono::milliseconds now);
    [[nodiscard]] std::vector<ApprovalRow> approvals(const ApprovalsQuery &query);
    void putApproval(const ApprovalRow &row);

private:
    CipherDb::Database &m_database;
};

}  // namespace Satchel::Server
