// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a device's store that is damaged anywhere opens all the same, with everything that is not lost, under a name that was never used;
// nothing old comes back as new; and a healing that is cut short starts over or goes on.
// Method: a byte is flipped in every page of a real store on a simulated disk, its end is cut off, its other files are damaged, old pages
// are put back; what opens is compared with what was there. Healing itself is failed at every call.
#include "client/store/storeopening.h"

#include "cipherdb/storefiles.h"
#include "core/merge.h"
#include "support/disk/nthcall.h"
#include "support/disk/simulateddisk.h"
#include "support/fixedids.h"

#include <QTest>

#include <array>
#include <map>
#include <memory>
#include <set>

using namespace Satchel;
using namespace std::chrono_literals;
using Sync::LocalStore;
using Test::deviceOf;
using Test::fixedKey;
using Testing::SimulatedDisk;
namespace NthCall = Testing::NthCall;

namespace {

constexpr const char *path = "/s.satchel";
constexpr std::size_t pageBytes = 4096;

LocalStore::Options optionsOn(SimulatedDisk &disk, std::uint8_t fresh)
{
    return {path, {"demo", "anna"}, deviceOf(fresh), [] { return 1000ms; }, &disk};
}

Core::MutationPtr put(Core::Dot dot, const std::string &key, std::int64_t value)
{
    Core::Mutation mutation;
    mutation.dot = dot;
    mutation.stamp = Core::Hlc::fromParts(1'000'000 + dot.counter, 0);
    mutation.document = {"notes", key};
    // Long ones lie on pages of their own.
    mutation.ops = {Core::PutOp{"f", value}, Core::PutOp{"text", std::string(dot.counter % 9 == 0 ? 9000 : 200, 'x')}};
    if (dot.counter > 1) {
        mutation.context.add({dot.device, dot.counter - 1});
    }
    return std::make_shared<const Core::Mutation>(std::move(mutation));
}

/// What a user has: document -> value.
using Content = std::map<std::string, std::int64_t>;

std::optional<std::int64_t> valueOf(const Core::Mutation &mutation)
{
    const auto *value = std::get<Core::PutOp>(mutation.ops.front()).value.as<std::int64_t>();
    return value != nullptr ? std::optional(*value) : std::nullopt;
}

}  // namespace

class TestStoreHealing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whole_isNotHealed();
    void page_flipped_isHealed();
    void end_cutOff_isHealed();
    void sideFiles_damaged_areHealed_data();
    void sideFiles_damaged_areHealed();
    void lostMutations_areCounted_andTheRestFollows();
    void oldPage_putBack_isNeverPushedAsNew();
    void oldIndexPage_putBack_isFound();
    void healing_failedAtEveryCall_startsOverOrGoesOn_data();
    void healing_failedAtEveryCall_startsOverOrGoesOn();
    void diskFull_whileHealing_changesNothing();
    void unreadablePage_isHealed();
    void olderDamaged_isReplaced();
    void otherUser_isRefused();

private:
    [[nodiscard]] std::size_t pages() const { return m_image.at(path).size() / pageBytes; }
    void check(SimulatedDisk &disk, const std::string &where, bool isWal = false);

    static constexpr std::uint64_t settledCount = 40;
    static constexpr std::uint64_t pendingCount = 150;
    SimulatedDisk::Image m_image;    ///< closed cleanly
    SimulatedDisk::Image m_running;  ///< of a running device: with a WAL
    SimulatedDisk::Image m_earlier;  ///< m_image at an earlier time
    Sync::OpenedStore m_content;
    Sync::OpenedStore m_found;  ///< by the last check()
};

