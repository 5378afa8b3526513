// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: damaged bytes are found, named, and never served as good data; earlier transactions survive a torn tail.
// Method: the WAL is cut and overwritten at every offset of its last 4 KiB and at many before; a bit is flipped in every page of the store;
// a wrong key leaves every byte as it was. Each try is made on a fresh copy of the files.

#include "storefixture.h"

#include <functional>

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

class TestStoreDamage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void wal_cutAnywhere_keepsEarlierTransactions_data() { addRoles(); }
    void wal_cutAnywhere_keepsEarlierTransactions();
    void wal_overwrittenAnywhere_keepsEarlierTransactions_data() { addRoles(); }
    void wal_overwrittenAnywhere_keepsEarlierTransactions();
    void wal_garbageBehindTheEnd_isIgnored();
    void walIndex_garbage_isRebuilt();
    void store_flippedAnywhere_isFoundOrHarmless();
    void store_flippedAnywhere_noQueryHidesIt_data();
    void store_flippedAnywhere_noQueryHidesIt();
    void store_good_readerBesideCommits_isNotSuspected();
    void store_good_failingSql_isNotSuspected();
    void store_flipped_verifyNamesThePage();
    void store_cutAnywhere_isFoundOrHarmless();
    void store_wrongKey_isUntouched();
    void store_wrongKeyWithoutRecord_isUntouched();

private:
    void putBack();
    static void addRoles();
    void checkWalPrefix(qint64 damageAt, const char *what, Role role = Role::Reader);
    void sweepWal(const std::function<QByteArray(qint64 at)> &damaged, qint64 end, const char *what);

    static constexpr int rowsBefore = 40;
    static constexpr int rowsPerPart = 3;
    static constexpr std::int64_t rowAfter = 9000;
    static constexpr std::int64_t partAfter = 9;
    std::optional<StoreFolder> m_work;
    SavedStore m_saved;
};

void TestStoreDamage::initTestCase()
{
    m_work.emplace();
    auto saved = SavedStore::make(rowsBefore, 6, rowsPerPart);
    VERIFY_OK(saved);
    m_saved = std::move(*saved);
    QCOMPARE(m_saved.wal.size(), m_saved.walEnds.back());
}

/// Without the WAL.
void TestStoreDamage::putBack()
{
    putFiles(*m_work, m_saved.store, {}, m_saved.record);
}

/// Opens what is there: the transactions that end before the damage are whole, later ones are whole or not there, in order.
void TestStoreDamage::checkWalPrefix(qint64 damageAt, const char *what, Role role)
{
    auto database = m_work->open(role);
    const std::string where = std::string(what) + " at " + std::to_string(damageAt);
    if (role == Role::Writer && !database && damageAt < m_saved.walEnds[m_saved.walEnds.size() - 2]) {
        // Whole transactions follow: that is no torn end, and a writer says so instead of dropping them.
        QVERIFY2(database.error().reason == ErrorReason::StoreDamaged, (where + ": " + Core::describe(database.error())).c_str());
        QVERIFY2(database.error().detail.find("WAL") != std::string::npos, where.c_str());
        return;
    }
    QVERIFY2(database.has_value(), database ? "" : (where + ": " + Core::describe(database.error())).c_str());
    const auto entries = readEntries(*database);
    QVERIFY2(entries.has_value(), where.c_str());
    std::map<std::int64_t, int> rowsOf;
    for (const auto &[id, part] : *entries)
        ++rowsOf[part];
    QVERIFY2(rowsOf[0] == rowsBefore, where.c_str());
    bool isWhole = true;
    for (std::size_t i = 0; i < m_saved.walEnds.size(); ++i) {
        const int rows = rowsOf[static_cast<std::int64_t>(i) + 1];
        QVERIFY2(rows == 0 || (rows == rowsPerPart && isWhole), where.c_str());
        isWhole = rows == rowsPerPart;
        QVERIFY2(isWhole || m_saved.walEnds[i] > damageAt, where.c_str());
    }
    if (role == Role::Reader)
        return;
    // What is written behind the damage stays, and brings nothing back that was dropped.
    QVERIFY2(commitEntries(*database, rowAfter, 1, partAfter).has_value(), where.c_str());
    database = Core::failure(Core::Error());
    database = m_work->open(role);
    QVERIFY2(database.has_value(), database ? "" : (where + ": " + Core::describe(database.error())).c_str());
    auto expected = *entries;
    expected.emplace(rowAfter, partAfter);
    const auto again = readEntries(*database);
    QVERIFY2(again.has_value() && *again == expected, where.c_str());
}

