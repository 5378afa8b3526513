// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/document.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace Satchel::Server {

/// Carries an Error up to the edge of the embedded store, where `guarded` turns it into a Result. It never leaves this folder.
struct StoreFailure {
    Core::Error error;
};

template <typename T>
T must(Core::Result<T> result)
{
    if (!result) {
        throw StoreFailure{std::move(result.error())};
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

template <typename F>
auto guarded(F function) -> Core::Result<std::invoke_result_t<F>>
{
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
            function();
            return {};
        } else {
            return function();
        }
    } catch (StoreFailure &failed) {
        return Core::failure(std::move(failed.error));
    }
}

/// One use of a prepared statement: binds left to right, then either run() or next() over the rows; reset when it ends, so that no read
/// transaction is left open. Names and keys are bound as blobs: they are bytes, may hold NUL, and order bytewise.
class Query {
public:
    Query(CipherDb::Database &database, std::string_view sql)
        : m_statement(must(database.prepared(sql)))
    {
    }
    /// For a text that is made for one use.
    static Query once(CipherDb::Database &database, std::string_view sql) { return Query(must(database.compiled(sql))); }
    ~Query() { m_statement->reset(); }
    Query(const Query &) = delete;
    Query &operator=(const Query &) = delete;

    Query &operator<<(std::int64_t value)
    {
        m_statement->bind(m_bound++, value);
        return *this;
    }
    Query &operator<<(std::uint64_t value) { return *this << static_cast<std::int64_t>(value); }
    Query &operator<<(std::uint32_t value) { return *this << static_cast<std::int64_t>(value); }
    Query &operator<<(std::chrono::milliseconds value) { return *this << static_cast<std::int64_t>(value.count()); }
    Query &operator<<(Core::Hlc value) { return *this << static_cast<std::int64_t>(value.packed); }
    Query &operator<<(std::string_view bytes)
    {
        m_statement->bindBlob(m_bound++, bytes);
        return *this;
    }

    void run() { must(m_statement->run()); }
    bool next()
    {
        m_column = 0;
        return must(m_statement->step());
    }

    [[nodiscard]] std::int64_t integer() { return m_statement->int64(m_column++); }
    [[nodiscard]] std::uint64_t natural() { return static_cast<std::uint64_t>(integer()); }
    [[nodiscard]] std::uint32_t count() { return static_cast<std::uint32_t>(integer()); }
    [[nodiscard]] std::chrono::milliseconds time() { return std::chrono::milliseconds(integer()); }
    [[nodiscard]] std::string bytes() { return std::string(view()); }
    /// Valid until the next row.
    [[nodiscard]] std::string_view view() { return m_statement->blob(m_column++); }
    [[nodiscard]] Core::DeviceId device() { return must(Core::DeviceId::fromBytes(view())); }

private:
    explicit Query(std::unique_ptr<CipherDb::Statement> statement)
        : m_owned(std::move(statement))
        , m_statement(m_owned.get())
    {
    }

    std::unique_ptr<CipherDb::Statement> m_owned;
    CipherDb::Statement *m_statement;
    int m_bound = 0;
    int m_column = 0;
};

/// A column that is 0 where there is no error.
[[nodiscard]] inline std::optional<Core::ErrorCode> codeOf(std::int64_t column)
{
    return column != 0 ? std::optional(static_cast<Core::ErrorCode>(column)) : std::nullopt;
}

}  // namespace Satchel::Server
