// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QTest>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Fails the calling test with the error's text. Only for functions that return nothing.
#define VERIFY_OK(...)                                                                                                                     \
    do {                                                                                                                                   \
        const auto &verifiedResult = (__VA_ARGS__);                                                                                        \
        QVERIFY2(verifiedResult.has_value(), verifiedResult ? "" : Satchel::Core::describe(verifiedResult.error()).c_str());               \
    } while (false)

/// Fails unless the result is this error; the outcome is printed either way.
#define VERIFY_FAILS(expectedCode, expectedReason, ...)                                                                                    \
    do {                                                                                                                                   \
        const auto &failedResult = (__VA_ARGS__);                                                                                          \
        QVERIFY2(!failedResult.has_value(), "an error was expected");                                                                      \
        QVERIFY2(failedResult.error().code == (expectedCode) && failedResult.error().reason == (expectedReason),                           \
                 Satchel::Core::describe(failedResult.error()).c_str());                                                                   \
    } while (false)

namespace Satchel::CipherDb::Testing {

using Core::ErrorCode;
using Core::ErrorReason;

/// A key of 32 bytes that count up from the first.
[[nodiscard]] StoreKey keyFrom(std::uint8_t first);

/// One store in a folder of its own.
class StoreFolder {
public:
    StoreFolder();
    explicit StoreFolder(const std::filesystem::path &folder)
        : m_folder(folder)
    {
    }
    [[nodiscard]] std::filesystem::path folder() const { return m_folder; }
    [[nodiscard]] std::filesystem::path file(const std::string &suffix = {}) const { return m_folder / ("store.db" + suffix); }
    [[nodiscard]] OpenOptions options(Role role = Role::Writer) const
    {
        OpenOptions made;
        made.path = file();
        made.role = role;
        return made;
    }
    [[nodiscard]] Core::Result<Database> open(Role role = Role::Writer, std::uint8_t key = 0) const;

private:
    std::optional<QTemporaryDir> m_temporary;
    std::filesystem::path m_folder;
};

/// Makes table entry(id INTEGER PRIMARY KEY, body BLOB, part INTEGER) with an index on part, if it is not there.
[[nodiscard]] Core::Result<void> makeEntryTable(Database &database);
/// The body that the entry of this id always has: from 20 bytes to several pages long.
[[nodiscard]] std::string bodyOf(std::int64_t id);
[[nodiscard]] Core::Result<void> insertEntry(Database &database, std::int64_t id, std::int64_t part);
/// In one durable transaction.
[[nodiscard]] Core::Result<void> commitEntries(Database &database, std::int64_t firstId, int count, std::int64_t part);
/// id -> part of all entries, having compared every body; DATA_LOSS without a reason for a row that nobody wrote.
[[nodiscard]] Core::Result<std::map<std::int64_t, std::int64_t>> readEntries(Database &database);

[[nodiscard]] QByteArray bytesOf(const std::filesystem::path &path);
void writeBytes(const std::filesystem::path &path, const QByteArray &bytes);
/// Name -> content of every file, subfolders included.
[[nodiscard]] std::map<std::string, QByteArray> contentOf(const std::filesystem::path &folder);
/// Copies by a process of its own: closing a copied file here would drop the locks that SQLite has on it.
[[nodiscard]] bool copyFolder(const std::filesystem::path &from, const std::filesystem::path &to);

/// The files of a store as a writer that has it open leaves them on the disk, to be damaged and put down elsewhere.
struct SavedStore {
    QByteArray store;
    QByteArray wal;
    QByteArray record;
    std::vector<qint64> walEnds;  ///< length of the WAL after the transaction of each part, from part 1 on

    /// Entries 1 to `rowsBefore`, of part 0, are in the file; of each part from 1 to `parts`, `rowsPerPart` from 1000 * part on are in the
    /// WAL, a transaction each.
    [[nodiscard]] static Core::Result<SavedStore> make(int rowsBefore, int parts, int rowsPerPart);
};
/// Makes these the store's files instead of those that are there. One that is empty is no file at all.
void putFiles(const StoreFolder &folder, const QByteArray &store, const QByteArray &wal, const QByteArray &record);
[[nodiscard]] QByteArray flipped(QByteArray bytes, qsizetype at, int mask = 0x10);

struct ProcessOutcome {
    int exitCode = -1;
    QByteArray output;
};
[[nodiscard]] ProcessOutcome runProcess(const QString &program, const QStringList &arguments);
/// Runs the helper program beside the tests to its end.
[[nodiscard]] ProcessOutcome runChild(const QStringList &arguments);
[[nodiscard]] QString childProgram();

/// Mounts for one test, unmounted when destroyed. Needs the rights of root.
class Mount {
public:
    Mount(const std::filesystem::path &point, const QStringList &arguments);
    ~Mount();
    Mount(const Mount &) = delete;
    Mount &operator=(const Mount &) = delete;
    [[nodiscard]] bool isMounted() const { return m_isMounted; }
    [[nodiscard]] bool unmount();

private:
    std::filesystem::path m_point;
    bool m_isMounted;
};

}  // namespace Satchel::CipherDb::Testing
