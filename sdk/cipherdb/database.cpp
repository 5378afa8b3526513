// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "database.h"

#include "connection_p.h"
#include "sqliteerror.h"

#include <sqlcipher/sqlite3.h>

#include <utility>

namespace Satchel::CipherDb {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::failure;

Database::Database(std::unique_ptr<Connection> connection)
    : d(std::move(connection))
{
}
Database::~Database() = default;
Database::Database(Database &&) noexcept = default;
Database &Database::operator=(Database &&) noexcept = default;

Core::Result<void> Database::execute(std::string_view sql)
{
    return d->execute(std::string(sql).c_str());
}

Core::Result<Statement *> Database::prepared(std::string_view sql)
{
    return d->prepared(sql);
}

Core::Result<std::unique_ptr<Statement>> Database::compiled(std::string_view sql)
{
    return d->compiled(sql, 0);
}

void Database::setInterruption(std::function<bool()> isWanted)
{
    d->setInterruption(std::move(isWanted));
}

std::int64_t Database::lastInsertRowid() const
{
    return sqlite3_last_insert_rowid(d->handle);
}

std::int64_t Database::changes() const
{
    return sqlite3_changes64(d->handle);
}

Core::Result<void> Database::checkpoint()
{
    if (d->role != Role::Writer)
        return failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::None, "only the writer moves the WAL"));
    if (d->refusal != Connection::Refusal::None)
        return failure(d->refused());
    // What readers pin is left for the next time; waiting for them would only hold up the writer.
    sqlite3_busy_timeout(d->handle, 0);
    const int result = sqlite3_wal_checkpoint_v2(d->handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_timeout(d->handle, d->busyTimeoutMs);
    if (result != SQLITE_OK)
        return failure(d->failed(result));
    d->walPagesOfRoom = 0;
    return {};
}

namespace {

Core::Result<void> damagedUnless(bool isGood, std::string what, Connection &connection)
{
    if (isGood)
        return {};
    if (connection.isDiskDead())
        return failure(connection.failed(SQLITE_IOERR_READ));
    return failure(Core::makeError(ErrorCode::DataLoss, ErrorReason::StoreDamaged, std::move(what), Core::Retry::AfterChange));
}

}  // namespace

Core::Result<void> Database::verifyPages()
{
    // The page scan reads the file beside SQLite's cache, so what is still in the WAL goes there first.
    auto moved = checkpoint();
    if (!moved && moved.error().reason != ErrorReason::StoreLocked)
        return moved;
    auto badPage = d->single("PRAGMA cipher_integrity_check");
    if (!badPage)
        return failure(std::move(badPage.error()));
    return damagedUnless(badPage->empty(), *badPage, *d);
}

Core::Result<void> Database::verify()
{
    return verifyPages().and_then([this]() -> Core::Result<void> {
        auto structure = d->single("PRAGMA integrity_check(1)");
        if (!structure)
            return failure(std::move(structure.error()));
        return damagedUnless(*structure == "ok", *structure, *d);
    });
}

Core::Result<std::vector<std::string>> Database::damage(std::size_t linesMax)
{
    auto lines = d->column("PRAGMA cipher_integrity_check", linesMax);
    if (!lines || !lines->empty())
        return lines;
    lines = d->column(("PRAGMA integrity_check(" + std::to_string(linesMax) + ")").c_str(), linesMax);
    if (lines && lines->size() == 1 && lines->front() == "ok")
        lines->clear();
    return lines;
}

bool Database::isBesideWriter() const
{
    return d->isBesideWriter;
}

bool Database::isPoisoned() const
{
    return d->refusal == Connection::Refusal::Poisoned;
}

sqlite3 *Database::handle() const
{
    return d->handle;
}

}  // namespace Satchel::CipherDb
