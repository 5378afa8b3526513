// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/limits.h"
#include "core/policy.h"
#include "core/result.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace Satchel::Sync {

/// What the server last said the rules are: tables `policies` and `limits`, so that they hold offline too.
/// The caller owns the transaction; after one that was rolled back, call load() again.
class Rules {
public:
    explicit Rules(CipherDb::Database &database)
        : m_database(database)
    {
    }

    [[nodiscard]] Core::Result<void> load();
    [[nodiscard]] const Core::PolicySet &policies() const { return m_policies; }
    [[nodiscard]] const Core::Limits &limits() const { return m_limits; }
    [[nodiscard]] Core::Result<void> savePolicies(Core::PolicySet policies);
    [[nodiscard]] Core::Result<void> saveLimits(const Core::Limits &limits);
    /// The limits that rows (name, value) of the table stand for.
    [[nodiscard]] static Core::Limits limitsFrom(const std::vector<std::pair<std::string, std::int64_t>> &rows);

private:
    CipherDb::Database &m_database;
    Core::PolicySet m_policies;
    Core::Limits m_limits;
};

}  // namespace Satchel::Sync
