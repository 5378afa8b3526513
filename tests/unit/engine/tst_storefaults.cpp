// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a local write, the answer to a push and changes from the server are durable once they are acknowledged, and whole or absent when
// they are not, whichever call fails meanwhile: writes, syncs, reads, allocations, the power. A store on a full disk can be read, and
// written again when there is space. Method: the n-th call loop over each kind of work on a simulated disk; after every round the store is
// opened and compared.
#include "client/store/storeopening.h"

#include "core/merge.h"
#include "support/disk/nthcall.h"
#include "support/disk/simulateddisk.h"
#include "support/fixedids.h"
#include "unit/cipherdb/storefixture.h"

#include <QTest>

#include <array>
#include <memory>

#include <unistd.h>

using namespace Satchel;
using namespace std::chrono_literals;
using Sync::LocalStore;
using Test::deviceOf;
using Test::fixedKey;
using Testing::SimulatedDisk;
namespace NthCall = Testing::NthCall;

namespace {

constexpr const char *path = "/s.satchel";

LocalStore::Options optionsOn(SimulatedDisk &disk)
{
    return {path, {"demo", "anna"}, deviceOf(1), [] { return 1000ms; }, &disk};
}

Core::MutationPtr put(std::uint64_t counter)
{
    Core::Mutation mutation;
    mutation.dot = {deviceOf(1), counter};
    mutation.stamp = Core::Hlc::fromParts(1'000'000 + counter, 0);
    mutation.document = {"notes", "key" + std::to_string(counter)};
    mutation.ops = {Core::PutOp{"text", std::string(counter % 3 == 0 ? 9000 : 200, 'x')}};
    return std::make_shared<const Core::Mutation>(std::move(mutation));
}

Wire::Changes changesOf(std::uint64_t from, std::uint64_t to)
{
    Wire::Changes changes;
    changes.from = from;
    changes.to = to;
    for (std::uint64_t seq = from + 1; seq <= to; ++seq) {
        Wire::DocumentDelta delta;
        delta.id = {"notes", "other" + std::to_string(seq)};
        delta.seq = seq;
        Core::Mutation mutation = *put(seq);
        mutation.dot.device = deviceOf(9);
        Core::apply(delta.state, mutation, {});
        changes.documents.push_back(std::move(delta));
    }
    return changes;
}

constexpr std::uint64_t writtenBefore = 16;
constexpr std::uint64_t readBefore = 5;

/// A few steps of each kind; how far one got is all that has to be known of it.
enum class Work : std::uint8_t { LocalWrite, Push, Take, Group };

struct Progress {
    std::uint64_t written = writtenBefore;
    std::uint64_t settled = 0;
    std::uint64_t read = readBefore;
    friend auto operator<=>(const Progress &, const Progress &) = default;
};

/// What was acknowledged, and what was begun.
struct Told {
    Progress acknowledged;
    Progress attempted;
};

template <typename T>
bool noted(const Core::Result<T> &result, std::uint64_t Progress::*what, std::uint64_t value, Told &told)
{
    told.attempted.*what = value;
    if (result) {
        told.acknowledged.*what = value;
    }
    return result.has_value();
}

void run(Work kind, LocalStore &store, Told &told, const std::vector<Core::MutationPtr> &mutations,
         const std::vector<Wire::Changes> &changes)
{
    for (std::size_t step = 0; step < 3; ++step) {
        switch (kind) {
        case Work::LocalWrite:
            if (!noted(store.appendOutbox(std::span(mutations).subspan(told.acknowledged.written - writtenBefore, 1)), &Progress::written,
                       told.acknowledged.written + 1, told)) {
                told.attempted.written = told.acknowledged.written + 1;
            }
            break;
        case Work::Push: {
            const std::uint64_t through = told.acknowledged.settled + 2;
            (void)noted(store.settle(Wire::Pushed{1, through, {}, {}}, through), &Progress::settled, through, told);
            break;
        }
        case Work::Take: {
            const std::size_t index = (told.acknowledged.read - readBefore) / 2;
            (void)noted(store.take(changes[index]), &Progress::read, changes[index].to, told);
            break;
        }
        case Work::Group: {
            Progress after = told.acknowledged;
            after.written += 1;
            after.read += 2;
            told.attempted = after;
            if (auto begun = store.beginGroup(); !begun) {
                break;
            }
            Core::ignore(store.appendOutbox(std::span(mutations).subspan(after.written - 1 - writtenBefore, 1)),
                         "the group has its outcome");
            Core::ignore(store.take(changes[(after.read - 2 - readBefore) / 2]), "the group has its outcome");
            if (store.endGroup()) {
                told.acknowledged = after;
            }
            break;
        }
        }
    }
}

}  // namespace

