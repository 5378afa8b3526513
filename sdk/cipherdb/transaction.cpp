// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "transaction.h"

#include "connection_p.h"

#include <sqlcipher/sqlite3.h>

#include <utility>

namespace Satchel::CipherDb {

namespace {

void rollBack(Connection &connection)
{
    if (sqlite3_get_autocommit(connection.handle) == 0)
        sqlite3_exec(connection.handle, "ROLLBACK", nullptr, nullptr, nullptr);
    connection.isInTransaction = false;
    if (connection.refusal == Connection::Refusal::TransactionLost)
        connection.refusal = Connection::Refusal::None;
}

Core::Result<void> runPrepared(Connection &connection, std::string_view sql)
{
    auto statement = connection.prepared(sql);
    if (!statement)
        return Core::failure(std::move(statement.error()));
    return (*statement)->run();
}

}  // namespace

Core::Result<Transaction> Transaction::begin(Database &database)
{
    Connection &connection = *database.d;
    if (connection.isInTransaction)
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None, "transactions do not nest"));
    if (auto begun = runPrepared(connection, "BEGIN IMMEDIATE"); !begun)
        return Core::failure(std::move(begun.error()));
    connection.isInTransaction = true;
    connection.versionInTransaction = connection.cacheVersion();
    return Transaction(&connection);
}

Transaction::Transaction(Transaction &&other) noexcept
    : m_connection(std::exchange(other.m_connection, nullptr))
{
}

Transaction::~Transaction()
{
    if (m_connection != nullptr)
        rollBack(*m_connection);
}

Core::Result<void> Transaction::commit()
{
    if (m_connection == nullptr)
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None, "the transaction is over"));
    // Should there be no memory for it, the destructor rolls back.
    auto committed = runPrepared(*m_connection, "COMMIT");
    rollBack(*std::exchange(m_connection, nullptr));
    return committed;
}

}  // namespace Satchel::CipherDb