void TestStoreHealing::initTestCase()
{
    SimulatedDisk disk;
    std::uint64_t counter = 0;
    const auto write = [&counter](LocalStore &store, std::uint64_t count) {
        std::vector<Core::MutationPtr> mutations;
        while (count-- > 0) {
            ++counter;
            mutations.push_back(put({deviceOf(1), counter}, "key" + std::to_string(counter % 60), static_cast<std::int64_t>(counter)));
        }
        return store.appendOutbox(mutations);
    };
    {
        auto store = LocalStore::open(optionsOn(disk, 1), fixedKey());
        QVERIFY(store);
        Wire::Welcome welcome;
        welcome.epoch = 5;
        welcome.lease = "lease";
        QVERIFY((*store)->storeWelcome(welcome));
        QVERIFY(write(**store, settledCount));
        Wire::Pushed pushed{1, settledCount, {}, {}};
        Wire::Settled refused;
        refused.counter = settledCount;
        refused.refusal = Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None, "no");
        pushed.settled.push_back(refused);
        QVERIFY((*store)->settle(pushed, settledCount));
        QVERIFY(write(**store, pendingCount / 2));
    }
    m_earlier = disk.image();
    auto store = LocalStore::open(optionsOn(disk, 1), fixedKey());
    QVERIFY(store);
    Wire::Changes changes;
    changes.from = 0;
    for (int i = 0; i < 60; ++i) {
        Wire::DocumentDelta delta;
        delta.id = {"notes", "other" + std::to_string(i)};
        delta.seq = static_cast<std::uint64_t>(i + 1);
        Core::apply(delta.state, *put({deviceOf(9), static_cast<std::uint64_t>(i + 1)}, "", i), {});
        changes.documents.push_back(std::move(delta));
        changes.to = delta.seq;
    }
    changes.to = 60;
    QVERIFY((*store)->take(changes));
    for (std::uint64_t i = pendingCount / 2; i < pendingCount; i += 5) {
        QVERIFY(write(**store, 5));
    }
    m_running = disk.image();
    auto content = (*store)->loadAll();
    QVERIFY(content);
    m_content = std::move(*content);
    QCOMPARE(m_content.pending.size(), std::size_t{pendingCount});
    QCOMPARE(m_content.quarantine.size(), std::size_t{1});
    store->reset();
    m_image = disk.image();
    QVERIFY(pages() > 20);
}

/// Opens what is on the disk: all is as before, or was healed, and then what is there was there before, under a name that is new.
void TestStoreHealing::check(SimulatedDisk &disk, const std::string &where, bool isWal)
{
    auto opened = Sync::openHealed(optionsOn(disk, 2), fixedKey());
    QVERIFY2(opened, (where + ": " + (opened ? "" : Core::describe(opened.error()))).c_str());
    const auto &recovery = opened->content.recovery;
    const bool isHealed = opened->content.device == deviceOf(2);
    QVERIFY2(isHealed || opened->content.device == m_content.device, where.c_str());
    std::map<std::int64_t, Core::Dot> before;
    for (const Core::MutationPtr &mutation : m_content.pending) {
        before.emplace(*valueOf(*mutation), mutation->dot);
    }
    std::uint64_t counter = isHealed ? 0 : settledCount;
    std::int64_t last = 0;
    for (const Core::MutationPtr &mutation : opened->content.pending) {
        const std::int64_t value = *valueOf(*mutation);
        QVERIFY2(value > last && before.contains(value), where.c_str());
        last = value;
        QVERIFY2((mutation->dot == Core::Dot{opened->content.device, ++counter}), where.c_str());
        QVERIFY2(!isHealed || (mutation->origin && mutation->origin->dot == before.at(value)), where.c_str());
        for (const auto &entry : mutation->context.entries()) {
            const std::uint64_t most = entry.device == opened->content.device ? counter - 1 : settledCount;
            QVERIFY2(entry.counter <= most, where.c_str());
        }
    }
    // Damage to the WAL's last transaction looks as if the power had gone before it.
    QVERIFY2(isHealed || counter == settledCount + pendingCount || (isWal && counter == settledCount + pendingCount - 5), where.c_str());
    if (recovery) {
        QCOMPARE(recovery->pendingSalvaged, opened->content.pending.size());
        QVERIFY2(recovery->pendingSalvaged + recovery->pendingLost <= pendingCount, where.c_str());
        QCOMPARE(recovery->documentsSalvaged, opened->content.documents.size());
        QVERIFY2(!recovery->damage.empty(), where.c_str());
        QVERIFY2(*disk.fileSize(path + std::string(".damaged")), where.c_str());
        QCOMPARE(opened->content.cursor.seq, std::uint64_t{0});
    }
    std::map<Core::DocumentId, Core::Document> bases(m_content.documents.begin(), m_content.documents.end());
    for (const auto &[id, base] : opened->content.documents) {
        QVERIFY2(bases.contains(id) && bases.at(id) == base, (where + ": " + id.key).c_str());
    }
    for (const Sync::Quarantined &refused : opened->content.quarantine) {
        QVERIFY2(refused.mutation == m_content.quarantine.front().mutation, where.c_str());
    }
    for (const char *leftover : {".healing", ".healed", ".healing-wal", ".healed.keycheck"}) {
        QVERIFY2(!*disk.fileSize(path + std::string(leftover)), (where + ": " + leftover).c_str());
    }
    // And it works.
    QVERIFY2(opened->store->appendOutbox(std::array{put({opened->content.device, counter + 1}, "new", 1)}), where.c_str());
    m_found = std::move(opened->content);
}