void TestStoreDamage::addRoles()
{
    QTest::addColumn<bool>("isReader");
    QTest::newRow("reader") << true;
    QTest::newRow("writer, then a commit") << false;
}

/// Tries damage at every byte of the last 4 KiB, and at some before; with a writer, whose every try syncs, at fewer.
void TestStoreDamage::sweepWal(const std::function<QByteArray(qint64 at)> &damaged, qint64 end, const char *what)
{
    QFETCH(bool, isReader);
    putBack();
    const qint64 stepBefore = isReader ? 97 : 1009;
    const qint64 stepAtTheEnd = isReader || qEnvironmentVariableIsSet("SATCHEL_THOROUGH") ? 1 : 29;
    for (qint64 at = 0; at < end; at += at < m_saved.wal.size() - 4096 ? stepBefore : stepAtTheEnd) {
        // A writer moves what it found into the store when it closes.
        if (!isReader)
            putBack();
        writeBytes(m_work->file("-wal"), damaged(at));
        std::filesystem::remove(m_work->file("-shm"));
        checkWalPrefix(at, what, isReader ? Role::Reader : Role::Writer);
        if (QTest::currentTestFailed())
            return;
    }
}

void TestStoreDamage::wal_cutAnywhere_keepsEarlierTransactions()
{
    sweepWal([this](qint64 cut) { return m_saved.wal.first(cut); }, m_saved.wal.size() + 1, "cut");
}

void TestStoreDamage::wal_overwrittenAnywhere_keepsEarlierTransactions()
{
    // A flipped bit in the WAL's own header loses the whole WAL, as there is nothing left to check it by.
    sweepWal([this](qint64 at) { return flipped(m_saved.wal, at, 1 << (at % 8)); }, m_saved.wal.size(), "overwritten");
}

void TestStoreDamage::wal_garbageBehindTheEnd_isIgnored()
{
    for (const int size : {1, 23, 24, 4096, 4120, 20000}) {
        for (const char byte : {'g', '\0'}) {
            putBack();
            writeBytes(m_work->file("-wal"), m_saved.wal + QByteArray(size, byte));
            checkWalPrefix(m_saved.wal.size(), "garbage");
        }
    }
}

void TestStoreDamage::walIndex_garbage_isRebuilt()
{
    putFiles(*m_work, m_saved.store, m_saved.wal, m_saved.record);
    writeBytes(m_work->file("-shm"), QByteArray(32768, 'g'));
    auto database = m_work->open();
    VERIFY_OK(database);
    QCOMPARE(readEntries(*database)->size(), std::size_t{rowsBefore + 6 * rowsPerPart});
}

void TestStoreDamage::store_flippedAnywhere_isFoundOrHarmless()
{
    // Everything is in the file itself here, with pages of all kinds: tables, overflow, index.
    putBack();
    {
        auto database = m_work->open();
        VERIFY_OK(commitEntries(*database, 1000, 400, 7));
    }
    const QByteArray good = bytesOf(m_work->file());
    std::map<std::int64_t, std::int64_t> expected;
    {
        auto database = m_work->open();
        expected = *readEntries(*database);
    }
    int found = 0;
    int tries = 0;
    for (qsizetype page = 0; page < good.size() / 4096; ++page) {
        for (const int offset : {0, 17, 2000, 4015, 4031, 4095}) {
            const qsizetype at = page * 4096 + offset;
            writeBytes(m_work->file(), flipped(good, at, 1 << (at % 7)));
            ++tries;
            auto database = m_work->open(Role::Reader);
            auto entries =
                database ? readEntries(*database) : Core::Result<std::map<std::int64_t, std::int64_t>>(Core::failure(database.error()));
            if (entries)
                QVERIFY(*entries == expected);
            else
                QVERIFY2(entries.error().reason == ErrorReason::StoreDamaged, Core::describe(entries.error()).c_str());
            auto byIndex = database ? database->prepared("SELECT count(*) FROM entry INDEXED BY entry_part WHERE part = 7")
                                    : Core::Result<Statement *>(Core::failure(database.error()));
            auto hasRow = byIndex ? (*byIndex)->step() : Core::Result<bool>(Core::failure(byIndex.error()));
            if (hasRow)
                QCOMPARE((*byIndex)->int64(0), std::int64_t{400});
            else
                QVERIFY2(hasRow.error().reason == ErrorReason::StoreDamaged, Core::describe(hasRow.error()).c_str());
            found += !entries || !hasRow;
        }
    }
    QVERIFY2(found == tries, (std::to_string(found) + " of " + std::to_string(tries)).c_str());
}

