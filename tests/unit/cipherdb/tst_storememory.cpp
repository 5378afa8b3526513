// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a migration and a change of keys that get no memory, at whichever allocation, fail as a whole and can be tried again; nothing is
// lost. Method: the n-th call loop over the allocations of SQLite and of C++; every third where SATCHEL_THOROUGH is not set.
#include "storefixture.h"

#include "cipherdb/rekey.h"
#include "client/store/memoryguard.h"
#include "goldenschema.h"
#include "support/disk/nthcall.h"
#include "support/disk/simulateddisk.h"

#include <csignal>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Satchel;
using namespace Satchel::CipherDb;
using namespace Satchel::CipherDb::Testing;
using Satchel::Testing::SimulatedDisk;
namespace NthCall = Satchel::Testing::NthCall;

namespace {

constexpr std::uint8_t oldKey = 0;
constexpr std::uint8_t newKey = 100;
constexpr int rows = 20;
constexpr const char *path = "/store.db";

Core::Result<Database> openOn(SimulatedDisk &disk, std::uint8_t key = oldKey)
{
    return Database::open({.path = path, .files = &disk}, keyFrom(key));
}

std::int64_t countNotes(Database &database)
{
    const auto statement = database.prepared("SELECT count(*) FROM note WHERE length(title) > 0");
    const bool isRow = statement && (*statement)->step().value_or(false);
    const std::int64_t count = isRow ? (*statement)->int64(0) : -1;
    if (isRow) {
        (*statement)->reset();
    }
    return count;
}

/// From one call that fails to the next.
int stride()
{
    return qEnvironmentVariableIsSet("SATCHEL_THOROUGH") ? 1 : 3;
}

bool isWhole(Database &database)
{
    const auto entries = readEntries(database);
    return entries && entries->size() == rows && database.verify();
}

void putBack(const StoreFolder &folder, const std::map<std::string, QByteArray> &files)
{
    for (const auto &file : std::filesystem::directory_iterator(folder.folder())) {
        std::filesystem::remove(file.path());
    }
    for (const auto &[name, content] : files) {
        writeBytes(folder.folder() / name, content);
    }
}

enum ExitCode : int { changed, notChanged, changedWithoutFault, crashed };

int inChild(const std::function<ExitCode()> &work)
{
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit noCore{};
        ::setrlimit(RLIMIT_CORE, &noCore);
        ::signal(SIGSEGV, SIG_DFL);
        ::signal(SIGABRT, SIG_DFL);
        ::_exit(work());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : crashed;
}

}  // namespace

class TestStoreMemory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void migration_outOfMemory_isWholeOrNotAtAll_data();
    void migration_outOfMemory_isWholeOrNotAtAll();
    void rekey_outOfMemory_oneKeyOpens_data();
    void rekey_outOfMemory_oneKeyOpens();
    void rekey_sqliteOutOfMemory_oneKeyOpens_data();
    void rekey_sqliteOutOfMemory_oneKeyOpens();

private:
    static void addFaults(std::span<const NthCall::Fault> faults);
    static void fill(Core::Result<Database> database);
};

void TestStoreMemory::addFaults(std::span<const NthCall::Fault> faults)
{
    QTest::addColumn<int>("fault");
    for (const NthCall::Fault fault : faults) {
        QTest::newRow(NthCall::nameOf(fault)) << static_cast<int>(fault);
    }
}

void TestStoreMemory::fill(Core::Result<Database> database)
{
    VERIFY_OK(database);
    VERIFY_OK(makeEntryTable(*database));
    VERIFY_OK(commitEntries(*database, 1, rows, 7));
}

void TestStoreMemory::migration_outOfMemory_isWholeOrNotAtAll_data()
{
    std::vector<NthCall::Fault> faults(std::begin(NthCall::memoryFaults), std::end(NthCall::memoryFaults));
    faults.insert(faults.end(), std::begin(NthCall::allocationFaults), std::end(NthCall::allocationFaults));
    addFaults(faults);
}