void TestStoreHealing::whole_isNotHealed()
{
    SimulatedDisk disk;
    for (const SimulatedDisk::Image &image : {m_image, m_running}) {
        disk.load(image);
        check(disk, "whole");
        QVERIFY(!m_found.recovery);
        QCOMPARE(m_found.documents.size(), m_content.documents.size());
        QCOMPARE(m_found.quarantine.size(), std::size_t{1});
    }
}

void TestStoreHealing::page_flipped_isHealed()
{
    SimulatedDisk disk;
    std::size_t pendingLost = 0;
    std::size_t documentsLost = 0;
    std::size_t healed = 0;
    for (std::size_t page = 0; page < pages(); ++page) {
        for (const std::size_t offset : {std::size_t{3}, std::size_t{1500}, pageBytes - 1}) {
            SimulatedDisk::Image image = m_image;
            image.at(path)[page * pageBytes + offset] ^= 0x40;
            disk.load(image);
            const std::string where = "page " + std::to_string(page + 1) + " at " + std::to_string(offset);
            check(disk, where);
            if (QTest::currentTestFailed()) {
                return;
            }
            healed += m_found.recovery ? 1 : 0;
            if (m_found.recovery) {
                QVERIFY2(m_found.recovery->damage.find("page " + std::to_string(page + 1) + " of") != std::string::npos,
                         m_found.recovery->damage.c_str());
            }
            pendingLost += pendingCount - m_found.pending.size();
            documentsLost += m_content.documents.size() - m_found.documents.size();
        }
    }
    // One page holds a part of one table only.
    QVERIFY2(healed >= 3 * (pages() - 8), std::to_string(healed).c_str());
    QVERIFY(pendingLost > 0 && documentsLost > 0);
}

void TestStoreHealing::end_cutOff_isHealed()
{
    SimulatedDisk disk;
    const std::size_t size = m_image.at(path).size();
    for (std::size_t left = size - 1; left > pageBytes; left -= std::min<std::size_t>(left - 1, 1777)) {
        SimulatedDisk::Image image = m_image;
        image.at(path).resize(left);
        disk.load(image);
        check(disk, "cut to " + std::to_string(left));
        if (QTest::currentTestFailed()) {
            return;
        }
    }
}

void TestStoreHealing::sideFiles_damaged_areHealed_data()
{
    QTest::addColumn<QString>("suffix");
    QTest::addColumn<int>("at");
    for (const char *suffix : {".keycheck", "-wal"}) {
        const int size = static_cast<int>(m_running.at(path + std::string(suffix)).size());
        const int steps = 50;
        for (int i = 0; i < steps; ++i) {
            QTest::addRow("%s at %d of %d", suffix, i * (size - 1) / steps, size) << QString::fromLatin1(suffix) << i * (size - 1) / steps;
        }
        QTest::addRow("%s gone", suffix) << QString::fromLatin1(suffix) << -1;
    }
}

