// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

/// RAII over SQLCipher. A Database and its statements belong to one thread at a time.
namespace Satchel::CipherDb {

/// A raw 256-bit store key. Wiped from memory when destroyed; not copyable by accident.
class StoreKey {
public:
    static constexpr std::size_t sizeBytes = 32;
    explicit StoreKey(std::span<const std::uint8_t, sizeBytes> bytes);
    [[nodiscard]] static StoreKey random();
    ~StoreKey();
    StoreKey(StoreKey &&other) noexcept;
    StoreKey &operator=(StoreKey &&other) noexcept;
    StoreKey(const StoreKey &) = delete;
    StoreKey &operator=(const StoreKey &) = delete;
    [[nodiscard]] StoreKey clone() const;
    [[nodiscard]] std::span<const std::uint8_t, sizeBytes> bytes() const { return m_bytes; }

private:
    std::array<std::uint8_t, sizeBytes> m_bytes{};
};

/// Argon2id (RFC 9106, libsodium) of a passphrase with the salt kept beside the store.
struct PassphraseParameters {
    std::array<std::uint8_t, 16> salt{};
    std::uint64_t operations = 3;
    std::size_t memoryBytes = 64 * 1024 * 1024;
};
[[nodiscard]] Core::Result<StoreKey> keyFromPassphrase(std::string_view passphrase, const PassphraseParameters &parameters);

class Statement;

enum class Role : std::uint8_t {
    Writer,  ///< the one writer and checkpointer; holds the store's lock file against a second process
    Reader,  ///< query_only, never checkpoints
};

struct OpenOptions {
    std::filesystem::path path;
    Role role = Role::Writer;
    bool createIfMissing = true;
    int busyTimeoutMs = 5000;
    int cacheKib = 8 * 1024;
};

/// One connection: WAL, synchronous=FULL, temp_store=MEMORY, foreign_keys=ON, secure_delete=FAST, wal_autocheckpoint=0 on readers.
///
/// open() tells these apart: NOT_FOUND (no store and createIfMissing is off), FAILED_PRECONDITION/WRONG_KEY, FAILED_PRECONDITION/SCHEMA_TOO_NEW
/// (from migrate()), DATA_LOSS/STORE_DAMAGED, UNAVAILABLE/STORE_LOCKED (another process), PERMISSION_DENIED/STORAGE_READ_ONLY,
/// RESOURCE_EXHAUSTED/STORAGE_FULL, UNAVAILABLE/STORAGE_IO. It never makes a key or a store over an existing one.
/// A key-check record (file PATH.keycheck: random salt and HMAC-SHA-256 under a key derived from the store key) tells a wrong key from damage.
class Database {
public:
    [[nodiscard]] static Core::Result<Database> open(const OpenOptions &options, const StoreKey &key);
    ~Database();
    Database(Database &&) noexcept;
    Database &operator=(Database &&) noexcept;

    /// Runs statements that return no rows.
    [[nodiscard]] Core::Result<void> execute(std::string_view sql);
    /// Prepares, or takes from the connection's cache, the statement of this text; reset and with its bindings cleared.
    /// The pointer is valid until the database is destroyed.
    [[nodiscard]] Core::Result<Statement *> prepared(std::string_view sql);

    [[nodiscard]] std::int64_t lastInsertRowid() const;
    [[nodiscard]] std::int64_t changes() const;
    /// Moves the WAL into the file. Writer only.
    [[nodiscard]] Core::Result<void> checkpoint();
    /// Scans every page's check (cipher_integrity_check) and the structure; DATA_LOSS/STORE_DAMAGED names the first bad page.
    [[nodiscard]] Core::Result<void> verify();
    /// After an I/O error on commit nothing more is acknowledged: every call answers UNAVAILABLE/STORAGE_IO until reopened.
    [[nodiscard]] bool isPoisoned() const;
    [[nodiscard]] sqlite3 *handle() const;

private:
    struct Private;
    explicit Database(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d;
    friend class Statement;
    friend class Transaction;
};

/// A prepared statement. Parameters and columns count from 0. Text and blob views are valid until the next step() or reset().
class Statement {
public:
    ~Statement();
    Statement(const Statement &) = delete;
    Statement &operator=(const Statement &) = delete;

    Statement &bind(int index, std::int64_t value);
    Statement &bind(int index, std::string_view text);
    Statement &bindBlob(int index, std::string_view bytes);
    Statement &bindNull(int index);

    /// True if there is a row.
    [[nodiscard]] Core::Result<bool> step();
    /// Steps to the end of a statement that returns no rows, and resets.
    [[nodiscard]] Core::Result<void> run();
    void reset();

    [[nodiscard]] std::int64_t int64(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::string_view blob(int column) const;
    [[nodiscard]] bool isNull(int column) const;

private:
    Statement(Database::Private *database, sqlite3_stmt *statement);
    Database::Private *m_database;
    sqlite3_stmt *m_statement;
    friend class Database;
};

/// BEGIN IMMEDIATE ... COMMIT; rolls back when destroyed uncommitted. What a successful commit() wrote survives a power cut.
class Transaction {
public:
    [[nodiscard]] static Core::Result<Transaction> begin(Database &database);
    ~Transaction();
    Transaction(Transaction &&other) noexcept;
    Transaction &operator=(Transaction &&) = delete;
    [[nodiscard]] Core::Result<void> commit();

private:
    explicit Transaction(Database *database) : m_database(database) {}
    Database *m_database;
};

/// One numbered, one-way step of a schema. Version n+1 is reached from n by steps[n].
using Migration = std::string_view;

/// Brings the store to version steps.size() (PRAGMA user_version), each step in a transaction of its own.
/// FAILED_PRECONDITION/SCHEMA_TOO_NEW, the file untouched, if the store's version is higher.
[[nodiscard]] Core::Result<void> migrate(Database &database, std::span<const Migration> steps);

}  // namespace Satchel::CipherDb
