// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "connection_p.h"

#include "sqliteerror.h"
#include "walscan.h"

#include <sqlcipher/sqlite3.h>

#include <algorithm>
#include <array>

namespace Satchel::CipherDb {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::failure;

Connection::~Connection()
{
    statements.clear();
    sqlite3_finalize(probe);
    sqlite3_finalize(guard);
    // close_v2 would leave a zombie where a statement were forgotten; the cache owns all of them, so plain close always succeeds.
    if (handle != nullptr)
        sqlite3_close(handle);
}

Core::Error Connection::failed(int extendedResult)
{
    // SQLite calls it a plain error where the pager has failed because of a page that another statement of the transaction had met.
    if (extendedResult == SQLITE_ERROR && sqlite3_txn_state(handle, "main") != SQLITE_TXN_NONE) {
        if (const int failure = pagerFailure(); failure != SQLITE_OK)
            extendedResult = failure;
    }
    const bool isDamage = (extendedResult & 0xff) == SQLITE_CORRUPT || (extendedResult & 0xff) == SQLITE_NOTADB;
    if (isDamage && isDiskDead())
        extendedResult = SQLITE_IOERR_FSYNC;
    if (isIoError(extendedResult, handle)) {
        refusal = Refusal::Poisoned;
        // What the kernel could not write may look written when read back. Reopening must start from what the disk really has.
        setCheckpointOnClose(false);
    } else if (isInTransaction && refusal == Refusal::None && sqlite3_get_autocommit(handle) != 0) {
        refusal = Refusal::TransactionLost;
    }
    return sqliteError(extendedResult, handle);
}

Core::Error Connection::refused() const
{
    if (refusal == Refusal::Poisoned)
        return Core::makeError(ErrorCode::Unavailable, ErrorReason::StorageIo, "an earlier disk error: reopen the store",
                               Core::Retry::AfterChange);
    return Core::makeError(ErrorCode::Aborted, ErrorReason::None, "an earlier failure has rolled this transaction back",
                           Core::Retry::Later);
}

Core::Result<void> Connection::execute(const char *sql)
{
    if (refusal != Refusal::None)
        return failure(refused());
    if (const int result = sqlite3_exec(handle, sql, nullptr, nullptr, nullptr); result != SQLITE_OK)
        return failure(failed(result));
    return {};
}

Core::Result<std::string> Connection::single(const char *sql)
{
    return column(sql, 1).map([](std::vector<std::string> rows) { return rows.empty() ? std::string() : std::move(rows.front()); });
}

Core::Result<std::vector<std::string>> Connection::column(const char *sql, std::size_t rowsMax)
{
    if (refusal != Refusal::None)
        return failure(refused());
    sqlite3_stmt *statement = nullptr;
    int result = sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr);
    std::vector<std::string> rows;
    if (result == SQLITE_OK) {
        for (result = SQLITE_ROW; result == SQLITE_ROW && rows.size() < rowsMax;) {
            result = sqlite3_step(statement);
            if (result == SQLITE_ROW) {
                const unsigned char *value = sqlite3_column_text(statement, 0);
                rows.emplace_back(value != nullptr ? reinterpret_cast<const char *>(value) : "");
            }
        }
    }
    Core::Result<std::vector<std::string>> outcome;
    if (result == SQLITE_ROW || result == SQLITE_DONE)
        outcome = std::move(rows);
    else
        outcome = failure(failed(result));
    sqlite3_finalize(statement);
    return outcome;
}

Core::Result<Statement *> Connection::prepared(std::string_view sql)
{
    if (refusal != Refusal::None) [[unlikely]]
        return failure(refused());
    if (const auto found = statements.find(sql); found != statements.end()) [[likely]] {
        found->second->renew();
        return found->second.get();
    }
    if (statements.size() >= statementsMax)
        return failure(Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded, "too many different statements"));
    auto made = compiled(sql, SQLITE_PREPARE_PERSISTENT);
    if (!made)
        return failure(std::move(made.error()));
    return statements.emplace(std::string(sql), std::move(*made)).first->second.get();
}

