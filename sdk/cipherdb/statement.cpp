// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "statement.h"

#include "connection_p.h"

#include <sqlcipher/sqlite3.h>

namespace Satchel::CipherDb {

namespace {

/// Values up to this size are copied to a buffer that the statement keeps.
constexpr std::size_t keptBytesMax = 16 * 1024;

/// SQLite takes a null pointer as NULL, which an empty text or blob is not.
const char *dataOf(std::string_view bytes)
{
    return bytes.data() != nullptr ? bytes.data() : "";
}

}  // namespace

Statement::Statement(Connection *connection, sqlite3_stmt *statement)
    : m_connection(connection)
    , m_statement(statement)
    , m_buffers(static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)))
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

std::string_view Statement::keep(int index, std::string_view bytes)
{
    // What a running statement is bound to must not change under it; SQLite refuses the binding by itself.
    if (m_isStepped || bytes.size() > keptBytesMax || index < 0 || static_cast<std::size_t>(index) >= m_buffers.size()) [[unlikely]]
        return {};
    return m_buffers[static_cast<std::size_t>(index)].assign(dataOf(bytes), bytes.size());
}

Statement &Statement::bind(int index, std::string_view text)
{
    const std::string_view kept = keep(index, text);
    if (kept.data() != nullptr) [[likely]]
        return note(sqlite3_bind_text64(m_statement, index + 1, kept.data(), kept.size(), SQLITE_STATIC, SQLITE_UTF8));
    return note(sqlite3_bind_text64(m_statement, index + 1, dataOf(text), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

Statement &Statement::bindBlob(int index, std::string_view bytes)
{
    const std::string_view kept = keep(index, bytes);
    if (kept.data() != nullptr) [[likely]]
        return note(sqlite3_bind_blob64(m_statement, index + 1, kept.data(), kept.size(), SQLITE_STATIC));
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
        const bool isAutocommit = sqlite3_get_autocommit(m_connection->handle) != 0;
        const Connection::StepBefore before{.cacheVersion =
                                                isAutocommit ? m_connection->cacheVersion() : m_connection->versionInTransaction,
                                            .isAutocommit = isAutocommit,
                                            .isFirst = sqlite3_stmt_busy(m_statement) == 0};
        m_isStepped = true;
        result = sqlite3_step(m_statement);
        if (const int pagesRead = m_connection->pagesRead(); pagesRead != m_connection->pagesReadBefore) [[unlikely]] {
            m_connection->pagesReadBefore = pagesRead;
            if (const int failure = m_connection->servedFailure(m_statement, before, result); failure != SQLITE_OK)
                result = failure;
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
    reset();
    return {};
}

void Statement::reset()
{
    if (m_isStepped)
        sqlite3_reset(m_statement);
    m_isStepped = false;
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
