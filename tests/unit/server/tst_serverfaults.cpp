// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a push that the server has taken is durable, and one that it has not is whole or absent, whichever write, sync, read or allocation
// of SQLite fails meanwhile, and after a power cut; a damaged store is not opened, and the page is named. Method: the n-th call loop over
// pushes by the server's own rules on a simulated disk; a byte is flipped in every page.

#include "server-stub/ops/random.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "server-stub/sync/pushrules.h"
#include "support/disk/nthcall.h"
#include "support/disk/simulateddisk.h"

#include <QTest>

#include <array>

using namespace Satchel;
using namespace Satchel::Server;
using Testing::SimulatedDisk;
namespace NthCall = Testing::NthCall;

namespace {

constexpr std::chrono::milliseconds now{1'800'000'000'000};
constexpr const char *path = "/server.db";
const Core::UserId alice{"t", "alice"};

Core::DeviceId device()
{
    Core::DeviceId id;
    id.bytes.fill(3);
    return id;
}

CipherDb::StoreKey key()
{
    std::array<std::uint8_t, CipherDb::StoreKey::sizeBytes> bytes{};
    bytes.fill(5);
    return CipherDb::StoreKey(bytes);
}

Core::Mutation put(std::uint64_t counter)
{
    Core::Mutation mutation;
    mutation.dot = {device(), counter};
    mutation.stamp = Core::Hlc::fromParts(static_cast<std::uint64_t>(now.count()) - 1000 + counter, 0);
    mutation.document = {"notes", "key" + std::to_string(counter)};
    mutation.ops = {Core::PutOp{"text", std::string(counter % 3 == 0 ? 9000 : 300, 'x')}};
    return mutation;
}

/// Takes a push of two mutations, as the pipeline does.
Core::Result<void> push(Store &store, std::uint64_t first)
{
    auto log = store.begin();
    if (!log) {
        return Core::failure(log.error());
    }
    auto owner = (*log)->owner(alice, now);
    if (!owner) {
        return Core::failure(owner.error());
    }
    if ((*owner)->devices.find(device()) == (*owner)->devices.end()) {
        if (auto added = (*log)->addDevice(**owner, device()); !added) {
            return Core::failure(added.error());
        }
    }
    const PushRules rules(PushSettings{}, store.policies());
    Core::HlcClock clock;
    auto answer = rules.process(**log, PushRequest{alice, device(), Wire::Push{1, {put(first), put(first + 1)}}}, clock, now);
    if (!answer) {
        return Core::failure(answer.error());
    }
    if (!*answer) {
        return Core::failure(answer->error());
    }
    return (*log)->commit();
}

Core::Result<std::uint64_t> headOf(Store &store)
{
    return store.reader().and_then([](std::unique_ptr<ReadView> view) { return view->head(alice); });
}

}  // namespace

class TestServerFaults : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void nthCall_fails_keepsWhatWasTaken_data();
    void nthCall_fails_keepsWhatWasTaken();
    void page_flipped_isNamedAndNotOpened();

private:
    SimulatedDisk::Image m_start;
    SystemRandom m_random;
};

void TestServerFaults::initTestCase()
{
    SimulatedDisk disk;
    {
        auto store = EmbeddedStore::open(path, key(), m_random, &disk);
        QVERIFY(store);
        for (std::uint64_t counter = 1; counter < 10; counter += 2) {
            QVERIFY(push(**store, counter));
        }
    }
    m_start = disk.image();
}

void TestServerFaults::nthCall_fails_keepsWhatWasTaken_data()
{
    QTest::addColumn<int>("fault");
    for (const NthCall::Fault fault : NthCall::diskFaults) {
        QTest::newRow(NthCall::nameOf(fault)) << static_cast<int>(fault);
    }
    for (const NthCall::Fault fault : NthCall::memoryFaults) {
        QTest::newRow(NthCall::nameOf(fault)) << static_cast<int>(fault);
    }
}

void TestServerFaults::nthCall_fails_keepsWhatWasTaken()
{
    QFETCH(int, fault);
    SimulatedDisk disk;
    std::uint64_t taken = 0;
    std::uint64_t tried = 0;
    const int calls = NthCall::forEach(
        static_cast<NthCall::Fault>(fault), disk, m_start,
        [&] {
            taken = tried = 10;
            auto shelter = std::make_optional<NthCall::Sheltered>();
            auto store = EmbeddedStore::open(path, key(), m_random, &disk);
            shelter.reset();
            // A device that got no answer sends the same again.
            for (int attempt = 0; store && attempt < 3; ++attempt) {
                tried = taken + 2;
                if (push(**store, taken + 1)) {
                    taken = tried;
                }
            }
        },
        [&](const std::string &where) {
            auto store = EmbeddedStore::open(path, key(), m_random, &disk);
            QVERIFY2(store, (where + ": " + (store ? "" : Core::describe(store.error()))).c_str());
            const auto head = headOf(**store);
            QVERIFY2(head && (*head == taken || *head == tried), where.c_str());
            QVERIFY2((*store)->verify(), where.c_str());
            // The push that was cut short, again: taken once.
            const auto again = push(**store, taken + 1);
            QVERIFY2(again, (where + ": " + (again ? "" : Core::describe(again.error()))).c_str());
            QVERIFY2(headOf(**store) == taken + 2, where.c_str());
        },
        20000);
    QVERIFY(calls > 0);
    qInfo("%d calls", calls);
}

void TestServerFaults::page_flipped_isNamedAndNotOpened()
{
    constexpr std::size_t pageBytes = 4096;
    SimulatedDisk disk;
    for (std::size_t page = 0; page < m_start.at(path).size() / pageBytes; ++page) {
        SimulatedDisk::Image image = m_start;
        image.at(path)[page * pageBytes + 321] ^= 2;
        disk.load(image);
        const auto opened = EmbeddedStore::open(path, key(), m_random, &disk);
        QVERIFY(!opened);
        QCOMPARE(opened.error().reason, Core::ErrorReason::StoreDamaged);
        QVERIFY2(opened.error().detail.find("page " + std::to_string(page + 1)) != std::string::npos, opened.error().detail.c_str());
        QVERIFY(disk.image().at(path) == image.at(path));
    }
}

int main(int argc, char *argv[])
{
    NthCall::countSqliteMemory();
    TestServerFaults test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_serverfaults.moc"