void TestStoreDamage::store_flippedAnywhere_noQueryHidesIt_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<bool>("isReader");
    QTest::addColumn<bool>("isInTransaction");
    const std::array<const char *, 4> queries = {
        "SELECT count(*), sum(length(hex(body))) FROM entry",
        "SELECT 1 FROM entry WHERE body = zeroblob(9000)",
        "SELECT id FROM entry WHERE hex(body) LIKE '%0000000000000000000000000000'",
        "UPDATE entry SET part = part + 1000 WHERE body = zeroblob(9000)",
    };
    for (const char *sql : queries) {
        const bool isUpdate = QByteArray(sql).startsWith("UPDATE");
        QTest::addRow("writer: %s", sql) << QString::fromLatin1(sql) << false << false;
        QTest::addRow("writer in a transaction: %s", sql) << QString::fromLatin1(sql) << false << true;
        if (!isUpdate)
            QTest::addRow("reader: %s", sql) << QString::fromLatin1(sql) << true << false;
    }
}

/// Queries that need a damaged page as the last or only one, and say nothing about it: an aggregate, a comparison that fails, a write of no
/// row.
void TestStoreDamage::store_flippedAnywhere_noQueryHidesIt()
{
    QFETCH(QString, sql);
    QFETCH(bool, isReader);
    QFETCH(bool, isInTransaction);
    const auto answer = [&]() -> Core::Result<std::string> {
        auto database = m_work->open(isReader ? Role::Reader : Role::Writer);
        if (!database)
            return Core::failure(database.error());
        std::optional<Transaction> transaction;
        if (isInTransaction) {
            auto begun = Transaction::begin(*database);
            if (!begun)
                return Core::failure(begun.error());
            transaction.emplace(std::move(*begun));
        }
        auto query = database->prepared(sql.toStdString());
        std::string text;
        while (query) {
            auto hasRow = (*query)->step();
            if (!hasRow)
                return Core::failure(hasRow.error());
            if (!*hasRow)
                break;
            text += std::string((*query)->text(0)) + ";";
        }
        if (!query)
            return Core::failure(query.error());
        if (auto committed = transaction ? transaction->commit() : Core::Result<void>(); !committed)
            return Core::failure(committed.error());
        return text;
    };
    putBack();
    const auto expected = answer();
    VERIFY_OK(expected);
    int found = 0;
    for (qsizetype page = 0; page < m_saved.store.size() / 4096; ++page) {
        putFiles(*m_work, flipped(m_saved.store, page * 4096 + 3000), {}, m_saved.record);
        const auto actual = answer();
        if (actual)
            QCOMPARE(*actual, *expected);
        else
            QVERIFY2(actual.error().reason == ErrorReason::StoreDamaged, Core::describe(actual.error()).c_str());
        found += !actual;
    }
    // All but the pages of the index.
    QVERIFY2(found >= static_cast<int>(m_saved.store.size() / 4096) - 2, std::to_string(found).c_str());
}

