// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "filesystem.h"
#include "migrations.h"
#include "statement.h"
#include "storekey.h"
#include "transaction.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

/// RAII over SQLCipher. A Database, its statements and transactions belong to one thread at a time.
namespace Satchel::CipherDb {

enum class Role : std::uint8_t {
    Writer,  ///< the one writer and checkpointer; holds the store's lock file against a second process
    Reader,  ///< query_only, never checkpoints
    /// A reader that changes no byte of any file and holds no lock of the store, so that it may look at a store that is not its program's:
    /// beside a writer in another process, or at files that nobody has open, which must stay as they are meanwhile. Never creates.
    Inspector,
};

struct OpenOptions {
    std::filesystem::path path;
    Role role = Role::Writer;
    bool createIfMissing = true;  ///< a reader never creates
    int busyTimeoutMs = 5000;
    int cacheKib = 8 * 1024;
    FileSystem *files = nullptr;  ///< nullptr: the operating system's; otherwise outlives the database
    /// A writer's: the store's lock where the caller holds it already. It goes with the database from then on. Empty: open() takes it.
    std::shared_ptr<void> lock = nullptr;
};

/// One connection: WAL, synchronous=FULL, temp_store=MEMORY, foreign_keys=ON, secure_delete=FAST, no automatic checkpoints. The writer
/// moves the WAL into the file by itself after the commit that takes it past 4 MiB.
///
/// open() tells these apart: NOT_FOUND (no store and createIfMissing is off), FAILED_PRECONDITION/WRONG_KEY,
/// FAILED_PRECONDITION/SCHEMA_TOO_NEW (from migrate()), DATA_LOSS/STORE_DAMAGED, UNAVAILABLE/STORE_LOCKED (another process),
/// PERMISSION_DENIED/STORAGE_READ_ONLY, RESOURCE_EXHAUSTED/STORAGE_FULL, UNAVAILABLE/STORAGE_IO. It never makes a key or a store over an
/// existing one. A key-check record (file PATH.keycheck: random salt and HMAC-SHA-256 under a key derived from the store key) tells a wrong
/// key from damage.
///
/// Files beside the store at PATH, all with mode 0600: PATH-wal, PATH-shm, PATH.lock (never deleted) and PATH.keycheck; while its key is
/// changed, PATH.rekey and PATH.rekey.keycheck (rekey.h).
/// Nobody else may open PATH within the process: closing a second descriptor drops SQLite's POSIX locks.
class Database {
public:
    [[nodiscard]] static Core::Result<Database> open(const OpenOptions &options, const StoreKey &key);
    /// The last connection moves the WAL into the file and deletes it, unless the database is poisoned.
    ~Database();
    Database(Database &&) noexcept;
    Database &operator=(Database &&) noexcept;

    /// Runs statements that return no rows; rows of those that do are dropped.
    [[nodiscard]] Core::Result<void> execute(std::string_view sql);
    /// Prepares, or takes from the connection's cache, the statement of this text; reset and with its bindings cleared.
    /// The pointer is valid until the database is destroyed, so texts must be few and fixed: RESOURCE_EXHAUSTED/LIMIT_EXCEEDED past 1,024.
    [[nodiscard]] Core::Result<Statement *> prepared(std::string_view sql);
    /// A statement of its own for a text that is made for one use. Must not outlive the database.
    [[nodiscard]] Core::Result<std::unique_ptr<Statement>> compiled(std::string_view sql);
    /// Asked often while statements run, on their thread; once it says true, the statement that runs ends with CANCELLED. Empty: none.
    void setInterruption(std::function<bool()> isWanted);

    [[nodiscard]] std::int64_t lastInsertRowid() const;
    [[nodiscard]] std::int64_t changes() const;
    /// Moves the WAL into the file and empties it. Writer only. UNAVAILABLE/STORE_LOCKED, after doing what can be done, while a reader
    /// still looks at an older state.
    [[nodiscard]] Core::Result<void> checkpoint();
    /// Scans every page's check (cipher_integrity_check) and the structure; DATA_LOSS/STORE_DAMAGED names the first bad page.
    /// Writer only, outside a transaction.
    [[nodiscard]] Core::Result<void> verify();
    /// The first half of it: every page's check.
    [[nodiscard]] Core::Result<void> verifyPages();
    /// What is wrong with pages and structure, a line each, at most linesMax; empty: nothing. Any role. What is in the WAL only is not
    /// looked at, and beside a writer a page may seem bad that is just being written: ask again.
    [[nodiscard]] Core::Result<std::vector<std::string>> damage(std::size_t linesMax);
    /// An inspector's: a writer had the store open when it was opened here.
    [[nodiscard]] bool isBesideWriter() const;
    /// After an I/O error on commit nothing more is acknowledged: every call answers UNAVAILABLE/STORAGE_IO until reopened.
    [[nodiscard]] bool isPoisoned() const;
    [[nodiscard]] sqlite3 *handle() const;

private:
    explicit Database(std::unique_ptr<Connection> connection);
    std::unique_ptr<Connection> d;
    friend class Transaction;
};

}  // namespace Satchel::CipherDb
