// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/signednote.h"
#include "server-stub/ops/backup/manifest.h"
#include "server-stub/store/embedded/embeddedstore.h"

#include <functional>

namespace Satchel::Server {

struct BackupSettings {
    std::filesystem::path folder;         ///< of all backups; empty: none may be made
    std::filesystem::path keyringFolder;  ///< where the newest copy of the keyring goes; empty: it is not copied
};

struct BackupReport {
    std::string name;  ///< folder of this one within the folder of all
    std::uint64_t sizeBytes = 0;
    BackupManifest manifest;
};

/// Runs a step while nobody writes to the store, and waits for its end.
using WhileNobodyWrites = std::function<Core::Result<void>(const std::function<Core::Result<void>()> &step)>;

/// Copies the store as it is at one point in time, while it is served. A read transaction keeps SQLite from moving anything into the pages
/// that are being copied which is not in the WAL as well; the WAL is copied at the end, while nobody writes, so that it ends with a commit.
/// The backup appears under its name when all of it is durable. The keyring is not in it. FAILED_PRECONDITION without a folder; errors of
/// the disk.
[[nodiscard]] Core::Result<BackupReport> makeBackup(EmbeddedStore &store, const Audit::Signer &signer, const BackupSettings &settings,
                                                    std::chrono::milliseconds now, const WhileNobodyWrites &whileNobodyWrites);

/// The signed head of every audit log that the store has.
[[nodiscard]] Core::Result<std::vector<std::string>> auditHeadsOf(EmbeddedStore &store, const Audit::Signer &signer, std::uint64_t epoch);

}  // namespace Satchel::Server
