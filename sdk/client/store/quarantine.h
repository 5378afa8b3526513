// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "client/sync/enginetypes.h"
#include "core/result.h"

#include <cstdint>
#include <vector>

namespace Satchel::Sync {

/// Refused mutations with their reasons, until a person or the app decides: table `quarantine`. The caller owns the transaction.
class Quarantine {
public:
    explicit Quarantine(CipherDb::Database &database)
        : m_database(database)
    {
    }

    [[nodiscard]] Core::Result<void> load();
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    /// A dot that is there already keeps its first reason.
    [[nodiscard]] Core::Result<void> add(const Quarantined &refused);
    /// NOT_FOUND if there is no such dot.
    [[nodiscard]] Core::Result<void> discard(const Core::Dot &dot);
    [[nodiscard]] Core::Result<std::vector<Quarantined>> all();
    /// Of a row of (mutation, code, reason, detail, retry, refused_ms).
    [[nodiscard]] static Core::Result<Quarantined> decode(const CipherDb::Statement &row);

private:
    CipherDb::Database &m_database;
    std::uint64_t m_size = 0;
};

}  // namespace Satchel::Sync