void TestStoreMemory::migration_outOfMemory_isWholeOrNotAtAll()
{
    QFETCH(int, fault);
    SimulatedDisk disk;
    {
        auto database = openOn(disk);
        VERIFY_OK(database);
        VERIFY_OK(migrate(*database, std::span(goldenSteps).first(1)));
        for (int i = 0; i < rows; ++i) {
            VERIFY_OK(database->execute("INSERT INTO note(title, body) VALUES ('a title', x'0102')"));
        }
    }
    const auto start = disk.image();
    Core::Result<void> outcome;
    const int calls = NthCall::forEach(
        static_cast<NthCall::Fault>(fault), disk, start,
        [&] {
            std::optional<NthCall::Sheltered> opening(std::in_place);
            auto database = openOn(disk);
            opening.reset();
            outcome = Sync::withMemory([&] { return migrate(*database, goldenSteps); });
            opening.emplace();
        },
        [&](const std::string &where) {
            auto database = openOn(disk);
            QVERIFY2(database, where.c_str());
            const std::int64_t version = schemaVersion(*database).value_or(-1);
            // Each step is a transaction.
            QVERIFY2(outcome ? version == 3 : version == 1 || version == 2, (where + ": " + std::to_string(version)).c_str());
            QVERIFY2(outcome || outcome.error().code == Core::ErrorCode::ResourceExhausted,
                     (where + ": " + (outcome ? "" : Core::describe(outcome.error()))).c_str());
            QVERIFY2(migrate(*database, goldenSteps), where.c_str());
            QCOMPARE(countNotes(*database), std::int64_t(rows));
            QVERIFY2(database->verify(), where.c_str());
        },
        20000, stride());
    QVERIFY(calls > 0);
    qInfo("%d calls", calls);
}

void TestStoreMemory::rekey_sqliteOutOfMemory_oneKeyOpens_data()
{
    QTest::addColumn<bool>("isLasting");
    QTest::newRow("once") << false;
    QTest::newRow("from then on") << true;
}

/// In a process of its own: SQLCipher does not survive every allocation that fails while it sets up a connection.
void TestStoreMemory::rekey_sqliteOutOfMemory_oneKeyOpens()
{
    QFETCH(bool, isLasting);
    const StoreFolder folder;
    fill(folder.open());
    const auto start = contentOf(folder.folder());
    int crashes = 0;
    int calls = 0;
    for (int exitCode = changed; exitCode != changedWithoutFault; calls += stride()) {
        putBack(folder, start);
        exitCode = inChild([&] {
            NthCall::failSqliteMemory(calls, isLasting);
            const auto outcome = rekey(folder.file(), keyFrom(oldKey), keyFrom(newKey));
            return !outcome ? notChanged : NthCall::isSqliteMemoryFailed() ? changed : changedWithoutFault;
        });
        crashes += exitCode == crashed ? 1 : 0;
        auto database = folder.open(Role::Writer, newKey);
        if (!database && exitCode != changed && exitCode != changedWithoutFault) {
            QCOMPARE(database.error().reason, Core::ErrorReason::WrongKey);
            database = folder.open(Role::Writer, oldKey);
        }
        const std::string where = "call " + std::to_string(calls);
        QVERIFY2(database, (where + ": " + (database ? "" : Core::describe(database.error()))).c_str());
        QVERIFY2(isWhole(*database), where.c_str());
    }
    qInfo("%d calls, %d of them ended the process", calls, crashes);
    QVERIFY(calls > 100);
}

void TestStoreMemory::rekey_outOfMemory_oneKeyOpens_data()
{
    addFaults(NthCall::allocationFaults);
}

void TestStoreMemory::rekey_outOfMemory_oneKeyOpens()
{
    QFETCH(int, fault);
    SimulatedDisk disk;
    fill(openOn(disk));
    const auto start = disk.image();
    Core::Result<void> outcome;
    const int calls = NthCall::forEach(
        static_cast<NthCall::Fault>(fault), disk, start,
        [&] { outcome = Sync::withMemory([&] { return rekey(path, keyFrom(oldKey), keyFrom(newKey), &disk); }); },
        [&](const std::string &where) {
            auto database = openOn(disk, newKey);
            if (!database && !outcome) {
                database = openOn(disk, oldKey);
            }
            QVERIFY2(database, (where + ": " + (database ? "" : Core::describe(database.error()))).c_str());
            QVERIFY2(isWhole(*database), where.c_str());
        },
        20000, stride());
    QVERIFY(calls > 0);
    qInfo("%d calls", calls);
}

int main(int argc, char *argv[])
{
    NthCall::countSqliteMemory();
    TestStoreMemory test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_storememory.moc"