class TestStoreFaults : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void nthCall_fails_keepsWhatWasAcknowledged_data();
    void nthCall_fails_keepsWhatWasAcknowledged();
    void creation_failedAtEveryCall_canBeMadeAgain_data();
    void creation_failedAtEveryCall_canBeMadeAgain();
    void diskFull_staysReadable_andRecovers();
    void diskFull_opens();
    void readOnlyDisk_opensForReading();
    void syncFailed_acknowledgesNothing_untilReopened();

private:
    SimulatedDisk::Image m_start;
};

void TestStoreFaults::initTestCase()
{
    SimulatedDisk disk;
    auto store = LocalStore::open(optionsOn(disk), fixedKey());
    QVERIFY(store);
    QVERIFY((*store)->loadAll());
    Wire::Welcome welcome;
    welcome.epoch = 5;
    welcome.lease = "lease";
    QVERIFY((*store)->storeWelcome(welcome));
    for (std::uint64_t counter = 1; counter <= writtenBefore; ++counter) {
        QVERIFY((*store)->appendOutbox(std::array{put(counter)}));
    }
    QVERIFY((*store)->take(changesOf(0, readBefore)));
    store->reset();
    m_start = disk.image();
}

void TestStoreFaults::nthCall_fails_keepsWhatWasAcknowledged_data()
{
    QTest::addColumn<int>("work");
    QTest::addColumn<int>("fault");
    const std::array<const char *, 4> names{"local write", "push", "take", "group"};
    for (std::size_t work = 0; work < names.size(); ++work) {
        const auto add = [&](const auto &faults) {
            for (const NthCall::Fault fault : faults) {
                QTest::addRow("%s: %s", names[work], NthCall::nameOf(fault)) << static_cast<int>(work) << static_cast<int>(fault);
            }
        };
        add(NthCall::diskFaults);
        add(NthCall::memoryFaults);
        add(NthCall::allocationFaults);
    }
}

