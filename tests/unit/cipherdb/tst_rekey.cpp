// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: a change of a store's key loses nothing, and whatever ends it in the middle, one of both keys opens the store, whole; nothing is
// left behind. Method: a process killed at each of its system calls (of the first, before files change places, at every fourth where
// SATCHEL_THOROUGH is not set); a simulated disk that loses power at each operation, keeping what it likes of what was not synced, and one
// that fails each write or sync; readers, damage, wrong keys.

#include "storefixture.h"

#include "cipherdb/rekey.h"
#include "support/disk/simulateddisk.h"
#include "support/faults/syscallkill.h"

#include <sqlcipher/sqlite3.h>

#include <climits>
#include <set>

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;
using Satchel::Testing::DiskFault;
using Satchel::Testing::SimulatedDisk;

namespace {

constexpr std::uint8_t oldKey = 0;
constexpr std::uint8_t newKey = 100;
constexpr int rows = 40;

enum class Opens : std::uint8_t { Old, New, Neither, Both };

/// Which key opens the store, for writing; a key that does not must be called wrong, and a store never damaged.
Opens whichOpens(const std::function<Core::Result<Database>(std::uint8_t)> &open)
{
    bool opens[2] = {};
    const std::uint8_t keys[2] = {oldKey, newKey};
    for (int i = 0; i < 2; ++i) {
        const auto opened = open(keys[i]);
        opens[i] = opened.has_value();
        if (!opened && opened.error().reason != ErrorReason::WrongKey) {
            qWarning("key %d: %s", i, Core::describe(opened.error()).c_str());
            return Opens::Neither;
        }
    }
    return opens[0] ? (opens[1] ? Opens::Both : Opens::Old) : opens[1] ? Opens::New : Opens::Neither;
}

Core::Result<void> fill(Database &database)
{
    return makeEntryTable(database).and_then([&] { return commitEntries(database, 1, rows, 7); }).and_then([&] {
        return database.execute("PRAGMA user_version = 42");
    });
}

bool isWhole(Database &database)
{
    const auto entries = readEntries(database);
    return entries && entries->size() == rows && schemaVersion(database).value_or(0) == 42 && database.verify();
}

}  // namespace

class TestRekey : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void changed_newKeyOpensAllAndNothingIsLeft();
    void changed_withWalOfAKilledProcess_takesItAlong();
    void changedAlready_isGood();
    void refused_leavesEverythingAsItWas_data();
    void refused_leavesEverythingAsItWas();
    void readerOpen_isRefused();
    void killed_atEveryCall_oneKeyOpens();
    void killed_thenChangedWithAThirdKey_staysOpenable();
    void powerCut_atEveryOperation_oneKeyOpens();
    void disk_failingAtEveryOperation_oneKeyOpens_data();
    void disk_failingAtEveryOperation_oneKeyOpens();

private:
    [[nodiscard]] std::string path() const { return m_folder->folder().string(); }
    [[nodiscard]] Opens whichOpensNow(Role role = Role::Writer) const
    {
        return whichOpens([this, role](std::uint8_t key) { return m_folder->open(role, key); });
    }
    void makeStore();
    void checkOneKey(Opens opens);

    std::optional<StoreFolder> m_folder;
};

void TestRekey::init()
{
    m_folder.emplace();
}

void TestRekey::makeStore()
{
    auto database = m_folder->open();
    VERIFY_OK(database);
    VERIFY_OK(fill(*database));
}

void TestRekey::checkOneKey(Opens opens)
{
    QVERIFY(opens == Opens::Old || opens == Opens::New);
    auto database = m_folder->open(Role::Writer, opens == Opens::Old ? oldKey : newKey);
    VERIFY_OK(database);
    QVERIFY(isWhole(*database));
    for (const auto &[name, content] : contentOf(m_folder->folder()))
        QVERIFY2(name.find(".rekey") == std::string::npos, name.c_str());
}

