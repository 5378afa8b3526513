// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// Goal: the simulated disk loses what was not synced, keeps what was, and fails when told to.
// Method: the real encrypted database on it; power cuts at every operation of a series of commits, under many seeds.

#include "cipherdb/database.h"
#include "cipherdb/transaction.h"
#include "support/disk/simulateddisk.h"

#include <QTest>

#include <array>

using namespace Satchel;
using Testing::DiskFault;
using Testing::SimulatedDisk;

namespace {

CipherDb::StoreKey key()
{
    std::array<std::uint8_t, CipherDb::StoreKey::sizeBytes> bytes{};
    bytes.fill(1);
    return CipherDb::StoreKey(bytes);
}

Core::Result<CipherDb::Database> openOn(SimulatedDisk &disk, CipherDb::Role role = CipherDb::Role::Writer)
{
    CipherDb::OpenOptions options;
    options.path = "/store.db";
    options.role = role;
    options.files = &disk;
    return CipherDb::Database::open(options, key());
}

Core::Result<void> insert(CipherDb::Database &database, int number)
{
    return database.execute("INSERT INTO t VALUES(" + std::to_string(number) + ", randomblob(900))");
}

std::int64_t countOf(CipherDb::Database &database)
{
    auto statement = database.prepared("SELECT count(*) FROM t");
    if (!statement || !(*statement)->step()) {
        return -1;
    }
    const std::int64_t count = (*statement)->int64(0);
    (*statement)->reset();
    return count;
}

}  // namespace

class TestSimulatedDisk : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void crash_afterCommits_keepsThem();
    void crashWithin_anyOperation_keepsCommitted();
    void reader_besideWriter_sees();
    void fault_once_isAnError();
    void unsynced_isLost();
};

void TestSimulatedDisk::crash_afterCommits_keepsThem()
{
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        SimulatedDisk disk;
        {
            auto database = openOn(disk);
            QVERIFY(database);
            QVERIFY(database->execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b)"));
            for (int i = 0; i < 20; ++i) {
                QVERIFY(insert(*database, i));
            }
            disk.crash(seed);
        }
        QVERIFY(!openOn(disk));
        disk.powerOn();
        auto database = openOn(disk);
        QVERIFY2(database, database ? "" : Core::describe(database.error()).c_str());
        QCOMPARE(countOf(*database), std::int64_t(20));
        QVERIFY(database->verify());
    }
}

void TestSimulatedDisk::crashWithin_anyOperation_keepsCommitted()
{
    for (int operation = 0; operation < 60; ++operation) {
        SimulatedDisk disk;
        int committed = 0;
        {
            auto database = openOn(disk);
            QVERIFY(database);
            QVERIFY(database->execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b)"));
            disk.crashWithin(operation, static_cast<std::uint64_t>(operation));
            while (committed < 30 && insert(*database, committed)) {
                ++committed;
                if (committed % 7 == 0) {
                    Core::ignore(database->checkpoint(), "the power may go here");
                }
            }
        }
        disk.powerOn();
        auto database = openOn(disk);
        QVERIFY2(database, database ? "" : Core::describe(database.error()).c_str());
        const std::int64_t count = countOf(*database);
        // The one that was cut off may be there.
        QVERIFY2(count == committed || count == committed + 1, qPrintable(QStringLiteral("%1 of %2").arg(count).arg(committed)));
        QVERIFY(database->verify());
    }
}

void TestSimulatedDisk::reader_besideWriter_sees()
{
    SimulatedDisk disk;
    auto writer = openOn(disk);
    QVERIFY(writer);
    QVERIFY(writer->execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b)"));
    auto reader = openOn(disk, CipherDb::Role::Reader);
    QVERIFY(reader);
    for (int i = 0; i < 5; ++i) {
        QVERIFY(insert(*writer, i));
        QCOMPARE(countOf(*reader), std::int64_t(i + 1));
    }
    QVERIFY(!openOn(disk));
}

void TestSimulatedDisk::fault_once_isAnError()
{
    for (const DiskFault fault : {DiskFault::WriteFull, DiskFault::WriteIo, DiskFault::SyncIo}) {
        SimulatedDisk disk;
        auto database = openOn(disk);
        QVERIFY(database);
        QVERIFY(database->execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b)"));
        disk.fail(fault, 0, false);
        const auto failed = insert(*database, 1);
        QVERIFY(!failed);
        QCOMPARE(failed.error().reason == Core::ErrorReason::StorageFull, fault == DiskFault::WriteFull);
        QCOMPARE(disk.faultCount(), std::uint64_t(1));
        if (fault == DiskFault::WriteFull) {
            QVERIFY(insert(*database, 2));
        }
    }
}

void TestSimulatedDisk::unsynced_isLost()
{
    Testing::SimulatedFile file;
    file.write(0, std::string(1024, 'a'));
    file.sync();
    file.write(512, std::string(1024, 'b'));
    QCOMPARE(file.afterCrash(1, 0), std::string(1024, 'a'));
    bool hasTorn = false;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const std::string after = file.afterCrash(seed, Testing::SimulatedFile::sectorBytes);
        QCOMPARE(after.substr(0, 512), std::string(512, 'a'));
        hasTorn = hasTorn || (after.size() > 1024) != (after.substr(512, 512) == std::string(512, 'b'));
    }
    QVERIFY(hasTorn);
}

QTEST_APPLESS_MAIN(TestSimulatedDisk)
#include "tst_simulateddisk.moc"