void TestStoreHealing::sideFiles_damaged_areHealed()
{
    QFETCH(QString, suffix);
    QFETCH(int, at);
    const std::string name = path + suffix.toStdString();
    SimulatedDisk disk;
    SimulatedDisk::Image image = suffix == QLatin1String("-wal") ? m_running : m_image;
    if (at < 0) {
        image.erase(name);
    } else {
        image.at(name)[static_cast<std::size_t>(at)] ^= 0x04;
    }
    disk.load(image);
    if (suffix == QLatin1String("-wal") && at < 0) {
        // A WAL that is not there cannot be told from one that never was: the store is an earlier one of its own, and whole.
        auto opened = Sync::openHealed(optionsOn(disk, 2), fixedKey());
        QVERIFY(opened);
        return;
    }
    check(disk, QTest::currentDataTag(), suffix == QLatin1String("-wal"));
    if (suffix == QLatin1String(".keycheck")) {
        QVERIFY(!m_found.recovery);
        QCOMPARE(m_found.pending.size(), std::size_t{pendingCount});
    } else if (m_found.recovery) {
        // What was on the page of the frame is on its older versions, but for what the frame brought.
        QVERIFY2(m_found.pending.size() + 5 >= pendingCount, m_found.recovery->damage.c_str());
    }
}

void TestStoreHealing::oldIndexPage_putBack_isFound()
{
    SimulatedDisk disk;
    disk.load(m_image);
    std::size_t page = 0;
    {
        CipherDb::OpenOptions options;
        options.path = path;
        options.role = CipherDb::Role::Reader;
        options.files = &disk;
        auto database = CipherDb::Database::open(options, fixedKey());
        QVERIFY(database);
        auto root = database->prepared("SELECT rootpage FROM sqlite_schema WHERE name = 'documents_by_name'");
        QVERIFY(root && *(*root)->step());
        page = static_cast<std::size_t>((*root)->int64(0)) - 1;
        (*root)->reset();
    }
    SimulatedDisk::Image image = m_image;
    const std::string before = image.at(path).substr(page * pageBytes, pageBytes);
    image.at(path).replace(page * pageBytes, pageBytes, m_earlier.at(path), page * pageBytes, pageBytes);
    QVERIFY(image.at(path).substr(page * pageBytes, pageBytes) != before);
    disk.load(image);
    auto opened = Sync::openHealed(optionsOn(disk, 2), fixedKey());
    QVERIFY2(opened, Core::describe(opened ? Core::Error() : opened.error()).c_str());
    QVERIFY(opened->content.recovery);
    QCOMPARE(opened->content.recovery->pendingLost, std::uint64_t(0));
    QCOMPARE(opened->content.pending.size(), std::size_t{pendingCount});
}

void TestStoreHealing::lostMutations_areCounted_andTheRestFollows()
{
    // The page of a block in the middle.
    SimulatedDisk disk;
    std::uint64_t gaps = 0;
    for (std::size_t page = 0; page < pages(); ++page) {
        SimulatedDisk::Image image = m_image;
        image.at(path)[page * pageBytes + 9] ^= 1;
        disk.load(image);
        check(disk, "page " + std::to_string(page + 1));
        if (m_found.recovery && m_found.recovery->pendingLost > 0) {
            gaps += m_found.recovery->pendingLost;
            QVERIFY(m_found.pending.size() + m_found.recovery->pendingLost <= pendingCount);
        }
    }
    QVERIFY(gaps > 0);
}

void TestStoreHealing::oldPage_putBack_isNeverPushedAsNew()
{
    SimulatedDisk disk;
    const std::string &earlier = m_earlier.at(path);
    std::set<std::size_t> changed;
    for (std::size_t page = 0; page < earlier.size() / pageBytes; ++page) {
        if (earlier.compare(page * pageBytes, pageBytes, m_image.at(path), page * pageBytes, pageBytes) != 0) {
            changed.insert(page);
        }
    }
    QVERIFY(changed.size() > 3);
    for (const std::size_t page : changed) {
        SimulatedDisk::Image image = m_image;
        image.at(path).replace(page * pageBytes, pageBytes, earlier, page * pageBytes, pageBytes);
        disk.load(image);
        auto opened = Sync::openHealed(optionsOn(disk, 2), fixedKey());
        QVERIFY2(opened, Core::describe(opened ? Core::Error() : opened.error()).c_str());
        // Whatever is pending was pending.
        for (const Core::MutationPtr &mutation : opened->content.pending) {
            QVERIFY(*valueOf(*mutation) > static_cast<std::int64_t>(settledCount));
        }
    }
}