void TestStoreFaults::nthCall_fails_keepsWhatWasAcknowledged()
{
    QFETCH(int, work);
    QFETCH(int, fault);
    const auto kind = static_cast<NthCall::Fault>(fault);
    const bool isMemory = kind >= NthCall::Fault::Memory;
    std::vector<Core::MutationPtr> mutations;
    std::vector<Wire::Changes> changes;
    for (std::uint64_t i = 0; i < 8; ++i) {
        mutations.push_back(put(writtenBefore + 1 + i));
        changes.push_back(changesOf(readBefore + 2 * i, readBefore + 2 * i + 2));
    }
    SimulatedDisk disk;
    Told told;
    const int calls = NthCall::forEach(
        kind, disk, m_start,
        [&] {
            told = {};
            auto shelter = std::make_optional<NthCall::Sheltered>();
            auto store = LocalStore::open(optionsOn(disk), fixedKey());
            shelter.reset();
            if (store) {
                run(static_cast<Work>(work), **store, told, mutations, changes);
                if (isMemory) {
                    // Memory that comes back finds the store as it should be.
                    NthCall::disarm();
                    const auto content = (*store)->loadAll();
                    QVERIFY2(content, content ? "" : Core::describe(content.error()).c_str());
                    QCOMPARE(content->lastCounter, told.acknowledged.written);
                    run(static_cast<Work>(work), **store, told, mutations, changes);
                }
            }
        },
        [&](const std::string &where) {
            auto opened = LocalStore::open(optionsOn(disk), fixedKey());
            QVERIFY2(opened, (where + ": " + (opened ? "" : Core::describe(opened.error()))).c_str());
            const auto content = (*opened)->loadAll();
            QVERIFY2(content, (where + ": " + (content ? "" : Core::describe(content.error()))).c_str());
            const Progress found{content->lastCounter, (*opened)->facts().settledThrough, content->cursor.seq};
            QVERIFY2(found == told.acknowledged || found == told.attempted, where.c_str());
            QCOMPARE(content->documents.size(), static_cast<std::size_t>(found.settled + found.read));
            QCOMPARE(content->pending.size(), static_cast<std::size_t>(found.written - found.settled));
            for (const Core::MutationPtr &mutation : content->pending) {
                QVERIFY2(*mutation == *put(mutation->dot.counter), where.c_str());
            }
            // And it goes on.
            QVERIFY2((*opened)->appendOutbox(std::array{put(content->lastCounter + 1)}), where.c_str());
        },
        20000);
    QVERIFY(calls > 0);
    qInfo("%d calls", calls);
}

void TestStoreFaults::creation_failedAtEveryCall_canBeMadeAgain_data()
{
    QTest::addColumn<int>("fault");
    for (const NthCall::Fault fault : NthCall::diskFaults) {
        QTest::newRow(NthCall::nameOf(fault)) << static_cast<int>(fault);
    }
}

void TestStoreFaults::creation_failedAtEveryCall_canBeMadeAgain()
{
    QFETCH(int, fault);
    SimulatedDisk disk;
    const int calls = NthCall::forEach(
        static_cast<NthCall::Fault>(fault), disk, {},
        [&] { Core::ignore(LocalStore::open(optionsOn(disk), fixedKey()), "that it fails is what is tried"); },
        [&](const std::string &where) {
            auto opened = Sync::openHealed(optionsOn(disk), fixedKey());
            QVERIFY2(opened, (where + ": " + (opened ? "" : Core::describe(opened.error()))).c_str());
            QVERIFY2(!opened->content.recovery, where.c_str());
            QVERIFY2(opened->store->appendOutbox(std::array{put(1)}), where.c_str());
        },
        20000);
    QVERIFY(calls > 0);
    qInfo("%d calls", calls);
}

void TestStoreFaults::diskFull_staysReadable_andRecovers()
{
    SimulatedDisk disk;
    disk.load(m_start);
    auto store = LocalStore::open(optionsOn(disk), fixedKey());
    QVERIFY(store);
    disk.fail(Testing::DiskFault::WriteFull, 0, true);
    for (int i = 0; i < 3; ++i) {
        const auto written = (*store)->appendOutbox(std::array{put(writtenBefore + 1)});
        QVERIFY(!written && written.error().reason == Core::ErrorReason::StorageFull);
        const auto taken = (*store)->take(changesOf(readBefore, readBefore + 1));
        QVERIFY(!taken && taken.error().reason == Core::ErrorReason::StorageFull);
        const auto content = (*store)->loadAll();
        QVERIFY(content && content->pending.size() == writtenBefore && content->documents.size() == readBefore);
    }
    disk.heal();
    QVERIFY((*store)->appendOutbox(std::array{put(writtenBefore + 1)}));
    QVERIFY((*store)->take(changesOf(readBefore, readBefore + 1)));
    QCOMPARE((*store)->loadAll()->pending.size(), std::size_t{writtenBefore + 1});
}

