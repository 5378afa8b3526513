// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: what is bound comes back byte for byte; the cache gives one statement a text; errors are values.
// Method: a store on disk, values at the edges, statements that break rules.

#include "storefixture.h"

#include <limits>

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

class TestStatement : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void values_roundTrip_data();
    void values_roundTrip();
    void integers_atTheEdges_roundTrip();
    void emptyTextAndBlob_areNotNull();
    void prepared_sameText_sameStatement();
    void prepared_again_hasNoBindings();
    void prepared_manyTexts_pointersStay();
    void prepared_tooManyTexts_isRefused();
    void prepared_notOneStatement_isRefused_data();
    void prepared_notOneStatement_isRefused();
    void bind_noSuchParameter_failsAtStep();
    void bind_whileRunning_isRefusedAndChangesNothing();
    void bind_again_replacesTheValue();
    void run_uniqueBroken_isAlreadyExists();
    void run_checkBroken_isFailedPrecondition();
    void run_foreignKeyBroken_isFailedPrecondition();
    void run_afterError_worksAgain();
    void changes_andRowid_areThoseOfTheLastInsert();

private:
    std::optional<StoreFolder> m_folder;
    std::optional<Database> m_database;
};

void TestStatement::init()
{
    m_database.reset();
    m_folder.emplace();
    auto database = m_folder->open();
    VERIFY_OK(database);
    m_database.emplace(std::move(*database));
    VERIFY_OK(m_database->execute("CREATE TABLE t(a, b UNIQUE, c INTEGER CHECK(c < 10)); CREATE TABLE p(id INTEGER PRIMARY KEY);"
                                  "CREATE TABLE k(p INTEGER NOT NULL REFERENCES p(id))"));
}

void TestStatement::values_roundTrip_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("ascii") << QByteArray("plain");
    QTest::newRow("nul inside") << QByteArray("a\0b", 3);
    QTest::newRow("only nul") << QByteArray("\0", 1);
    QTest::newRow("utf-8") << QByteArray("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80");
    QTest::newRow("quote") << QByteArray("'; DROP TABLE t; --");
    QTest::newRow("long") << QByteArray(300000, 'x');
}

void TestStatement::values_roundTrip()
{
    QFETCH(QByteArray, bytes);
    const std::string value = bytes.toStdString();
    auto insert = m_database->prepared("INSERT INTO t(a, b) VALUES(?, ?)");
    VERIFY_OK(insert);
    VERIFY_OK((*insert)->bind(0, std::string_view(value)).bindBlob(1, value).run());
    auto select = m_database->prepared("SELECT a, b FROM t");
    VERIFY_OK((*select)->step());
    QVERIFY((*select)->text(0) == value);
    QVERIFY((*select)->blob(1) == value);
}

void TestStatement::integers_atTheEdges_roundTrip()
{
    for (const std::int64_t value : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0}, std::int64_t{1} << 53,
                                     std::numeric_limits<std::int64_t>::max()}) {
        auto select = m_database->prepared("SELECT ?");
        VERIFY_OK((*select)->bind(0, value).step());
        QCOMPARE((*select)->int64(0), value);
    }
}

void TestStatement::emptyTextAndBlob_areNotNull()
{
    auto select = m_database->prepared("SELECT ?, ?, ?, ?");
    VERIFY_OK((*select)->bind(0, std::string_view()).bindBlob(1, std::string_view()).bindNull(2).step());
    QVERIFY(!(*select)->isNull(0));
    QVERIFY(!(*select)->isNull(1));
    QVERIFY((*select)->isNull(2));
    QVERIFY((*select)->isNull(3));
    QVERIFY((*select)->text(0).empty());
    QVERIFY((*select)->blob(1).empty());
    QVERIFY((*select)->text(2).empty());
}

void TestStatement::prepared_sameText_sameStatement()
{
    const auto one = m_database->prepared("SELECT 1");
    const auto two = m_database->prepared(std::string("SELECT ") + "1");
    QCOMPARE(*one, *two);
}

void TestStatement::prepared_again_hasNoBindings()
{
    auto select = m_database->prepared("SELECT ?");
    VERIFY_OK((*select)->bind(0, std::int64_t{5}).step());
    select = m_database->prepared("SELECT ?");
    VERIFY_OK((*select)->step());
    QVERIFY((*select)->isNull(0));
}