void TestStoreHealing::healing_failedAtEveryCall_startsOverOrGoesOn_data()
{
    QTest::addColumn<int>("fault");
    for (const NthCall::Fault fault : NthCall::diskFaults) {
        QTest::newRow(NthCall::nameOf(fault)) << static_cast<int>(fault);
    }
}

void TestStoreHealing::healing_failedAtEveryCall_startsOverOrGoesOn()
{
    QFETCH(int, fault);
    SimulatedDisk disk;
    SimulatedDisk::Image image = m_earlier;
    image.at(path)[2 * pageBytes + 100] ^= 1;
    disk.load(image);
    check(disk, "unhindered");
    const std::size_t pendingThere = m_found.pending.size();
    const std::size_t documentsThere = m_found.documents.size();
    const int calls = NthCall::forEach(
        static_cast<NthCall::Fault>(fault), disk, image,
        [&disk] { Core::ignore(Sync::openHealed(optionsOn(disk, 2), fixedKey()), "that it fails is what is tried"); },
        [&](const std::string &where) {
            check(disk, where);
            // A page that the disk would not read once is taken for lost only if it is asked twice.
            QVERIFY2(m_found.pending.size() == pendingThere, where.c_str());
            QVERIFY2(m_found.documents.size() == documentsThere, where.c_str());
        },
        20000);
    QVERIFY(calls > 0);
    qInfo("%d calls", calls);
}

void TestStoreHealing::diskFull_whileHealing_changesNothing()
{
    SimulatedDisk disk;
    SimulatedDisk::Image image = m_image;
    image.at(path)[3 * pageBytes + 100] ^= 1;
    disk.load(image);
    disk.fail(Testing::DiskFault::WriteFull, 0, true);
    const auto opened = Sync::openHealed(optionsOn(disk, 2), fixedKey());
    QVERIFY(!opened);
    QCOMPARE(opened.error().reason, Core::ErrorReason::StorageFull);
    QVERIFY2(opened.error().detail.find("page 4 of") != std::string::npos, opened.error().detail.c_str());
    disk.heal();
    QVERIFY(disk.image().at(path) == image.at(path));
    check(disk, "space is back");
}

void TestStoreHealing::unreadablePage_isHealed()
{
    for (std::size_t page = 0; page < pages(); ++page) {
        SimulatedDisk disk;
        disk.load(m_image);
        disk.failReadsOf(path, page * pageBytes);
        check(disk, "page " + std::to_string(page + 1) + " unreadable");
        if (QTest::currentTestFailed()) {
            return;
        }
    }
}

void TestStoreHealing::olderDamaged_isReplaced()
{
    SimulatedDisk disk;
    disk.load(m_image);
    std::string last;
    for (const std::size_t page : {std::size_t{3}, std::size_t{4}}) {
        SimulatedDisk::Image image = disk.image();
        image.at(path)[page * pageBytes + 9] ^= 1;
        last = image.at(path);
        disk.load(image);
        QVERIFY(Sync::openHealed(optionsOn(disk, static_cast<std::uint8_t>(page)), fixedKey()));
    }
    QVERIFY(disk.image().at(path + std::string(".damaged")) == last);
}

void TestStoreHealing::otherUser_isRefused()
{
    SimulatedDisk disk;
    SimulatedDisk::Image image = m_image;
    image.at(path)[9] ^= 1;
    disk.load(image);
    auto options = optionsOn(disk, 2);
    options.user.user = "bob";
    const auto opened = Sync::openHealed(options, fixedKey());
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, Core::ErrorCode::FailedPrecondition);
    QVERIFY(disk.image().at(path) == image.at(path));
}

int main(int argc, char *argv[])
{
    NthCall::countSqliteMemory();
    TestStoreHealing test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_storehealing.moc"
