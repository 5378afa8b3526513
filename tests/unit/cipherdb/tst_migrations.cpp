// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: a store of any published version opens and reaches the newest; an older program leaves a newer store alone; a process killed in the
// middle leaves the old version or the new one, whole; so does a disk that fails or a power cut.
// Method: golden files with a fixed key (made by "cipherdb_child golden FOLDER"), and a child that dies at the n-th step of the machine.

#include "goldenschema.h"
#include "storefixture.h"

#include "support/disk/simulateddisk.h"

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;

class TestMigrations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void newStore_allSteps_reachesNewest();
    void newStore_noSteps_staysAtZero();
    void golden_v1_opensAndMigrates();
    void golden_v1_wrongKey_isRefused();
    void olderProgram_newerStore_isUntouched();
    void olderProgram_newerStoreWithWal_isUntouched();
    void failingStep_keepsTheVersionBefore();
    void stepEndingItsTransaction_isRefused();
    void killed_atAnyStep_isOldOrNew();
    void killed_beforeAnyCommit_isOldOrNew();
    void disk_failingAtEveryOperation_isOldOrNew_data();
    void disk_failingAtEveryOperation_isOldOrNew();

private:
    void takeGolden();
    void checkVersion(Database &database, std::int64_t version);

    std::optional<StoreFolder> m_folder;
};

namespace {

std::filesystem::path goldenFile(const char *suffix)
{
    return std::filesystem::path(SATCHEL_SOURCE_DIR) / "tests" / "data" / "golden" / (std::string("cipherdb_v1.db") + suffix);
}

std::int64_t countOf(Database &database, const std::string &sql)
{
    auto statement = database.prepared(sql);
    if (!statement || !(*statement)->step().value_or(false))
        return -1;
    const std::int64_t count = (*statement)->int64(0);
    (*statement)->reset();
    return count;
}

}  // namespace

void TestMigrations::init()
{
    m_folder.emplace();
}

void TestMigrations::takeGolden()
{
    for (const char *suffix : {"", ".keycheck"})
        std::filesystem::copy_file(goldenFile(suffix), m_folder->file(suffix), std::filesystem::copy_options::overwrite_existing);
}

