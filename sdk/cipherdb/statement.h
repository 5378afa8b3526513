// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3_stmt;

namespace Satchel::CipherDb {

struct Connection;

/// A prepared statement, owned by its database's cache. Parameters and columns count from 0. Text and blob views are valid until the
/// next step() or reset(). A query that is left before its end keeps its snapshot, and so the WAL, until reset().
class Statement {
public:
    ~Statement();
    Statement(const Statement &) = delete;
    Statement &operator=(const Statement &) = delete;

    /// Text and bytes are copied. A binding that fails (no such parameter, too big, not reset since the last step) is reported by the next
    /// step().
    Statement &bind(int index, std::int64_t value);
    Statement &bind(int index, std::string_view text);
    Statement &bindBlob(int index, std::string_view bytes);
    Statement &bindNull(int index);

    /// True if there is a row. Errors are those of Database::open(), ALREADY_EXISTS for a broken unique constraint,
    /// FAILED_PRECONDITION for another constraint, ABORTED once a failure has rolled the open transaction back, INTERNAL for wrong SQL.
    [[nodiscard]] Core::Result<bool> step();
    /// Steps to the end of a statement that returns no rows, and resets.
    [[nodiscard]] Core::Result<void> run();
    /// Ready to be stepped again; bindings stay.
    void reset();

    [[nodiscard]] std::int64_t int64(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::string_view blob(int column) const;
    [[nodiscard]] bool isNull(int column) const;

private:
    Statement(Connection *connection, sqlite3_stmt *statement);
    Statement &note(int result);
    /// The parameter's own copy of the bytes; an empty view without data if SQLite should make one itself, or refuse the binding.
    [[nodiscard]] std::string_view keep(int index, std::string_view bytes);
    /// Reset and without bindings, as from the compiler.
    void renew();

    Connection *m_connection;
    sqlite3_stmt *m_statement;
    std::vector<std::string> m_buffers;  ///< copies of what is bound, one a parameter; kept, as allocating for each row costs more
    int m_bindResult = 0;
    bool m_isStepped = false;
    friend struct Connection;
};

}  // namespace Satchel::CipherDb