void TestStoreDamage::store_good_readerBesideCommits_isNotSuspected()
{
    putBack();
    auto writer = m_work->open();
    auto reader = m_work->open(Role::Reader);
    VERIFY_OK(reader);
    for (int i = 0; i < 30; ++i) {
        VERIFY_OK(commitEntries(*writer, 1000 + i * 10, 10, 1));
        auto nothing = reader->prepared("SELECT id FROM entry WHERE body = zeroblob(9000)");
        const auto hasRow = (*nothing)->step();
        VERIFY_OK(hasRow);
        QVERIFY(!*hasRow);
        QCOMPARE(readEntries(*reader)->size(), static_cast<std::size_t>(rowsBefore + (i + 1) * 10));
    }
}

void TestStoreDamage::store_good_failingSql_isNotSuspected()
{
    for (const char *sql : {"SELECT abs(-9223372036854775808) FROM entry WHERE length(body) > 8000",
                            "INSERT INTO entry SELECT id + 5000, body, abs(-9223372036854775808 + (id < 30)) FROM entry"}) {
        for (const bool isInTransaction : {false, true}) {
            putBack();
            auto database = m_work->open();
            std::optional<Transaction> transaction;
            if (isInTransaction)
                transaction.emplace(Transaction::begin(*database).value());
            auto failing = database->prepared(sql);
            VERIFY_FAILS(ErrorCode::Internal, ErrorReason::None, (*failing)->run());
            // Rows were read and others perhaps written before the failure; the rest of the work goes on.
            VERIFY_OK(database->execute("SELECT sum(length(body)) FROM entry"));
            if (transaction)
                VERIFY_OK(transaction->commit());
            QCOMPARE(readEntries(*database)->size(), std::size_t{rowsBefore});
        }
    }
}

void TestStoreDamage::store_flipped_verifyNamesThePage()
{
    putFiles(*m_work, flipped(m_saved.store, 3 * 4096 + 5), {}, m_saved.record);
    auto database = m_work->open();
    VERIFY_OK(database);
    const auto verified = database->verify();
    VERIFY_FAILS(ErrorCode::DataLoss, ErrorReason::StoreDamaged, verified);
    QVERIFY2(verified.error().detail.find("page 4") != std::string::npos, verified.error().detail.c_str());
}

void TestStoreDamage::store_cutAnywhere_isFoundOrHarmless()
{
    putBack();
    for (qsizetype size = m_saved.store.size() - 1; size > 0; size -= 1021) {
        writeBytes(m_work->file(), m_saved.store.first(size));
        auto database = m_work->open(Role::Reader);
        const auto entries =
            database ? readEntries(*database) : Core::Result<std::map<std::int64_t, std::int64_t>>(Core::failure(database.error()));
        if (entries)
            QCOMPARE(entries->size(), std::size_t{rowsBefore});
        else
            QVERIFY2(entries.error().reason == ErrorReason::StoreDamaged || entries.error().reason == ErrorReason::StorageIo,
                     Core::describe(entries.error()).c_str());
    }
}

void TestStoreDamage::store_wrongKey_isUntouched()
{
    putFiles(*m_work, m_saved.store, m_saved.wal, m_saved.record);
    const auto before = contentOf(m_work->folder());
    for (const Role role : {Role::Writer, Role::Reader})
        VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, m_work->open(role, 1));
    auto after = contentOf(m_work->folder());
    after.erase("store.db.lock");
    auto expected = before;
    expected.erase("store.db.lock");
    QVERIFY(after == expected);
}

void TestStoreDamage::store_wrongKeyWithoutRecord_isUntouched()
{
    putFiles(*m_work, m_saved.store, m_saved.wal, m_saved.record);
    std::filesystem::remove(m_work->file(".keycheck"));
    for (const Role role : {Role::Writer, Role::Reader})
        VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, m_work->open(role, 1));
    QVERIFY(bytesOf(m_work->file()) == m_saved.store);
    QVERIFY(bytesOf(m_work->file("-wal")) == m_saved.wal);
    QVERIFY(!std::filesystem::exists(m_work->file(".keycheck")));
    auto database = m_work->open();
    VERIFY_OK(database);
    QCOMPARE(readEntries(*database)->size(), std::size_t{rowsBefore + 6 * rowsPerPart});
}

QTEST_GUILESS_MAIN(TestStoreDamage)
#include "tst_storedamage.moc"