/// The schema and the rows are exactly those of the version: nothing of a later step is there, and no row is lost.
void TestMigrations::checkVersion(Database &database, std::int64_t version)
{
    QCOMPARE(*schemaVersion(database), version);
    QCOMPARE(countOf(database, "SELECT count(*) FROM pragma_table_info('note') WHERE name = 'length'"), std::int64_t{version >= 2});
    QCOMPARE(countOf(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'note_title'"), std::int64_t{version == 2});
    QCOMPARE(countOf(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'tag'"), std::int64_t{version >= 3});
    if (version >= 2)
        QCOMPARE(countOf(database, "SELECT count(*) FROM note WHERE length = length(body)"), std::int64_t{goldenRows});
    if (version >= 3)
        QCOMPARE(countOf(database, "SELECT count(*) FROM tag"), std::int64_t{goldenRows});
    auto select = database.prepared("SELECT id, title, body FROM note ORDER BY id");
    VERIFY_OK(select);
    for (std::int64_t id = 1; id <= goldenRows; ++id) {
        auto hasRow = (*select)->step();
        VERIFY_OK(hasRow);
        QVERIFY(*hasRow);
        QCOMPARE((*select)->int64(0), id);
        QVERIFY((*select)->text(1) == goldenTitle(id));
        QVERIFY((*select)->blob(2) == bodyOf(id));
    }
    QCOMPARE((*select)->step().value_or(true), false);
}

void TestMigrations::newStore_allSteps_reachesNewest()
{
    auto database = m_folder->open();
    VERIFY_OK(migrate(*database, goldenSteps));
    QCOMPARE(*schemaVersion(*database), std::int64_t{3});
    VERIFY_OK(migrate(*database, goldenSteps));
}

void TestMigrations::newStore_noSteps_staysAtZero()
{
    auto database = m_folder->open();
    VERIFY_OK(migrate(*database, {}));
    QCOMPARE(*schemaVersion(*database), std::int64_t{0});
}

void TestMigrations::golden_v1_opensAndMigrates()
{
    takeGolden();
    auto database = m_folder->open();
    VERIFY_OK(database);
    checkVersion(*database, 1);
    for (std::size_t version = 1; version <= goldenSteps.size(); ++version) {
        VERIFY_OK(migrate(*database, std::span(goldenSteps).first(version)));
        checkVersion(*database, static_cast<std::int64_t>(version));
    }
    VERIFY_OK(database->verify());
}

void TestMigrations::golden_v1_wrongKey_isRefused()
{
    takeGolden();
    VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::WrongKey, m_folder->open(Role::Writer, 1));
    QVERIFY(bytesOf(m_folder->file()) == bytesOf(goldenFile("")));
}

void TestMigrations::olderProgram_newerStore_isUntouched()
{
    takeGolden();
    {
        auto database = m_folder->open();
        VERIFY_OK(migrate(*database, goldenSteps));
    }
    const QByteArray before = bytesOf(m_folder->file());
    {
        auto database = m_folder->open();
        VERIFY_OK(database);
        VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::SchemaTooNew, migrate(*database, std::span(goldenSteps).first(1)));
    }
    QVERIFY(bytesOf(m_folder->file()) == before);
    auto database = m_folder->open();
    checkVersion(*database, 3);
}

void TestMigrations::olderProgram_newerStoreWithWal_isUntouched()
{
    takeGolden();
    {
        auto database = m_folder->open();
        VERIFY_OK(migrate(*database, std::span(goldenSteps).first(2)));
    }
    QCOMPARE(runChild({QStringLiteral("leave-wal"), QString::fromStdString(m_folder->folder().string())}).exitCode, 0);
    const QByteArray store = bytesOf(m_folder->file());
    const QByteArray wal = bytesOf(m_folder->file("-wal"));
    QVERIFY(!wal.isEmpty());
    {
        auto database = m_folder->open();
        VERIFY_FAILS(ErrorCode::FailedPrecondition, ErrorReason::SchemaTooNew, migrate(*database, std::span(goldenSteps).first(1)));
    }
    QVERIFY(bytesOf(m_folder->file()) == store);
    QVERIFY(bytesOf(m_folder->file("-wal")) == wal);
    auto database = m_folder->open();
    QCOMPARE(countOf(*database, "SELECT count(*) FROM note WHERE title = 'in the wal'"), std::int64_t{1});
}

void TestMigrations::failingStep_keepsTheVersionBefore()
{
    const std::array<Migration, 3> steps = {goldenSteps[0], "CREATE TABLE half(id INTEGER); INSERT INTO nowhere VALUES(1)", goldenSteps[2]};
    auto database = m_folder->open();
    VERIFY_FAILS(ErrorCode::Internal, ErrorReason::None, migrate(*database, steps));
    QCOMPARE(*schemaVersion(*database), std::int64_t{1});
    QCOMPARE(countOf(*database, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), std::int64_t{0});
}

void TestMigrations::stepEndingItsTransaction_isRefused()
{
    const std::array<Migration, 1> steps = {"CREATE TABLE half(id INTEGER); COMMIT"};
    auto database = m_folder->open();
    VERIFY_FAILS(ErrorCode::Internal, ErrorReason::None, migrate(*database, steps));
    QCOMPARE(*schemaVersion(*database), std::int64_t{0});
}

void TestMigrations::killed_atAnyStep_isOldOrNew()
{
    std::map<std::int64_t, int> versionsLeft;
    int exitCode = 9;
    for (int tick = 1; exitCode == 9; tick += 1 + tick / 6) {
        takeGolden();
        exitCode =
            runChild({QStringLiteral("migrate-tick"), QString::fromStdString(m_folder->folder().string()), QString::number(tick)}).exitCode;
        QVERIFY2(exitCode == 9 || exitCode == 0, "the child neither died in the migration nor ended it");
        auto database = m_folder->open();
        VERIFY_OK(database);
        const auto version = schemaVersion(*database);
        VERIFY_OK(version);
        ++versionsLeft[*version];
        checkVersion(*database, *version);
        VERIFY_OK(migrate(*database, goldenSteps));
        checkVersion(*database, 3);
    }
    QVERIFY2(versionsLeft[1] > 0 && versionsLeft[2] > 0 && versionsLeft[3] > 0, "the kills did not reach every version");
}

void TestMigrations::killed_beforeAnyCommit_isOldOrNew()
{
    for (int commit = 1; commit <= 2; ++commit) {
        takeGolden();
        QCOMPARE(runChild({QStringLiteral("migrate-commit"), QString::fromStdString(m_folder->folder().string()), QString::number(commit)})
                     .exitCode,
                 9);
        auto database = m_folder->open();
        VERIFY_OK(database);
        checkVersion(*database, commit);
    }
}

void TestMigrations::disk_failingAtEveryOperation_isOldOrNew_data()
{
    QTest::addColumn<int>("fault");
    QTest::addColumn<bool>("isLasting");
    using Satchel::Testing::DiskFault;
    QTest::newRow("power cut") << -1 << true;
    QTest::newRow("disk full once") << int(DiskFault::WriteFull) << false;
    QTest::newRow("disk full") << int(DiskFault::WriteFull) << true;
    QTest::newRow("EIO on a write") << int(DiskFault::WriteIo) << false;
    QTest::newRow("EIO on a sync") << int(DiskFault::SyncIo) << false;
    QTest::newRow("EIO on a read") << int(DiskFault::ReadIo) << false;
}

void TestMigrations::disk_failingAtEveryOperation_isOldOrNew()
{
    QFETCH(int, fault);
    QFETCH(bool, isLasting);
    takeGolden();
    Satchel::Testing::SimulatedDisk disk;
    Satchel::Testing::SimulatedDisk::Image start;
    for (const char *suffix : {"", ".keycheck"})
        start[std::string("/store.db") + suffix] = bytesOf(m_folder->file(suffix)).toStdString();
    const OpenOptions options{.path = "/store.db", .files = &disk};
    std::map<std::int64_t, int> versionsLeft;
    bool isMet = true;
    for (int after = 0; isMet; ++after) {
        disk.powerOn();
        disk.heal();
        disk.load(start);
        const auto faultsBefore = disk.faultCount();
        if (fault < 0)
            disk.crashWithin(after, static_cast<std::uint64_t>(after));
        else
            disk.fail(static_cast<Satchel::Testing::DiskFault>(fault), after, isLasting);
        bool isMigrated = false;
        {
            auto opened = Database::open(options, keyFrom(0));
            isMigrated = opened && migrate(*opened, goldenSteps);
        }
        isMet = fault < 0 ? disk.isOff() : disk.faultCount() > faultsBefore;
        disk.heal();
        disk.crash(static_cast<std::uint64_t>(after));
        disk.powerOn();
        auto database = Database::open(options, keyFrom(0));
        VERIFY_OK(database);
        const std::int64_t version = schemaVersion(*database).value_or(-1);
        QVERIFY(version >= 1 && version <= 3 && (!isMigrated || version == 3) && (isMet || isMigrated));
        ++versionsLeft[version];
        checkVersion(*database, version);
        VERIFY_OK(migrate(*database, goldenSteps));
        checkVersion(*database, 3);
        QVERIFY2(!QTest::currentTestFailed(), QByteArray::number(after).constData());
    }
    QVERIFY(versionsLeft[3] > 0 && (fault == int(Satchel::Testing::DiskFault::ReadIo) || versionsLeft[1] > 0));
}

QTEST_GUILESS_MAIN(TestMigrations)
#include "tst_migrations.moc"
