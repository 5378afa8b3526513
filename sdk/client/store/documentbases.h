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
#include <utility>
#include <vector>

namespace Satchel::Sync {

/// Documents as the server has them: table `documents`, and `recovery`, the list of those that a restored server may lack something of.
/// The caller owns the transaction.
class DocumentBases {
public:
    explicit DocumentBases(CipherDb::Database &database)
        : m_database(database)
    {
    }

    [[nodiscard]] Core::Result<std::optional<Core::Document>> read(const Core::DocumentId &id);
    [[nodiscard]] Core::Result<void> write(const Core::DocumentId &id, const Core::Document &base, std::uint64_t generation);
    [[nodiscard]] Core::Result<std::vector<std::pair<Core::DocumentId, Core::Document>>> all();
    /// Documents of a generation before this one.
    [[nodiscard]] Core::Result<std::vector<Core::DocumentId>> olderThan(std::uint64_t generation);
    [[nodiscard]] Core::Result<void> dropOlderThan(std::uint64_t generation);

    [[nodiscard]] Core::Result<void> markForRecovery(const Core::DocumentId &id);
    [[nodiscard]] Core::Result<void> markOlderForRecovery(std::uint64_t generation);
    /// The first ones, with their bases, up to both limits.
    [[nodiscard]] Core::Result<std::vector<std::pair<Core::DocumentId, Core::Document>>> toRecover(std::size_t countMax,
                                                                                                   std::size_t bytesMax);
    [[nodiscard]] Core::Result<void> unmark(const Core::DocumentId &id);

private:
    CipherDb::Database &m_database;
};

}  // namespace Satchel::Sync
