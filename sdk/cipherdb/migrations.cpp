// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "migrations.h"

#include "connection_p.h"

#include <sqlcipher/sqlite3.h>

#include <string>

namespace Satchel::CipherDb {

namespace {

using Core::ErrorCode;
using Core::ErrorReason;

Core::Result<void> applyStep(Database &database, Migration step, std::int64_t versionAfter)
{
    auto transaction = Transaction::begin(database);
    if (!transaction)
        return Core::failure(std::move(transaction.error()));
    if (auto applied = database.execute(step); !applied)
        return applied;
    if (sqlite3_get_autocommit(database.handle()) != 0)
        return Core::failure(Core::makeError(ErrorCode::Internal, ErrorReason::None, "a migration has ended its own transaction"));
    if (auto numbered = database.execute("PRAGMA user_version = " + std::to_string(versionAfter)); !numbered)
        return numbered;
    return transaction->commit();
}

/// Whether the WAL holds anything; when in doubt, it does.
bool hasWal(const Database &database)
{
    sqlite3_file *wal = nullptr;
    sqlite3_int64 sizeBytes = 1;
    if (sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) != SQLITE_OK || wal == nullptr ||
        wal->pMethods == nullptr || wal->pMethods->xFileSize(wal, &sizeBytes) != SQLITE_OK)
        return true;
    return sizeBytes != 0;
}

}  // namespace

Core::Result<std::int64_t> schemaVersion(Database &database)
{
    auto statement = database.prepared("PRAGMA user_version");
    if (!statement)
        return Core::failure(std::move(statement.error()));
    auto hasRow = (*statement)->step();
    if (!hasRow)
        return Core::failure(std::move(hasRow.error()));
    const std::int64_t version = (*statement)->int64(0);
    (*statement)->reset();
    return version;
}

Core::Result<void> migrate(Database &database, std::span<const Migration> steps)
{
    const auto version = schemaVersion(database);
    if (!version)
        return Core::failure(version.error());
    const auto newest = static_cast<std::int64_t>(steps.size());
    if (*version > newest || *version < 0) {
        // The older program must not even tidy up behind the newer one: not move its WAL, nor leave one where there was none.
        if (hasWal(database))
            sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        return Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::SchemaTooNew,
                                             "the store has version " + std::to_string(*version) + ", this program knows " +
                                                 std::to_string(newest) + "; use the newer program",
                                             Core::Retry::AfterChange));
    }
    for (std::int64_t done = *version; done < newest; ++done) {
        if (auto applied = applyStep(database, steps[static_cast<std::size_t>(done)], done + 1); !applied)
            return applied;
    }
    return {};
}

}  // namespace Satchel::CipherDb