void TestStatement::prepared_manyTexts_pointersStay()
{
    const auto first = m_database->prepared("SELECT 'first'");
    VERIFY_OK((*first)->step());
    for (int i = 0; i < 500; ++i)
        VERIFY_OK(m_database->prepared("SELECT " + std::to_string(i)));
    QVERIFY((*first)->text(0) == "first");
}

void TestStatement::prepared_tooManyTexts_isRefused()
{
    Core::Result<Statement *> last;
    for (int i = 0; i < 1025 && (i == 0 || last); ++i)
        last = m_database->prepared("SELECT " + std::to_string(i));
    VERIFY_FAILS(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded, last);
    VERIFY_OK(m_database->prepared("SELECT 0"));
}

void TestStatement::prepared_notOneStatement_isRefused_data()
{
    QTest::addColumn<QString>("sql");
    QTest::newRow("none") << QString();
    QTest::newRow("two") << QStringLiteral("SELECT 1; SELECT 2");
    QTest::newRow("wrong") << QStringLiteral("SELEKT 1");
    QTest::newRow("no table") << QStringLiteral("SELECT * FROM nowhere");
    QTest::newRow("double quoted text") << QStringLiteral("SELECT \"text\"");
}

void TestStatement::prepared_notOneStatement_isRefused()
{
    QFETCH(QString, sql);
    VERIFY_FAILS(ErrorCode::Internal, ErrorReason::None, m_database->prepared(sql.toStdString()));
}

void TestStatement::bind_noSuchParameter_failsAtStep()
{
    auto select = m_database->prepared("SELECT ?");
    VERIFY_FAILS(ErrorCode::Internal, ErrorReason::None, (*select)->bind(1, std::int64_t{1}).step());
    select = m_database->prepared("SELECT ?");
    VERIFY_OK((*select)->bind(0, std::int64_t{1}).step());
}

void TestStatement::bind_whileRunning_isRefusedAndChangesNothing()
{
    auto select = m_database->prepared("SELECT ? UNION ALL SELECT ?");
    VERIFY_OK((*select)->bind(0, std::string_view("one")).bind(1, std::string_view("two")).step());
    (*select)->bind(1, std::string_view("six"));
    QVERIFY((*select)->text(0) == "one");
    QVERIFY(!(*select)->step());
    select = m_database->prepared("SELECT ? UNION ALL SELECT ?");
    VERIFY_OK((*select)->step());
}

void TestStatement::bind_again_replacesTheValue()
{
    auto select = m_database->prepared("SELECT ?1");
    for (const std::size_t size : {5U, 0U, 16384U, 16385U, 3U, 100000U, 1U}) {
        const std::string value(size, 'v');
        VERIFY_OK((*select)->bind(0, std::string(value)).step());
        QVERIFY((*select)->text(0) == value);
        (*select)->reset();
    }
}

void TestStatement::run_uniqueBroken_isAlreadyExists()
{
    VERIFY_OK(m_database->execute("INSERT INTO t(b) VALUES(1)"));
    VERIFY_FAILS(ErrorCode::AlreadyExists, ErrorReason::None, m_database->execute("INSERT INTO t(b) VALUES(1)"));
}

void TestStatement::run_checkBroken_isFailedPrecondition()
{
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::None, m_database->execute("INSERT INTO t(c) VALUES(11)"));
}

void TestStatement::run_foreignKeyBroken_isFailedPrecondition()
{
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::None, m_database->execute("INSERT INTO k(p) VALUES(1)"));
}

void TestStatement::run_afterError_worksAgain()
{
    auto insert = m_database->prepared("INSERT INTO t(b) VALUES(?)");
    VERIFY_OK((*insert)->bind(0, std::int64_t{1}).run());
    QVERIFY(!(*insert)->bind(0, std::int64_t{1}).run());
    VERIFY_OK((*insert)->bind(0, std::int64_t{2}).run());
    QVERIFY(!m_database->isPoisoned());
}

void TestStatement::changes_andRowid_areThoseOfTheLastInsert()
{
    VERIFY_OK(m_database->execute("INSERT INTO p(id) VALUES(41), (42)"));
    QCOMPARE(m_database->changes(), std::int64_t{2});
    QCOMPARE(m_database->lastInsertRowid(), std::int64_t{42});
}

QTEST_GUILESS_MAIN(TestStatement)
#include "tst_statement.moc"
