// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "database.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace Satchel::CipherDb {

/// What a Database, its statements and its transaction share.
struct Connection {
    /// Why statements are refused without being tried.
    enum class Refusal : std::uint8_t {
        None,
        TransactionLost,  ///< SQLite rolled the open transaction back by itself
        Poisoned,         ///< the disk failed
    };

    /// How things stood before a step.
    struct StepBefore {
        std::uint32_t cacheVersion;
        bool isAutocommit;
        bool isFirst;  ///< the statement had given no row yet
    };

    static constexpr int statementsMax = 1024;
    static constexpr int walPagesBeforeCheckpoint = 1024;
    static constexpr int walPagesReserved = 64;

    Connection() = default;
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    /// The error of a result that is not success; takes note of what it means for later calls.
    [[nodiscard]] Core::Error failed(int extendedResult);
    [[nodiscard]] Core::Error refused() const;
    [[nodiscard]] Core::Result<void> execute(const char *sql);
    /// First column of the first row as text.
    [[nodiscard]] Core::Result<std::string> single(const char *sql);
    /// The same of every row, up to rowsMax.
    [[nodiscard]] Core::Result<std::vector<std::string>> column(const char *sql, std::size_t rowsMax);
    [[nodiscard]] Core::Result<Statement *> prepared(std::string_view sql);
    [[nodiscard]] Core::Result<std::unique_ptr<Statement>> compiled(std::string_view sql, unsigned flags);
    void setInterruption(std::function<bool()> isWanted);
    /// A writer's, after each commit: there are so many pages in the WAL now.
    void committed(int walPages);
    /// Moves what is in the WAL into the file without waiting for anyone, where enough has come together.
    void checkpointPassively(int walPages);
    /// Gives the WAL room for the next commits. A commit into room that a file has is synced in less than half the time of one that makes
    /// the file grow, which the file system has to write down as well.
    void reserveWal(int walPages);
    /// What was done for a commit that is safe in the WAL has failed.
    void noteFailure(int extendedResult);
    /// SQLITE_CORRUPT if a page that failed its check took part in the last step of the statement: see connection_damage.cpp. Another
    /// error if that could not be found out; SQLITE_OK if not. `result` is that of the step, and is replaced where the step had to be made
    /// again to find out.
    [[nodiscard]] int servedFailure(sqlite3_stmt *statement, const StepBefore &before, int &result);
    /// What has put the pager into its error state, which lasts until the open transaction ends; SQLITE_OK if it is not in it.
    [[nodiscard]] int pagerFailure();
    /// Whether the disk reads nothing or, for a writer, takes nothing any more. Its file system may still have answered reads until now,
    /// with what was never written.
    [[nodiscard]] bool isDiskDead() const;
    /// Pages read from the disk so far. A step during which it stands still has met no new damage.
    [[nodiscard]] int pagesRead() const;
    /// Changes whenever the cache is dropped: another connection has committed, or the pager leaves its error state.
    [[nodiscard]] std::uint32_t cacheVersion() const;
    /// Whether closing moves the WAL into the file: not before the key is known to be right, not after an I/O error, never on a reader.
    void setCheckpointOnClose(bool isOn);

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    std::shared_ptr<void> lock;  ///< declared first: given back only when the handle is closed
    sqlite3 *handle = nullptr;
    std::unordered_map<std::string, std::unique_ptr<Statement>, TextHash, std::equal_to<>> statements;
    std::function<bool()> interruption;
    Role role = Role::Writer;
    Refusal refusal = Refusal::None;
    bool isInTransaction = false;
    bool isBesideWriter = false;
    sqlite3_stmt *probe = nullptr;           ///< asks the pager for the first page
    sqlite3_stmt *guard = nullptr;           ///< keeps a snapshot open
    std::uint32_t versionInTransaction = 0;  ///< the cache's version once a transaction has begun: nothing good changes it before the end
    int pagesReadBefore = 0;
    int busyTimeoutMs = 0;
    int walPagesSeen = 0;
    int walPagesWanted = walPagesBeforeCheckpoint;
    int walPagesOfRoom = 0;  ///< in the WAL's file, those in use too
};

}  // namespace Satchel::CipherDb