void TestRekey::changed_newKeyOpensAllAndNothingIsLeft()
{
    makeStore();
    const auto before = contentOf(m_folder->folder());
    VERIFY_OK(rekey(m_folder->file(), keyFrom(oldKey), keyFrom(newKey)));
    const auto after = contentOf(m_folder->folder());
    std::set<std::string> names;
    for (const auto &[name, content] : after)
        names.insert(name);
    QVERIFY((names == std::set<std::string>{"store.db", "store.db.keycheck", "store.db.lock"}));
    // No page is the old one, and the record is another.
    for (qsizetype page = 0; page < before.at("store.db").size(); page += 4096)
        QVERIFY(!after.at("store.db").contains(before.at("store.db").mid(page, 4096)));
    QVERIFY(after.at("store.db.keycheck") != before.at("store.db.keycheck"));
    QCOMPARE(std::filesystem::status(m_folder->file()).permissions(),
             std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    QVERIFY(whichOpensNow(Role::Inspector) == Opens::New);
    checkOneKey(whichOpensNow());
    QCOMPARE(keyOpensStore(m_folder->file(), keyFrom(oldKey)).value_or(true), false);
    QCOMPARE(keyOpensStore(m_folder->file(), keyFrom(newKey)).value_or(false), true);
}

void TestRekey::changed_withWalOfAKilledProcess_takesItAlong()
{
    makeStore();
    {
        auto database = m_folder->open();
        VERIFY_OK(database->execute("CREATE TABLE note(id INTEGER PRIMARY KEY, title TEXT); INSERT INTO note VALUES(1, 'in the store')"));
    }
    QCOMPARE(runChild({QStringLiteral("leave-wal"), QString::fromStdString(path())}).exitCode, 0);
    QVERIFY(!bytesOf(m_folder->file("-wal")).isEmpty());
    VERIFY_OK(rekey(m_folder->file(), keyFrom(oldKey), keyFrom(newKey)));
    auto database = m_folder->open(Role::Writer, newKey);
    VERIFY_OK(database);
    auto select = database->prepared("SELECT title FROM note");
    QVERIFY((*select)->step().value_or(false));
    QVERIFY((*select)->text(0) == "in the wal");
}

void TestRekey::changedAlready_isGood()
{
    makeStore();
    VERIFY_OK(rekey(m_folder->file(), keyFrom(oldKey), keyFrom(newKey)));
    VERIFY_OK(rekey(m_folder->file(), keyFrom(oldKey), keyFrom(newKey)));
    VERIFY_OK(rekey(m_folder->file(), keyFrom(newKey), keyFrom(newKey)));
    checkOneKey(whichOpensNow());
    VERIFY_OK(rekey(m_folder->file(), keyFrom(newKey), keyFrom(oldKey)));
    QVERIFY(whichOpensNow() == Opens::Old);
}

void TestRekey::refused_leavesEverythingAsItWas_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<qint64>("damagedAt");
    QTest::addColumn<int>("reason");
    QTest::newRow("wrong key") << 33 << qint64(-1) << int(ErrorReason::WrongKey);
    QTest::newRow("damaged page") << int(oldKey) << qint64(3 * 4096 + 99) << int(ErrorReason::StoreDamaged);
    QTest::newRow("damaged first page") << int(oldKey) << qint64(99) << int(ErrorReason::StoreDamaged);
}

void TestRekey::refused_leavesEverythingAsItWas()
{
    QFETCH(int, key);
    QFETCH(qint64, damagedAt);
    QFETCH(int, reason);
    makeStore();
    if (damagedAt >= 0) {
        QByteArray bytes = bytesOf(m_folder->file());
        bytes[damagedAt] = char(bytes[damagedAt] ^ 1);
        writeBytes(m_folder->file(), bytes);
    }
    const auto before = contentOf(m_folder->folder());
    const auto refused = rekey(m_folder->file(), keyFrom(std::uint8_t(key)), keyFrom(newKey));
    QVERIFY(!refused);
    QCOMPARE(int(refused.error().reason), reason);
    QVERIFY(contentOf(m_folder->folder()) == before);
    StoreFolder nowhere;
    VERIFY_FAILS(ErrorCode::NotFound, ErrorReason::None, rekey(nowhere.file(), keyFrom(oldKey), keyFrom(newKey)));
}

