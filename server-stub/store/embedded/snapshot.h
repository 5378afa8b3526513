// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "sql.h"

namespace Satchel::Server {

/// A read transaction: everything read while it lives is of one point in time.
class ReadSnapshot {
public:
    explicit ReadSnapshot(CipherDb::Database &database)
        : m_database(database)
    {
        must(m_database.execute("BEGIN"));
    }
    ~ReadSnapshot() { Core::ignore(m_database.execute("COMMIT"), "a read transaction has nothing to lose"); }
    ReadSnapshot(const ReadSnapshot &) = delete;
    ReadSnapshot &operator=(const ReadSnapshot &) = delete;

private:
    CipherDb::Database &m_database;
};

}  // namespace Satchel::Server
