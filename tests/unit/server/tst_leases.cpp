// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: leases tell a copy of a store from the store itself, whatever is lost or comes late on the way, and only the newest session of a
// name writes: docs/decisions/0006 and 0012.
// Method: Hellos and pushes in every order that matters, given to a pipeline without a thread over an embedded store.

#include "server-stub/ops/random.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "server-stub/sync/pushpipeline.h"

#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace Satchel;

class TestLeases : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void hello_leaseKept_isTakenForEver();
    void hello_welcomesLost_takesThePresentedLeaseAgain();
    void hello_cameLate_leavesTheKeptLeaseGood_data();
    void hello_cameLate_leavesTheKeptLeaseGood();
    void hello_ofAnEarlierRound_isDeviceCloned();
    void hello_ofTwoCopies_tellsTheSecondToComeBack();
    void push_ofAnEarlierSession_isNotTaken();
    void push_ofAnotherCopysEarlierSession_isNotTaken();
    void push_behindOneThatGaveACopyAway_isNotTaken();

private:
    /// The lease of the Welcome; empty: DEVICE_CLONED.
    [[nodiscard]] std::string hello(const std::string &lease, std::uint64_t lastCounter = 0);
    [[nodiscard]] Server::PushAnswer push(const std::string &lease, std::uint64_t counter, std::uint64_t stampMs = 1'000'000);

    const Core::UserId m_user{"t", "u"};
    std::unique_ptr<QTemporaryDir> m_folder;
    Server::SystemRandom m_random;
    Server::SystemClock m_clock;
    Server::Failpoint m_failpoint;
    std::unique_ptr<Server::Store> m_store;
    std::unique_ptr<Server::PushPipeline> m_pipeline;
    Core::DeviceId m_device;
};

void TestLeases::init()
{
    m_pipeline.reset();
    m_store.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    auto opened =
        Server::EmbeddedStore::open(m_folder->filePath(QStringLiteral("server.db")).toStdString(), CipherDb::StoreKey::random(), m_random);
    QVERIFY2(opened, opened ? "" : Core::describe(opened.error()).c_str());
    m_store = std::move(*opened);
    Server::PipelineSettings settings;
    settings.hasThread = false;
    m_pipeline =
        std::make_unique<Server::PushPipeline>(*m_store, m_clock, settings, m_failpoint, [](const auto &, std::uint64_t, const auto &) {});
    m_device.bytes[0] = 1;
}

std::string TestLeases::hello(const std::string &lease, std::uint64_t lastCounter)
{
    Wire::Hello frame;
    frame.device.id = m_device;
    frame.lease = lease;
    frame.lastCounter = lastCounter;
    std::optional<Server::HelloAnswer> answer;
    m_pipeline->hello({m_user, frame, m_random.bytes(16), m_store->epoch()},
                      [&answer](Server::HelloAnswer given) { answer = std::move(given); });
    if (!m_pipeline->work() || !answer) {
        qFatal("a Hello was not answered");
    }
    if (!*answer && answer->error().reason != Core::ErrorReason::DeviceCloned) {
        qFatal("%s", Core::describe(answer->error()).c_str());
    }
    return *answer ? (*answer)->lease : std::string();
}

Server::PushAnswer TestLeases::push(const std::string &lease, std::uint64_t counter, std::uint64_t stampMs)
{
    Core::Mutation mutation;
    mutation.dot = {m_device, counter};
    mutation.stamp = Core::Hlc::fromParts(stampMs + counter, 0);
    mutation.document = {"notes", "k"};
    mutation.ops = {Core::PutOp{"f", Core::Value(static_cast<std::int64_t>(counter))}};
    std::optional<Server::PushAnswer> answer;
    m_pipeline->push({m_user, m_device, Wire::Push{counter, {mutation}}, lease},
                     [&answer](Server::PushAnswer given) { answer = std::move(given); });
    if (!m_pipeline->work() || !answer) {
        qFatal("a push was not answered");
    }
    return std::move(*answer);
}

void TestLeases::hello_leaseKept_isTakenForEver()
{
    std::string kept;
    for (int i = 0; i < 20; ++i) {
        const std::string next = hello(kept);
        QVERIFY(!next.empty());
        QVERIFY(next != kept);
        kept = next;
    }
}

