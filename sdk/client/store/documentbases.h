// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/document.h"
#include "core/ids.h"
#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace Satchel::Sync {

/// Documents as the server has them: table `documents`, `recovery`, the list of those that a restored server may lack something of, and
/// `seal`, the sum of the hashes of all documents. The caller owns the transaction; before committing it calls saveSeal(), after one that
/// was rolled back, loadSeal().
class DocumentBases {
public:
    explicit DocumentBases(CipherDb::Database &database)
        : m_database(database)
    {
    }

    [[nodiscard]] Core::Result<std::optional<Core::Document>> read(const Core::DocumentId &id);
    [[nodiscard]] Core::Result<void> write(const Core::DocumentId &id, const Core::Document &base, std::uint64_t generation);
    /// Adds up their hashes as well. STORE_DAMAGED if the index names others, or in other rows.
    [[nodiscard]] Core::Result<std::vector<std::pair<Core::DocumentId, Core::Document>>> all(std::uint64_t &sum);
    /// Documents of a generation before this one.
    [[nodiscard]] Core::Result<std::vector<Core::DocumentId>> olderThan(std::uint64_t generation);
    [[nodiscard]] Core::Result<void> dropOlderThan(std::uint64_t generation);

    [[nodiscard]] Core::Result<void> markForRecovery(const Core::DocumentId &id);
    [[nodiscard]] Core::Result<void> markOlderForRecovery(std::uint64_t generation);
    /// The first ones, with their bases, up to both limits.
    [[nodiscard]] Core::Result<std::vector<std::pair<Core::DocumentId, Core::Document>>> toRecover(std::size_t countMax,
                                                                                                   std::size_t bytesMax);
    [[nodiscard]] Core::Result<void> unmark(const Core::DocumentId &id);

    [[nodiscard]] Core::Result<void> loadSeal();
    [[nodiscard]] Core::Result<void> saveSeal();
    /// Whether all() has found what the seal says; a store that has no seal yet is given one, by the next saveSeal().
    [[nodiscard]] bool isSealed(std::uint64_t sum);

private:
    [[nodiscard]] Core::Result<void> checkIndex(std::uint64_t names);
    [[nodiscard]] Core::Result<std::uint64_t> hashInTable(const Core::DocumentId &id);

    CipherDb::Database &m_database;
    std::optional<std::uint64_t> m_seal;  ///< nothing: the store has none yet, and none is kept up
    bool m_isSealChanged = false;
    std::unordered_map<Core::DocumentId, std::uint64_t> m_hashes;  ///< of those read or written in this transaction; 0: not there
};

}  // namespace Satchel::Sync