void TestStoreFaults::diskFull_opens()
{
    SimulatedDisk disk;
    disk.load(m_start);
    disk.fail(Testing::DiskFault::WriteFull, 0, true);
    auto opened = Sync::openHealed(optionsOn(disk), fixedKey());
    QVERIFY2(opened, opened ? "" : Core::describe(opened.error()).c_str());
    QCOMPARE(opened->content.pending.size(), std::size_t{writtenBefore});
    const auto written = opened->store->appendOutbox(std::array{put(writtenBefore + 1)});
    QVERIFY(!written && written.error().reason == Core::ErrorReason::StorageFull);
    disk.heal();
    QVERIFY(opened->store->appendOutbox(std::array{put(writtenBefore + 1)}));
}

void TestStoreFaults::readOnlyDisk_opensForReading()
{
    using namespace CipherDb::Testing;
    const StoreFolder folder;
    Mount mount(folder.folder(),
                {QStringLiteral("-t"), QStringLiteral("tmpfs"), QStringLiteral("-o"), QStringLiteral("size=8m"), QStringLiteral("tmpfs")});
    if (::geteuid() != 0 || !mount.isMounted()) {
        QSKIP("a read-only file system cannot be mounted without root");
    }
    LocalStore::Options options{folder.file(), {"demo", "anna"}, deviceOf(1), [] { return 1000ms; }};
    const auto remount = [&folder](const char *mode) {
        return runProcess(QStringLiteral("mount"), {QStringLiteral("-o"), QStringLiteral("remount,") + QString::fromLatin1(mode),
                                                    QString::fromStdString(folder.folder().string())})
                   .exitCode == 0;
    };
    {
        QVERIFY(remount("ro"));
        const auto nothing = Sync::openHealed(options, fixedKey());
        QVERIFY(!nothing && nothing.error().reason == Core::ErrorReason::StorageReadOnly);
        QVERIFY(remount("rw"));
    }
    {
        auto opened = Sync::openHealed(options, fixedKey());
        QVERIFY(opened);
        QVERIFY(opened->store->appendOutbox(std::array{put(1)}));
    }
    QVERIFY(remount("ro"));
    {
        auto opened = Sync::openHealed(options, fixedKey());
        QVERIFY2(opened, opened ? "" : Core::describe(opened.error()).c_str());
        QVERIFY(opened->store->isReadOnly());
        QCOMPARE(opened->content.pending.size(), std::size_t{1});
        const auto written = opened->store->appendOutbox(std::array{put(2)});
        QVERIFY(!written && written.error().reason == Core::ErrorReason::StorageReadOnly);
        QCOMPARE(opened->store->loadAll()->pending.size(), std::size_t{1});
        opened->store.reset();
    }
    QVERIFY(remount("rw"));
    {
        auto opened = Sync::openHealed(options, fixedKey());
        QVERIFY(opened && opened->store->appendOutbox(std::array{put(2)}));
    }
    QVERIFY(mount.unmount());
}

void TestStoreFaults::syncFailed_acknowledgesNothing_untilReopened()
{
    SimulatedDisk disk;
    disk.load(m_start);
    {
        auto store = LocalStore::open(optionsOn(disk), fixedKey());
        QVERIFY(store);
        disk.fail(Testing::DiskFault::SyncIo, 0, false);
        for (int i = 0; i < 3; ++i) {
            const auto written = (*store)->appendOutbox(std::array{put(writtenBefore + 1)});
            QVERIFY2(!written, std::to_string(i).c_str());
            QVERIFY2(written.error().reason == Core::ErrorReason::StorageIo, (std::to_string(i) + Core::describe(written.error())).c_str());
        }
    }
    disk.crash(7);
    disk.powerOn();
    auto store = LocalStore::open(optionsOn(disk), fixedKey());
    QVERIFY(store);
    const auto content = (*store)->loadAll();
    QVERIFY(content && content->lastCounter >= writtenBefore && content->lastCounter <= writtenBefore + 1);
}

int main(int argc, char *argv[])
{
    NthCall::countSqliteMemory();
    TestStoreFaults test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_storefaults.moc"
