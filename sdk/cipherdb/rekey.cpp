// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "rekey.h"

#include "database.h"
#include "keycheck.h"
#include "sqliteerror.h"

#include <sqlcipher/sqlite3.h>

#include <string>
#include <utility>

namespace Satchel::CipherDb {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::failure;
using Core::Result;

namespace {

/// Pages copied at a time; a step holds a read lock of the source.
constexpr int pagesPerStep = 4096;

Result<void> copyPages(Database &from, Database &to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
    if (backup == nullptr)
        return failure(sqliteError(sqlite3_extended_errcode(to.handle()), to.handle()));
    int result = SQLITE_OK;
    while (result == SQLITE_OK)
        result = sqlite3_backup_step(backup, pagesPerStep);
    const int finished = sqlite3_backup_finish(backup);
    if (result != SQLITE_DONE || finished != SQLITE_OK) {
        const int failed = result != SQLITE_DONE ? result : finished;
        return failure(sqliteError(failed, to.handle()));
    }
    return {};
}

/// One change of keys, with the lock held.
class Rekeying {
public:
    Rekeying(const std::filesystem::path &path, FileSystem &files, std::shared_ptr<void> lock)
        : m_path(path)
        , m_files(files)
        , m_lock(std::move(lock))
    {
    }

    Result<void> run(const StoreKey &oldKey, const StoreKey &newKey)
    {
        auto copied = copy(oldKey, newKey);
        if (!copied && m_hasBegun) {
            Core::ignore(removeRekeyed(m_path, m_files), "the next opening takes away what is left");
        }
        return copied ? swap() : copied;
    }

private:
    [[nodiscard]] Result<Database> open(const std::filesystem::path &path, const StoreKey &key, bool isMade) const
    {
        OpenOptions options;
        options.path = path;
        options.createIfMissing = isMade;
        options.files = &m_files;
        options.lock = m_lock;
        return Database::open(options, key);
    }

    /// What an earlier change left has been put in order by opening the store. Until it is, its record may be the only right one.
    Result<void> begin()
    {
        const auto left = m_files.fileSize(rekeyedRecordPath(m_path));
        if (!left)
            return failure(left.error());
        if (*left)
            return failure(Core::makeError(ErrorCode::Unavailable, ErrorReason::StorageIo,
                                           "an earlier change of the key could not be brought to its end; try again", Core::Retry::Later));
        m_hasBegun = true;
        return {};
    }

    /// Both databases are closed, their WALs gone, when it returns.
    Result<void> copy(const StoreKey &oldKey, const StoreKey &newKey)
    {
        auto from = open(m_path, oldKey, false);
        if (!from)
            return failure(std::move(from.error()));
        // A page that is bad would be copied as zeros, with a check that is right.
        auto made = from->checkpoint()
                        .and_then([&] { return from->verify(); })
                        .and_then([&] { return begin(); })
                        .and_then([&] { return open(rekeyedPath(m_path), newKey, true); })
                        .and_then([&](Database &&to) {
                            return copyPages(*from, to).and_then([&] { return to.checkpoint(); }).and_then([&] { return to.verify(); });
                        });
        from = failure(Core::Error{});
        return made ? checkNobodyReads() : made;
    }

    /// SQLite removes WAL and index with the last connection. A WAL of the old key would be taken for the new store's.
    Result<void> checkNobodyReads()
    {
        for (const char *suffix : {"-wal", "-shm"}) {
            for (const std::filesystem::path &path : {m_path, rekeyedPath(m_path)}) {
                const auto size = m_files.fileSize(path.string() + suffix);
                if (!size)
                    return failure(size.error());
                if (*size)
                    return failure(Core::makeError(ErrorCode::Unavailable, ErrorReason::StoreLocked,
                                                   "somebody reads the store; its key can be changed when it is closed everywhere",
                                                   Core::Retry::Later));
            }
        }
        return {};
    }