void TestLeases::hello_welcomesLost_takesThePresentedLeaseAgain()
{
    const std::string kept = hello(hello(""));
    std::set<std::string> given;
    for (int i = 0; i < 20; ++i) {
        const std::string lost = hello(kept);
        QVERIFY(!lost.empty());
        QVERIFY(given.insert(lost).second);
    }
}

void TestLeases::hello_cameLate_leavesTheKeptLeaseGood_data()
{
    QTest::addColumn<int>("before");
    QTest::addColumn<int>("after");
    QTest::newRow("late") << 0 << 1;
    QTest::newRow("several late") << 0 << 5;
    QTest::newRow("early and lost") << 5 << 0;
    QTest::newRow("both") << 3 << 3;
}

void TestLeases::hello_cameLate_leavesTheKeptLeaseGood()
{
    QFETCH(int, before);
    QFETCH(int, after);
    std::string kept = hello("");
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < before; ++i) {
            QVERIFY(!hello(kept).empty());
        }
        const std::string next = hello(kept);
        for (int i = 0; i < after; ++i) {
            QVERIFY(!hello(kept).empty());
        }
        QVERIFY(!next.empty());
        kept = next;
    }
    QVERIFY(!hello(kept).empty());
}

void TestLeases::hello_ofAnEarlierRound_isDeviceCloned()
{
    const std::string first = hello("");
    const std::string lost = hello(first);
    const std::string second = hello(first);
    QVERIFY(!hello(second).empty());
    QVERIFY(hello(first).empty());
    QVERIFY(hello(lost).empty());
    QVERIFY(hello("").empty());
    // What was refused has changed nothing.
    QVERIFY(!hello(second).empty());
}

void TestLeases::hello_ofTwoCopies_tellsTheSecondToComeBack()
{
    const std::string common = hello("");
    const std::string one = hello(common);
    const std::string other = hello(common);
    const std::string next = hello(one);
    QVERIFY(!next.empty());
    QVERIFY(hello(other).empty());
    QVERIFY(!hello(next).empty());
}

void TestLeases::push_ofAnEarlierSession_isNotTaken()
{
    const std::string first = hello("");
    QVERIFY(push(first, 1));
    const std::string second = hello(first, 2);
    const auto late = push(first, 2);
    QVERIFY(!late);
    QCOMPARE(late.error().code, Core::ErrorCode::Unavailable);
    const auto again = push(second, 2);
    QVERIFY2(again, again ? "" : Core::describe(again.error()).c_str());
    QCOMPARE(again->pushed.acceptedThrough, 2U);
}

void TestLeases::push_ofAnotherCopysEarlierSession_isNotTaken()
{
    const std::string common = hello("");
    const std::string one = hello(common, 2);
    const std::string other = hello(common, 1);
    QVERIFY(!other.empty());
    // The other was told that the log has none of this name; what is written now it would take for its own and not read.
    QVERIFY(!push(one, 1));
    QVERIFY(push(other, 1));
    const std::string back = hello(one, 2);
    QVERIFY(!back.empty());
    QVERIFY(push(back, 1));
    QVERIFY(push(back, 2));
    QVERIFY(hello(other, 1).empty());
}

void TestLeases::push_behindOneThatGaveACopyAway_isNotTaken()
{
    const std::string first = hello("");
    QVERIFY(push(first, 1));
    // A copy with another mutation under the same name, and the next one behind it, both sent before either is answered.
    const std::string copys = hello(first, 2);
    const auto told = push(copys, 1, 2'000'000);
    QVERIFY(!told);
    QCOMPARE(told.error().reason, Core::ErrorReason::DeviceCloned);
    const auto behind = push(copys, 2, 2'000'000);
    QVERIFY(!behind);
    // Whoever comes next with a lease of this round is let in as before.
    const std::string next = hello(copys, 2);
    QVERIFY(!next.empty());
    QVERIFY(push(next, 2));
}

QTEST_GUILESS_MAIN(TestLeases)
#include "tst_leases.moc"
