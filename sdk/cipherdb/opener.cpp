// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "opener.h"

#include "keycheck.h"
#include "readonlyvfs.h"
#include "rekey.h"
#include "salvage.h"
#include "sqliteerror.h"

#include "core/sabotage.h"

#include <sodium.h>
#include <sqlcipher/sqlite3.h>

#include <array>
#include <string>
#include <string_view>

namespace Satchel::CipherDb {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::failure;
using Core::makeError;
using Core::Result;
using Core::Retry;

namespace {

Core::Error damaged(std::string detail)
{
    return makeError(ErrorCode::DataLoss, ErrorReason::StoreDamaged, std::move(detail), Retry::AfterChange);
}

Core::Error wrongKey(std::string detail)
{
    return makeError(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, std::move(detail), Retry::AfterChange);
}

int onWalCommit(void *context, sqlite3 * /*handle*/, const char *schema, int pages)
{
    if (std::string_view(schema) == "main")
        static_cast<Connection *>(context)->committed(pages);
    return SQLITE_OK;
}

}  // namespace

Opener::Opener(const OpenOptions &options, const StoreKey &key)
    : m_options(options)
    , m_key(key)
    , m_files(options.files != nullptr ? *options.files : FileSystem::system())
{
    // Two names of one file must lock one lock file.
    m_path = m_files.canonical(options.path);
    m_recordPath = m_path.string() + ".keycheck";
}

Result<std::unique_ptr<Connection>> Opener::open()
{
    m_connection = std::make_unique<Connection>();
    m_connection->role = m_options.role;
    return inspect()
        .and_then([this] { return takeLock(); })
        .and_then([this] { return prepareFiles(); })
        .and_then([this]() -> Result<void> {
            if (isInspector())
                return openForInspection();
            auto opened = tryOpen(false);
            // On a read-only medium there is no place for the WAL's index.
            const bool isReadOnly = !opened && opened.error().reason == ErrorReason::StorageReadOnly;
            if (isReadOnly && isReader() && !m_files.isFolderWritable(m_path))
                return tryOpen(true);
            return opened;
        })
        .map([this] { return std::move(m_connection); });
}

/// Beside a writer SQLite's own locks between readers and writer are needed, and there are files for them already. With nobody there, a
/// reader would make such files, so the store is read without.
Result<void> Opener::openForInspection()
{
    const auto lock = m_files.acquireLock(m_path.string() + ".lock", LockMode::Shared);
    m_connection->isBesideWriter = !lock && lock.error().reason == ErrorReason::StoreLocked;
    return tryOpen(!m_connection->isBesideWriter);
}

/// Looks at the files without changing any. Called again under the lock, since what was seen before may be history.
Result<void> Opener::inspect()
{
    const auto storeSize = m_files.fileSize(m_path);
    const auto walSize = m_files.fileSize(m_path.string() + "-wal");
    if (!storeSize || !walSize)
        return failure(storeSize ? walSize.error() : storeSize.error());
    m_isNew = storeSize->value_or(0) == 0;
    m_hasWal = walSize->value_or(0) != 0;
    if (auto known = inspectRecords(); !known)
        return known;
    if (m_isNew && (!m_options.createIfMissing || isReader()) && !m_hasWal)
        return failure(makeError(ErrorCode::NotFound, ErrorReason::None, "there is no store at this path", Retry::AfterChange));
    // An empty store beside its record is a creation that was cut short: nothing was ever kept under that key.
    if (m_record == Record::Wrong && !m_isRekeyedRight && !(m_isNew && !m_hasWal))
        return failure(wrongKey("this is not the store's key; the store is left as it is"));
    // SQLite would delete the WAL of an empty file without a word.
    if (m_isNew && m_hasWal)
        return failure(damaged("the store file is empty or gone but its WAL is not"));
    return {};
}

Result<void> Opener::inspectRecords()
{
    auto record = m_files.readSmallFile(m_recordPath, keyCheckSizeBytes);
    if (!record && record.error().reason != ErrorReason::LimitExceeded)
        return failure(std::move(record.error()));
    if (!record) {
        m_record = Record::Damaged;
    } else if (!*record) {
        m_record = Record::Missing;
    } else {
        const KeyCheck check = compareKeyCheck(**record, m_key);
        m_recordSalt = keyCheckSalt(**record);
        m_record = check == KeyCheck::Right ? Record::Right : check == KeyCheck::Wrong ? Record::Wrong : Record::Damaged;
    }
    auto rekeyed = m_files.readSmallFile(rekeyedRecordPath(m_path), keyCheckSizeBytes);
    if (!rekeyed && rekeyed.error().reason != ErrorReason::LimitExceeded)
        return failure(std::move(rekeyed.error()));
    m_rekeyedRecord = rekeyed ? std::move(*rekeyed).value_or(std::string()) : std::string();
    m_isRekeyedRight = compareKeyCheck(m_rekeyedRecord, m_key) == KeyCheck::Right;
    return {};
}

Result<void> Opener::takeLock()
{
    if (isReader())
        return {};
    if (m_options.lock) {
        m_connection->lock = m_options.lock;
        return inspect();
    }
    auto lock = m_files.acquireLock(m_path.string() + ".lock", LockMode::Exclusive);
    if (!lock)
        return failure(std::move(lock.error()));
    m_connection->lock = std::move(*lock);
    return inspect();
}

Result<void> Opener::prepareFiles()
{
    if (!m_isNew)
        return {};
    // The record comes first: from the first byte of the store on, its key can be told.
    if (m_record != Record::Right) {
        const std::string record = makeKeyCheck(m_key);
        if (auto written = m_files.writeFileAtomically(m_recordPath, record); !written)
            return written;
        m_record = Record::Right;
        m_recordSalt = keyCheckSalt(record);
    }
    return m_files.createPrivateFile(m_path);
}

Result<void> Opener::tryOpen(bool isAlone)
{
    return connect(isAlone)
        .and_then([this] { return applyKey(); })
        .and_then([this] { return proveKey(); })
        .and_then([this] { return checkWal(); })
        .and_then([this] { return keepRecord(); })
        .and_then([this] { return configure(); })
        .and_then([this] { return configureJournal(); });
}

/// `isAlone`: nobody writes while this connection is there, so that it needs no locks and no files for them.
Result<void> Opener::connect(bool isAlone)
{
    sqlite3_close(m_connection->handle);
    m_connection->handle = nullptr;
    if (isAlone && !isInspector()) {
        // A writer that can write there from elsewhere would break the promise that nothing changes.
        auto lock = m_files.acquireLock(m_path.string() + ".lock", LockMode::Shared);
        if (!lock && lock.error().reason == ErrorReason::StoreLocked)
            return failure(std::move(lock.error()));
        if (lock)
            m_connection->lock = std::move(*lock);
    }
    // A connection belongs to one thread at a time, so SQLite's own mutexes are not paid for.
    // SQLite's own "immutable" would do but for damage: it keeps a page that failed its check, and serves it as zeros the next time.
    const int flags = SQLITE_OPEN_NOMUTEX | (isAlone ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    const char *vfs = isAlone && m_files.vfsName() == nullptr ? readOnlyVfsName() : m_files.vfsName();
    const int result = sqlite3_open_v2(m_path.c_str(), &m_connection->handle, flags, vfs);
    if (result != SQLITE_OK)
        return failure(m_connection->failed(m_connection->handle != nullptr ? sqlite3_extended_errcode(m_connection->handle) : result));
    sqlite3 *handle = m_connection->handle;
    sqlite3_extended_result_codes(handle, 1);
    m_connection->busyTimeoutMs = m_options.busyTimeoutMs;
    sqlite3_busy_timeout(handle, m_options.busyTimeoutMs);
    m_connection->setCheckpointOnClose(false);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_wal_hook(handle, isReader() ? nullptr : onWalCommit, m_connection.get());
    return {};
}

Result<void> Opener::applyKey()
{
    // SQLCipher logs to standard error, which is the app's; every failure reaches the caller as a value instead. The first key of a process
    // makes it forget that it was told, so it is told once more below.
    constexpr const char *silence = "PRAGMA cipher_log_level = NONE";
    if (auto silenced = m_connection->single(silence); !silenced)
        return failure(std::move(silenced.error()));
    // The form x'<64 hex digits>' is a raw key: no passphrase derivation, which for a random key would only cost time.
    // A new store's salt is given behind the key: the one that its key-check record has.
    constexpr std::size_t keyHexBytes = 2 * StoreKey::sizeBytes;
    constexpr std::size_t saltHexBytes = 2 * PageCodec::saltBytes;
    const std::size_t hexBytes = keyHexBytes + (m_isNew ? saltHexBytes : 0);
    std::array<char, keyHexBytes + saltHexBytes + 4> text{};
    text[0] = 'x';
    text[1] = '\'';
    sodium_bin2hex(text.data() + 2, keyHexBytes + 1, m_key.bytes().data(), StoreKey::sizeBytes);
    if (m_isNew) {
        const PageCodec::Salt salt = PageCodec::saltOf(m_recordSalt);
        sodium_bin2hex(text.data() + 2 + keyHexBytes, saltHexBytes + 1, salt.data(), salt.size());
    }
    text[hexBytes + 2] = '\'';
    const int result = sqlite3_key_v2(m_connection->handle, "main", text.data(), static_cast<int>(hexBytes + 3));
    sodium_memzero(text.data(), text.size());
    if (result != SQLITE_OK)
        return failure(m_connection->failed(result));
    if (auto silenced = m_connection->single(silence); !silenced)
        return failure(std::move(silenced.error()));
    // Pins page size, ciphers and derivations to those of SQLCipher 4 whatever a later library's defaults are.
    // cipher_memory_security stays off: it locks and wipes every allocation of SQLite at several times the cost of a read, and the
    // documents themselves are in the process's memory anyway.
    return m_connection->single("PRAGMA cipher_compatibility = 4").map([](const std::string &) {});
}

/// Reads the first page. Nothing has been written by then, and closing leaves the files as they were.
Result<void> Opener::proveKey()
{
    auto read = m_connection->single("SELECT count(*) FROM sqlite_schema");
    if (read)
        return {};
    if (read.error().reason != ErrorReason::StoreDamaged)
        return failure(std::move(read.error()));
    const auto salvage = Salvage::open(m_path, m_key, &m_files);
    if (salvage)
        return failure(damaged("the key is right, but " + salvage->findings().describe()));
    // The copy is gone, so it took the store's place, or was never made; the record did not follow yet.
    const auto copy = m_files.fileSize(rekeyedPath(m_path));
    const bool isRekeyed = !m_rekeyedRecord.empty() && !m_isRekeyedRight && copy && !*copy;
    if (isRekeyed || (m_isRekeyedRight && m_record != Record::Right))
        return failure(wrongKey("the store's key was being changed, and this is not the one that it has; it is left as it is"));
    if (m_record == Record::Right)
        return failure(damaged("the key is right, but the first page fails its check: " + read.error().detail));
    return failure(wrongKey(m_record == Record::Missing
                                ? "the key does not open the store; its key-check record is missing, so the store may be damaged instead"
                                : "the key does not open the store; its key-check record is damaged, so the store may be damaged too"));
}

/// SQLite takes a damaged WAL for one that ends at the damage, and would write over the rest.
Result<void> Opener::checkWal()
{
    if (isReader() || !m_hasWal)
        return {};
    const auto wal = RawFile::open(m_files, m_path.string() + "-wal");
    if (!wal)
        return failure(wal.error());
    const WalScan scan = *wal ? WalScan::of(**wal) : WalScan();
    if (!scan.isDamaged())
        return {};
    if (scan.isUnread() || m_connection->isDiskDead())
        return failure(m_connection->failed(SQLITE_IOERR_READ));
    return failure(damaged("frame " + std::to_string(scan.damagedFrame()) +
                           " of the WAL fails its check, and transactions follow it (0: the WAL's header)"));
}

Result<void> Opener::keepRecord()
{
    if (isReader())
        return {};
    if (m_record != Record::Right && !m_isRekeyedRight)
        return m_files.writeFileAtomically(m_recordPath, makeKeyCheck(m_key));
    const auto half = m_files.fileSize(rekeyedRecordPath(m_path).string() + ".new");
    if (!m_rekeyedRecord.empty() || (half && *half)) {
        // As long as this is not done the second record stands in for the first, so a disk that is full does not matter here.
        auto kept = m_record == Record::Right ? Result<void>() : m_files.writeFileAtomically(m_recordPath, m_rekeyedRecord);
        Core::ignore(kept.and_then([this] { return removeRekeyed(m_path, m_files); }), "the next opening goes on");
    }
    return {};
}

Result<void> Opener::configure()
{
    const std::string synchronous = Core::isSabotaged(Core::Sabotage::AckBeforeSync) ? "OFF" : "FULL";
    const std::string pragmas = "PRAGMA temp_store = MEMORY;"
                                "PRAGMA synchronous = " +
                                synchronous +
                                ";"
                                "PRAGMA fullfsync = ON;"
                                "PRAGMA checkpoint_fullfsync = ON;"
                                "PRAGMA foreign_keys = ON;"
                                "PRAGMA secure_delete = FAST;"
                                "PRAGMA mmap_size = 0;"
                                "PRAGMA cache_size = -" +
                                std::to_string(m_options.cacheKib) + ";";
    return m_connection->execute(pragmas.c_str());
}

Result<void> Opener::configureJournal()
{
    if (isReader())
        return m_connection->execute("PRAGMA query_only = ON");
    if (sqlite3_db_readonly(m_connection->handle, "main") == 1)
        return failure(
            makeError(ErrorCode::PermissionDenied, ErrorReason::StorageReadOnly, "the store file cannot be written", Retry::AfterChange));
    const auto mode = m_connection->single("PRAGMA journal_mode = WAL");
    if (!mode)
        return failure(mode.error());
    if (*mode != "wal")
        return failure(makeError(ErrorCode::Internal, ErrorReason::None, "this file system does not allow a write-ahead log"));
    // A bulk import grows the WAL once; what is beyond this is given back when it starts over.
    auto limited = m_connection->execute("PRAGMA journal_size_limit = 16777216");
    if (limited)
        m_connection->setCheckpointOnClose(true);
    return limited;
}

Result<Database> Database::open(const OpenOptions &options, const StoreKey &key)
{
    return Opener(options, key).open().map([](std::unique_ptr<Connection> connection) { return Database(std::move(connection)); });
}

}  // namespace Satchel::CipherDb
