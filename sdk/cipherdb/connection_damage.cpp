// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "connection_p.h"

#include "pagecodec.h"

#include <sqlcipher/sqlite3.h>

#include <array>

// SQLCipher hands a page that fails its check to SQLite as zeros and puts the pager into its error state, but lets the read succeed. Zeros
// are no b-tree page, so SQLite finds those itself. The page of an overflow chain, however, is all content: a long value would come back
// with zeros at its end, as good, if nobody asked the pager. Nobody in SQLite does when that page is the last one that a statement needs.

namespace Satchel::CipherDb {

namespace {

bool isPrepared(sqlite3 *handle, sqlite3_stmt *&statement, const char *sql)
{
    return statement != nullptr || sqlite3_prepare_v3(handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) == SQLITE_OK;
}

/// A disk or a memory that fails says nothing of the pages.
int failureBehind(int result)
{
    const int kind = result & 0xff;
    return kind == SQLITE_IOERR || kind == SQLITE_NOMEM ? result : SQLITE_CORRUPT;
}

}  // namespace

int Connection::pagesRead() const
{
    int pages = 0;
    int highest = 0;
    sqlite3_db_status(handle, SQLITE_DBSTATUS_CACHE_MISS, &pages, &highest, 0);
    return pages;
}

std::uint32_t Connection::cacheVersion() const
{
    std::uint32_t version = 0;
    sqlite3_file_control(handle, nullptr, SQLITE_FCNTL_DATA_VERSION, &version);
    return version;
}

bool Connection::isDiskDead() const
{
    for (const int which : {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
        sqlite3_file *file = nullptr;
        if (sqlite3_file_control(handle, "main", which, &file) != SQLITE_OK || file == nullptr || file->pMethods == nullptr)
            continue;
        std::array<char, PageCodec::saltBytes> bytes{};
        const int result = file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), 0);
        if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ)
            return true;
        if (role == Role::Writer && file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) != SQLITE_OK)
            return true;
    }
    return false;
}

int Connection::pagerFailure()
{
    // In the error state the pager gives no page to anyone, not even the first one, which is always in its cache.
    if (!isPrepared(handle, probe, "SELECT 1 FROM sqlite_schema LIMIT 1"))
        return failureBehind(sqlite3_extended_errcode(handle));
    const int result = sqlite3_step(probe);
    sqlite3_reset(probe);
    return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : failureBehind(result);
}

int Connection::servedFailure(sqlite3_stmt *statement, const StepBefore &before, int &result)
{
    // While the transaction is open the pager keeps its error state, and can be asked.
    if (sqlite3_txn_state(handle, "main") != SQLITE_TXN_NONE)
        return pagerFailure();
    // The transaction has ended with the step. Leaving the error state drops the cache; so does a commit, which asks the pager by itself.
    const bool hasCommitted = result == SQLITE_DONE && (!before.isAutocommit || sqlite3_stmt_readonly(statement) == 0);
    if ((result != SQLITE_DONE && result != SQLITE_ERROR) || hasCommitted || cacheVersion() == before.cacheVersion)
        return SQLITE_OK;
    // Nobody else writes beside the writer, and a statement that is past its first row keeps its snapshot.
    if (role == Role::Writer || !before.isFirst)
        return SQLITE_CORRUPT;
    // Beside a reader the writer may have committed. Asked again with the snapshot held open, the statement cannot hide it.
    sqlite3_reset(statement);
    if (!isPrepared(handle, guard, "SELECT 2 FROM sqlite_schema LIMIT 1"))
        return failureBehind(sqlite3_extended_errcode(handle));
    if (const int guarded = sqlite3_step(guard); guarded != SQLITE_ROW) {
        sqlite3_reset(guard);
        return failureBehind(guarded);
    }
    result = sqlite3_step(statement);
    const int failure = pagerFailure();
    sqlite3_reset(guard);
    return failure;
}

}  // namespace Satchel::CipherDb