Core::Result<std::unique_ptr<Statement>> Connection::compiled(std::string_view sql, unsigned flags)
{
    if (refusal != Refusal::None) [[unlikely]]
        return failure(refused());
    sqlite3_stmt *statement = nullptr;
    const char *tail = nullptr;
    if (const int result = sqlite3_prepare_v3(handle, sql.data(), static_cast<int>(sql.size()), flags, &statement, &tail);
        result != SQLITE_OK)
        return failure(failed(result));
    const std::string_view rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
    std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> unowned(statement, &sqlite3_finalize);
    std::unique_ptr<Statement> owned(new Statement(this, statement));
    (void)unowned.release();
    if (statement == nullptr || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos)
        return failure(Core::makeError(ErrorCode::Internal, ErrorReason::None, "a statement's text must hold exactly one"));
    return owned;
}

void Connection::setInterruption(std::function<bool()> isWanted)
{
    // Tens of microseconds of work, so that asking costs nothing beside it.
    constexpr int instructionsBetween = 4000;
    interruption = std::move(isWanted);
    if (!interruption) {
        sqlite3_progress_handler(handle, 0, nullptr, nullptr);
        return;
    }
    sqlite3_progress_handler(
        handle, instructionsBetween, [](void *self) { return static_cast<Connection *>(self)->interruption() ? 1 : 0; }, this);
}

void Connection::committed(int walPages)
{
    // Fewer pages than before: the WAL has started over from its beginning.
    const bool isStartedOver = walPages < walPagesSeen;
    if (isStartedOver)
        walPagesWanted = walPagesBeforeCheckpoint;
    const int pages = isStartedOver ? walPages : walPages - walPagesSeen;
    walPagesSeen = walPages;
    // Large commits grow the file by much at once, and would only have the room written twice.
    if (pages < walPagesReserved / 8 && walPages < walPagesBeforeCheckpoint && walPages >= walPagesOfRoom)
        reserveWal(walPages);
    if (walPages >= walPagesWanted)
        checkpointPassively(walPages);
}

void Connection::noteFailure(int extendedResult)
{
    // Only a failing disk counts here; a full one or a reader in the way is met again later.
    if (isIoError(extendedResult, handle))
        Core::ignore(failed(extendedResult), "the commit stands; the connection is poisoned from here on");
}

void Connection::reserveWal(int walPages)
{
    constexpr int pagesAtOnce = 8;
    static constexpr std::array<char, pagesAtOnce * WalScan::frameBytes> zeros{};
    sqlite3_file *wal = nullptr;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal) != SQLITE_OK || wal == nullptr || wal->pMethods == nullptr)
        return;
    sqlite3_int64 size = 0;
    if (wal->pMethods->xFileSize(wal, &size) != SQLITE_OK || size < static_cast<sqlite3_int64>(WalScan::headerBytes))
        return;
    walPagesOfRoom = static_cast<int>((static_cast<std::size_t>(size) - WalScan::headerBytes) / WalScan::frameBytes);
    // A frame of zeros is none, for recovery and for WalScan. Who has written little is likely to write little more.
    const int wanted = walPages + std::clamp(walPages, pagesAtOnce, walPagesReserved);
    for (; walPagesOfRoom < wanted; walPagesOfRoom += pagesAtOnce) {
        const int result = wal->pMethods->xWrite(wal, zeros.data(), static_cast<int>(zeros.size()), size);
        noteFailure(result);
        if (result != SQLITE_OK)
            return;
        size += static_cast<sqlite3_int64>(zeros.size());
    }
}

void Connection::checkpointPassively(int walPages)
{
    int pagesInWal = 0;
    int pagesMoved = 0;
    const int result = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, &pagesInWal, &pagesMoved);
    noteFailure(result);
    // While a reader pins an old state there is no use in trying after each commit.
    walPagesWanted = walPages + walPagesBeforeCheckpoint;
}

void Connection::setCheckpointOnClose(bool isOn)
{
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, isOn ? 0 : 1, nullptr);
}

}  // namespace Satchel::CipherDb
