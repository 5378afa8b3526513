// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "statement.h"

#include "connection_p.h"

#include <sqlcipher/sqlite3.h>

namespace Satchel::CipherDb {

namespace {

/// SQLite takes a null pointer as NULL, which an empty text or blob is not.
const char *dataOf(std::string_view bytes)
{
    return bytes.data() != nullptr ? bytes.data() : "";
}

}  // namespace

Statement::Statement(Connection *connection, sqlite3_stmt *statement)
    : m_connection(connection)
    , m_statement(statement)
{
}

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

Statement &Statement::note(int result)
{
    if (result != SQLITE_OK && m_bindResult == SQLITE_OK) [[unlikely]]
        m_bindResult = result;
    return *this;
}

Statement &Statement::bind(int index, std::int64_t value)
{
    return note(sqlite3_bind_int64(m_statement, index + 1, value));
}

Statement &Statement::bind(int index, std::string_view text)
{
    return note(sqlite3_bind_text64(m_statement, index + 1, dataOf(text), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

Statement &Statement::bindBlob(int index, std::string_view bytes)
{
    return note(sqlite3_bind_blob64(m_statement, index + 1, dataOf(bytes), bytes.size(), SQLITE_TRANSIENT));
}

Statement &Statement::bindNull(int index)
{
    return note(sqlite3_bind_null(m_statement, index + 1));
}

Core::Result<bool> Statement::step()
{
    if (m_connection->refusal != Connection::Refusal::None) [[unlikely]]
        return Core::failure(m_connection->refused());
    int result = m_bindResult;
    if (result == SQLITE_OK) [[likely]] {
        const Connection::StepBefore before{.cacheVersion = m_connection->cacheVersion(),
                                            .isAutocommit = sqlite3_get_autocommit(m_connection->handle) != 0,
                                            .isFirst = sqlite3_stmt_busy(m_statement) == 0};
        result = sqlite3_step(m_statement);
        if (const int pagesRead = m_connection->pagesRead(); pagesRead != m_connection->pagesReadBefore) [[unlikely]] {
            m_connection->pagesReadBefore = pagesRead;
            if (m_connection->isDamageServed(m_statement, before, result))
                result = SQLITE_CORRUPT;
        }
        if (result == SQLITE_ROW)
            return true;
        if (result == SQLITE_DONE)
            return false;
    }
    auto error = m_connection->failed(result);
    reset();
    return Core::failure(std::move(error));
}

Core::Result<void> Statement::run()
{
    for (;;) {
        auto hasRow = step();
        if (!hasRow) [[unlikely]]
            return Core::failure(std::move(hasRow.error()));
        if (!*hasRow)
            break;
    }
    sqlite3_reset(m_statement);
    return {};
}

void Statement::reset()
{
    sqlite3_reset(m_statement);
    m_bindResult = SQLITE_OK;
}

void Statement::renew()
{
    reset();
    sqlite3_clear_bindings(m_statement);
}

std::int64_t Statement::int64(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

std::string_view Statement::text(int column) const
{
    const auto *data = reinterpret_cast<const char *>(sqlite3_column_text(m_statement, column));
    return {data, data != nullptr ? static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)) : 0};
}

std::string_view Statement::blob(int column) const
{
    const auto *data = static_cast<const char *>(sqlite3_column_blob(m_statement, column));
    return {data, data != nullptr ? static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)) : 0};
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

}  // namespace Satchel::CipherDb
