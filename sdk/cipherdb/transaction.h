// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

namespace Satchel::CipherDb {

struct Connection;
class Database;

/// BEGIN IMMEDIATE ... COMMIT; rolls back when destroyed uncommitted. What a successful commit() wrote survives a power cut.
/// After a failure that made SQLite roll back by itself (a full disk), every statement answers ABORTED until the transaction is destroyed,
/// so that the rest of a batch is never committed row by row. Transactions do not nest: FAILED_PRECONDITION. Must not outlive its database.
class Transaction {
public:
    [[nodiscard]] static Core::Result<Transaction> begin(Database &database);
    ~Transaction();
    Transaction(Transaction &&other) noexcept;
    Transaction &operator=(Transaction &&) = delete;
    /// Whatever the outcome, the transaction is over. After an error nothing of it is promised: with STORAGE_IO it may or may not be there
    /// when the store is opened again, with any other it is not.
    [[nodiscard]] Core::Result<void> commit();

private:
    explicit Transaction(Connection *connection)
        : m_connection(connection)
    {
    }
    Connection *m_connection;
};

}  // namespace Satchel::CipherDb
