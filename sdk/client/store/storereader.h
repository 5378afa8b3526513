// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "client/store/progress.h"
#include "client/sync/enginetypes.h"
#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace Satchel::Sync {

/// Something that could not be read.
struct StoreFault {
    std::string what;  ///< "document notes/n1", "outbox up to 17", "page 4"; names as they are
    Core::Error error;
};

/// All that a store holds, as far as it can be read.
struct StoreContents {
    std::int64_t schema = 0;  ///< 0: not known, the first page being bad
    bool isInUse = false;     ///< another process had it open for writing
    Core::UserId user;
    Core::DeviceId device;
    std::uint64_t settledThrough = 0;
    Core::Hlc greatestStamp;
    Progress::Record progress;
    Core::PolicySet policies;
    Core::Limits limits;
    std::vector<std::pair<Core::DocumentId, Core::Document>> documents;  ///< bases, in no order
    std::vector<Core::MutationPtr> pending;                              ///< in counter order
    std::vector<Quarantined> quarantine;
    std::vector<Core::DocumentId> recovery;
    std::vector<StoreFault> faults;  ///< empty: all was read

    /// The document as its device shows it: its base and what is pending.
    [[nodiscard]] Core::Document current(const Core::DocumentId &id) const;
    /// Brings what is pending into the documents that are asked for, making those that have no base.
    void applyPending(std::map<Core::DocumentId, Core::Document> &shown,
                      const std::function<bool(const Core::DocumentId &id)> &isAsked) const;
    /// Names of all documents that have a base or a pending mutation, sorted.
    [[nodiscard]] std::vector<Core::DocumentId> names() const;
};

/// Looks at a device's store without changing a byte of it, also while its app runs: docs/stores.md, "Looking into a store".
/// Belongs to one thread at a time.
class StoreReader {
public:
    static constexpr std::size_t faultsMax = 100;

    /// Everything at one point in time; where pages are bad, what the others hold, and if not even the first page is good, what every page
    /// shows by itself. Errors of CipherDb::Database::open and CipherDb::Salvage::open; FAILED_PRECONDITION/SCHEMA_TOO_NEW; UNAVAILABLE if
    /// the store was opened by somebody or changed meanwhile, time and again.
    [[nodiscard]] static Core::Result<StoreContents> read(const std::filesystem::path &path, const CipherDb::StoreKey &key);
    /// Scans every page; a fault for each that is bad. Errors as read().
    [[nodiscard]] static Core::Result<std::vector<StoreFault>> check(const std::filesystem::path &path, const CipherDb::StoreKey &key);

private:
    explicit StoreReader(CipherDb::Database database)
        : m_database(std::move(database))
    {
    }
    /// What is left of a store that `damage` keeps from being opened.
    [[nodiscard]] static Core::Result<StoreContents> readSalvaged(const std::filesystem::path &path, const CipherDb::StoreKey &key,
                                                                  const Core::Error &damage);
    [[nodiscard]] static Core::Result<StoreReader> open(const std::filesystem::path &path, const CipherDb::StoreKey &key);
    [[nodiscard]] Core::Result<std::vector<StoreFault>> badPages();
    [[nodiscard]] Core::Result<StoreContents> readWhole();
    [[nodiscard]] StoreContents readPiecemeal();
    [[nodiscard]] Core::Result<void> readFacts(StoreContents &contents);
    [[nodiscard]] Core::Result<void> readIdentity(StoreContents &contents);
    [[nodiscard]] Core::Result<void> readRecovery(StoreContents &contents);
    void readDocumentsPiecemeal(StoreContents &contents);
    void readOutboxPiecemeal(StoreContents &contents);
    void readQuarantinePiecemeal(StoreContents &contents);

    CipherDb::Database m_database;
};

}  // namespace Satchel::Sync