    Result<void> swap()
    {
        auto record = m_files.readSmallFile(rekeyedRecordPath(m_path), keyCheckSizeBytes);
        if (!record)
            return failure(std::move(record.error()));
        if (!*record)
            return failure(Core::makeError(ErrorCode::Unavailable, ErrorReason::StorageIo, "the new key-check record is gone"));
        if (auto swapped = m_files.renameFile(rekeyedPath(m_path), m_path); !swapped)
            return swapped;
        Core::ignore(m_files.writeFileAtomically(m_path.string() + ".keycheck", **record).and_then([this] {
            return removeRekeyed(m_path, m_files);
        }),
                     "the new key opens the store, and whoever opens it next goes on from here");
        return {};
    }

    const std::filesystem::path &m_path;
    FileSystem &m_files;
    std::shared_ptr<void> m_lock;
    bool m_hasBegun = false;
};

}  // namespace

std::filesystem::path rekeyedPath(const std::filesystem::path &path)
{
    return path.string() + ".rekey";
}

std::filesystem::path rekeyedRecordPath(const std::filesystem::path &path)
{
    return rekeyedPath(path).string() + ".keycheck";
}

Result<void> removeRekeyed(const std::filesystem::path &path, FileSystem &files)
{
    const std::string copy = rekeyedPath(path).string();
    for (const char *suffix : {"", "-journal", "-wal", "-shm", ".keycheck.new", ".keycheck"}) {
        const auto size = files.fileSize(copy + suffix);
        if (!size)
            return failure(size.error());
        if (!*size)
            continue;
        if (auto removed = files.removeFile(copy + suffix); !removed)
            return removed;
    }
    return {};
}

Result<void> rekey(const std::filesystem::path &path, const StoreKey &oldKey, const StoreKey &newKey, FileSystem *files,
                   const std::shared_ptr<void> &lock)
{
    FileSystem &system = files != nullptr ? *files : FileSystem::system();
    const std::filesystem::path canonical = system.canonical(path);
    std::shared_ptr<void> held = lock;
    if (!held) {
        auto taken = system.acquireLock(canonical.string() + ".lock", LockMode::Exclusive);
        if (!taken)
            return failure(std::move(taken.error()));
        held = std::move(*taken);
    }
    auto changed = Rekeying(canonical, system, held).run(oldKey, newKey);
    if (changed || changed.error().reason != ErrorReason::WrongKey)
        return changed;
    const auto isDone = system.fileSize(canonical).and_then([&](const auto &size) -> Result<bool> {
        return size.value_or(0) == 0 ? Result<bool>(false) : keyOpensStore(canonical, newKey, &system);
    });
    return isDone.value_or(false) ? Result<void>() : changed;
}

Result<bool> keyOpensStore(const std::filesystem::path &path, const StoreKey &key, FileSystem *files)
{
    FileSystem &system = files != nullptr ? *files : FileSystem::system();
    const std::filesystem::path canonical = system.canonical(path);
    const auto record = system.readSmallFile(canonical.string() + ".keycheck", keyCheckSizeBytes);
    const auto pending = system.fileSize(rekeyedRecordPath(canonical));
    if (!pending)
        return failure(pending.error());
    // Without a change under way the record says it all.
    if (record && *record && !*pending) {
        const KeyCheck check = compareKeyCheck(**record, key);
        if (check != KeyCheck::Damaged)
            return check == KeyCheck::Right;
    }
    OpenOptions options;
    options.path = canonical;
    options.role = Role::Inspector;
    options.createIfMissing = false;
    options.files = files;
    const auto opened = Database::open(options, key);
    if (opened || opened.error().code == ErrorCode::NotFound || opened.error().code == ErrorCode::DataLoss)
        return true;
    if (opened.error().reason == ErrorReason::WrongKey)
        return false;
    return failure(opened.error());
}

}  // namespace Satchel::CipherDb
