// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/result.h"
#include "wire/frames.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace Satchel::Sync {

/// How far the device has read the user's log, whether a snapshot is under way, and the lease: table `progress`, one row.
/// The caller owns the transaction; after one that was rolled back, call load() again.
class Progress {
public:
    struct Record {
        Wire::Cursor cursor;
        std::string lease;
        std::uint64_t generation = 1;  ///< rises with every snapshot; documents of an older one were not named since it began
        Wire::SnapshotReason snapshotReason = Wire::SnapshotReason::None;  ///< not None: a snapshot is under way
        std::uint64_t snapshotHead = 0;                                    ///< where it ends
        std::chrono::milliseconds lastSynced{0};                           ///< see EngineStatus::lastSynced

        /// The whole log is to be read once more, each document as the server has it now; nothing is dropped.
        void readAgain();
    };

    explicit Progress(CipherDb::Database &database)
        : m_database(database)
    {
    }

    /// Reads the row; makes it in a new store.
    [[nodiscard]] Core::Result<void> load();
    /// As load(), but makes no row: false, and the record of a new store, if there is none.
    [[nodiscard]] Core::Result<bool> read();
    [[nodiscard]] const Record &record() const { return m_record; }
    [[nodiscard]] bool isInSnapshot() const { return m_record.snapshotReason != Wire::SnapshotReason::None; }
    [[nodiscard]] Core::Result<void> save(Record record);

private:
    CipherDb::Database &m_database;
    Record m_record;
};

}  // namespace Satchel::Sync