void TestRekey::readerOpen_isRefused()
{
    makeStore();
    {
        auto writer = m_folder->open();
        VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StoreLocked, rekey(m_folder->file(), keyFrom(oldKey), keyFrom(newKey)));
    }
    {
        auto reader = m_folder->open(Role::Reader);
        VERIFY_OK(reader);
        VERIFY_OK(readEntries(*reader));
        VERIFY_FAILS(ErrorCode::Unavailable, ErrorReason::StoreLocked, rekey(m_folder->file(), keyFrom(oldKey), keyFrom(newKey)));
        VERIFY_OK(readEntries(*reader));
    }
    checkOneKey(whichOpensNow());
    VERIFY_OK(rekey(m_folder->file(), keyFrom(oldKey), keyFrom(newKey)));
}

void TestRekey::killed_atEveryCall_oneKeyOpens()
{
    makeStore();
    const auto whole = Test::runKilledAtCall({childProgram().toStdString(), "rekey", path()}, INT_MAX);
    if (whole.outcome == Test::KillOutcome::NotPermitted)
        QSKIP("this machine does not let a process trace its child");
    QCOMPARE(whole.exitCode, 0);
    checkOneKey(whichOpensNow());
    int opened[2] = {};
    const int stride = qEnvironmentVariableIsSet("SATCHEL_THOROUGH") ? 1 : 4;
    const std::vector<int> calls = Test::callsToTry(whole.callCount, stride, 80);
    for (const int call : calls) {
        m_folder.emplace();
        makeStore();
        const auto run = Test::runKilledAtCall({childProgram().toStdString(), "rekey", path()}, call);
        QVERIFY(run.outcome == Test::KillOutcome::Killed);
        const QByteArray where = "killed at call " + QByteArray::number(call);
        // A look does not change what a writer will find.
        const Opens looked = whichOpensNow(Role::Inspector);
        const Opens opens = whichOpensNow();
        QVERIFY2(looked == opens, where.constData());
        QCOMPARE(keyOpensStore(m_folder->file(), keyFrom(newKey)).value_or(false), opens == Opens::New);
        checkOneKey(opens);
        QVERIFY2(!QTest::currentTestFailed(), where.constData());
        ++opened[opens == Opens::New ? 1 : 0];
        VERIFY_OK(rekey(m_folder->file(), keyFrom(oldKey), keyFrom(newKey)));
        QVERIFY(whichOpensNow() == Opens::New);
    }
    qInfo("killed at %d of %d calls: the old key opened %d times, the new one %d times", int(calls.size()), whole.callCount, opened[0],
          opened[1]);
    QVERIFY(opened[0] > 20 && opened[1] > 3);
}

void TestRekey::killed_thenChangedWithAThirdKey_staysOpenable()
{
    // Whoever tries wrong keys on what a kill has left, and changes them again, must not take away the record that counts.
    makeStore();
    const auto whole = Test::runKilledAtCall({childProgram().toStdString(), "rekey", path()}, INT_MAX);
    if (whole.outcome == Test::KillOutcome::NotPermitted)
        QSKIP("this machine does not let a process trace its child");
    for (const int call : Test::callsToTry(whole.callCount, 15, 40)) {
        m_folder.emplace();
        makeStore();
        static_cast<void>(Test::runKilledAtCall({childProgram().toStdString(), "rekey", path()}, call));
        QVERIFY(!rekey(m_folder->file(), keyFrom(33), keyFrom(44)));
        const bool wasOld = rekey(m_folder->file(), keyFrom(oldKey), keyFrom(33)).has_value();
        const bool wasNew = rekey(m_folder->file(), keyFrom(newKey), keyFrom(44)).has_value();
        QVERIFY2(wasOld != wasNew, QByteArray::number(call).constData());
        auto database = m_folder->open(Role::Writer, wasOld ? 33 : 44);
        VERIFY_OK(database);
        QVERIFY(isWhole(*database));
    }
}

