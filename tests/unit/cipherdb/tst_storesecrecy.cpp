// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: nothing of what an app keeps, nor the key, is on the disk in plain text: store, WAL, its index, lock, record, temporary files.
// Method: canaries go in as keys, values, table names, through sorts, indices and transactions that spill; every file is then searched, in
// the middle of a transaction, while open and after closing. A control shows that the search finds what is there.

#include "storefixture.h"

#include <QFile>

#include <array>

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

class TestStoreSecrecy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void search_plainFile_findsTheCanary();
    void search_unlinkedTemporaryFile_isFound();
    void store_inATransaction_holdsNoPlainText();
    void store_openAndClosed_holdsNoPlainText();
    void store_wholesale_looksRandom();

private:
    void openWithLittleCache();
    void fill();
    [[nodiscard]] QStringList findings();

    std::optional<StoreFolder> m_folder;
    std::optional<StoreFolder> m_copy;
    std::optional<QTemporaryDir> m_temporary;
    std::optional<Database> m_database;
};

namespace {

constexpr std::string_view canary = "CanaryQx7Zr9";

QList<QByteArray> needles()
{
    const QByteArray text(canary.data(), static_cast<qsizetype>(canary.size()));
    const StoreKey key = keyFrom(0);
    const QByteArray keyBytes(reinterpret_cast<const char *>(key.bytes().data()), StoreKey::sizeBytes);
    QByteArray wide;
    for (const char c : text)
        wide += QByteArray(1, c) + '\0';
    return {text,
            text.toLower(),
            text.toHex(),
            text.toBase64().left(12),
            wide,
            keyBytes,
            keyBytes.first(16),
            keyBytes.toHex(),
            keyBytes.toHex().toUpper(),
            QByteArray("SQLite format 3"),
            QByteArray("CREATE TABLE"),
            QByteArray("secretname")};
}

QStringList findingsIn(const std::filesystem::path &folder)
{
    QStringList found;
    for (const auto &[name, bytes] : contentOf(folder)) {
        for (const QByteArray &needle : needles()) {
            if (bytes.contains(needle))
                found += QString::fromStdString(name) + QStringLiteral(": ") + QString::fromLatin1(needle.toPercentEncoding());
        }
    }
    return found;
}

/// SQLite unlinks its temporary files as soon as they are open, so that no folder shows them.
QStringList unlinkedFilesIn(const QString &folder)
{
    QStringList found;
    std::error_code ignored;
    for (const auto &entry : std::filesystem::directory_iterator("/proc/self/fd", ignored)) {
        const QString target = QString::fromStdString(std::filesystem::read_symlink(entry.path(), ignored).string());
        if (target.startsWith(folder))
            found += target;
    }
    return found;
}

}  // namespace

void TestStoreSecrecy::init()
{
    m_database.reset();
    for (const char *variable : {"TMPDIR", "SQLITE_TMPDIR"})
        qunsetenv(variable);
    m_folder.emplace();
    m_temporary.emplace();
    m_copy.emplace();
    // SQLite asks these for a place each time it makes a temporary file.
    for (const char *variable : {"TMPDIR", "SQLITE_TMPDIR"})
        qputenv(variable, m_temporary->path().toLocal8Bit());
    openWithLittleCache();
}

void TestStoreSecrecy::openWithLittleCache()
{
    auto options = m_folder->options();
    options.cacheKib = 64;
    auto database = Database::open(options, keyFrom(0));
    VERIFY_OK(database);
    m_database.emplace(std::move(*database));
}

QStringList TestStoreSecrecy::findings()
{
    if (!copyFolder(m_folder->folder(), m_copy->folder() / "store") ||
        !copyFolder(m_temporary->path().toStdString(), m_copy->folder() / "temporary"))
        return {QStringLiteral("the folder cannot be copied")};
    return findingsIn(m_copy->folder()) + unlinkedFilesIn(m_temporary->path());
}

void TestStoreSecrecy::fill()
{
    VERIFY_OK(m_database->execute("CREATE TABLE secretname(k TEXT PRIMARY KEY, v BLOB, w TEXT) WITHOUT ROWID;"
                                  "CREATE TEMP TABLE passing(v TEXT)"));
    auto transaction = Transaction::begin(*m_database);
    VERIFY_OK(transaction);
    for (int i = 0; i < 3000; ++i) {
        const std::string text = std::string(canary) + std::to_string(i * 7919 % 3000) + std::string(canary);
        auto insert = m_database->prepared("INSERT INTO secretname(k, v, w) VALUES(?, ?, ?)");
        VERIFY_OK((*insert)->bind(0, text).bindBlob(1, text + text).bind(2, text).run());
    }
    QCOMPARE(findings(), QStringList());
    VERIFY_OK(transaction->commit());
}

void TestStoreSecrecy::search_plainFile_findsTheCanary()
{
    m_database.reset();
    writeBytes(m_folder->file(".plain"), QByteArray("....") + QByteArray(canary.data(), static_cast<qsizetype>(canary.size())));
    QCOMPARE(findings().size(), 1);
}

void TestStoreSecrecy::search_unlinkedTemporaryFile_isFound()
{
    QFile file(m_temporary->filePath(QStringLiteral("unlinked")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(QFile::remove(file.fileName()));
    QCOMPARE(findings().size(), 1);
}

void TestStoreSecrecy::store_inATransaction_holdsNoPlainText()
{
    fill();
    QVERIFY2(std::filesystem::file_size(m_folder->file("-wal")) > 100000, "the transaction has not spilled");
}

void TestStoreSecrecy::store_openAndClosed_holdsNoPlainText()
{
    fill();
    // Sorts, an index build, a temporary table and a statement journal, all larger than the cache.
    VERIFY_OK(m_database->execute("CREATE INDEX by_w ON secretname(w, v);"
                                  "INSERT INTO passing SELECT w || v FROM secretname ORDER BY v || w;"
                                  "CREATE TEMP TABLE sorted AS SELECT DISTINCT a.w || b.k AS x FROM secretname a, (SELECT k FROM "
                                  "secretname LIMIT 20) b ORDER BY x DESC;"
                                  "UPDATE secretname SET w = w || 'more' WHERE k > ''"));
    QCOMPARE(findings(), QStringList());
    QVERIFY2(std::filesystem::is_empty(m_temporary->path().toStdString()), "a temporary file was made");
    VERIFY_OK(m_database->checkpoint());
    QCOMPARE(findings(), QStringList());
    VERIFY_OK(m_database->execute("DELETE FROM secretname; VACUUM"));
    QCOMPARE(findings(), QStringList());
    m_database.reset();
    QCOMPARE(findings(), QStringList());
}

void TestStoreSecrecy::store_wholesale_looksRandom()
{
    fill();
    m_database.reset();
    const QByteArray bytes = bytesOf(m_folder->file());
    std::array<double, 256> counts{};
    for (const char c : bytes)
        counts[static_cast<unsigned char>(c)] += 1;
    const double expected = static_cast<double>(bytes.size()) / 256;
    double chiSquare = 0;
    for (const double count : counts)
        chiSquare += (count - expected) * (count - expected) / expected;
    // 255 degrees of freedom: mean 255, standard deviation 22.6; text is in the tens of thousands.
    QVERIFY2(chiSquare < 255 + 8 * 22.6, std::to_string(chiSquare).c_str());
}

QTEST_GUILESS_MAIN(TestStoreSecrecy)
#include "tst_storesecrecy.moc"