void TestRekey::powerCut_atEveryOperation_oneKeyOpens()
{
    SimulatedDisk disk;
    const OpenOptions options{.path = "/store.db", .files = &disk};
    {
        auto database = Database::open(options, keyFrom(oldKey));
        VERIFY_OK(database);
        VERIFY_OK(fill(*database));
    }
    const auto start = disk.image();
    const auto open = [&](std::uint8_t key) { return Database::open(options, keyFrom(key)); };
    int opened[2] = {};
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        bool isOver = false;
        for (int after = 0; !isOver; ++after) {
            disk.powerOn();
            disk.load(start);
            disk.crashWithin(after, seed * 1000 + static_cast<std::uint64_t>(after));
            const auto changed = rekey(options.path, keyFrom(oldKey), keyFrom(newKey), &disk);
            isOver = !disk.isOff();
            QVERIFY(!isOver || changed);
            if (isOver)
                disk.crash(seed);
            disk.powerOn();
            const Opens opens = whichOpens(open);
            QVERIFY2(opens == Opens::Old || opens == Opens::New, qPrintable(QStringLiteral("power cut %1, seed %2").arg(after).arg(seed)));
            QVERIFY(!changed || opens == Opens::New);
            auto database = open(opens == Opens::New ? newKey : oldKey);
            VERIFY_OK(database);
            QVERIFY(isWhole(*database));
            ++opened[opens == Opens::New ? 1 : 0];
        }
    }
    qInfo("power cuts: the old key opened %d times, the new one %d times", opened[0], opened[1]);
    QVERIFY(opened[0] > 40 && opened[1] > 8);
}

void TestRekey::disk_failingAtEveryOperation_oneKeyOpens_data()
{
    QTest::addColumn<int>("fault");
    QTest::addColumn<bool>("isLasting");
    QTest::newRow("disk full once") << int(DiskFault::WriteFull) << false;
    QTest::newRow("disk full") << int(DiskFault::WriteFull) << true;
    QTest::newRow("EIO on a write") << int(DiskFault::WriteIo) << false;
    QTest::newRow("EIO on a sync") << int(DiskFault::SyncIo) << false;
    QTest::newRow("EIO on syncs") << int(DiskFault::SyncIo) << true;
    QTest::newRow("EIO on a read") << int(DiskFault::ReadIo) << false;
}

void TestRekey::disk_failingAtEveryOperation_oneKeyOpens()
{
    QFETCH(int, fault);
    QFETCH(bool, isLasting);
    SimulatedDisk disk;
    const OpenOptions options{.path = "/store.db", .files = &disk};
    {
        auto database = Database::open(options, keyFrom(oldKey));
        VERIFY_OK(database);
        VERIFY_OK(fill(*database));
    }
    const auto start = disk.image();
    const auto open = [&](std::uint8_t key) { return Database::open(options, keyFrom(key)); };
    int failures = 0;
    for (int after = 0;; ++after) {
        disk.powerOn();
        disk.heal();
        disk.load(start);
        const auto faultsBefore = disk.faultCount();
        disk.fail(static_cast<DiskFault>(fault), after, isLasting);
        const auto changed = rekey(options.path, keyFrom(oldKey), keyFrom(newKey), &disk);
        const bool isMet = disk.faultCount() > faultsBefore;
        disk.heal();
        // What was not synced is gone as well, as after a failure that only a new start could end.
        disk.crash(static_cast<std::uint64_t>(after));
        disk.powerOn();
        const QByteArray where = QByteArray("fault at ") + QByteArray::number(after);
        const Opens opens = whichOpens(open);
        QVERIFY2(opens == Opens::Old || opens == Opens::New, where.constData());
        QVERIFY2(!changed || opens == Opens::New, where.constData());
        auto database = open(opens == Opens::New ? newKey : oldKey);
        VERIFY_OK(database);
        QVERIFY2(isWhole(*database), where.constData());
        failures += changed ? 0 : 1;
        if (!isMet) {
            VERIFY_OK(changed);
            break;
        }
    }
    qInfo("%d failures", failures);
    QVERIFY(failures > 5);
}

QTEST_GUILESS_MAIN(TestRekey)
#include "tst_rekey.moc"
