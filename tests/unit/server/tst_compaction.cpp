// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a log grows shorter and nothing that anybody still needs goes with it: documents stay, deltas stay, a write that is sent again gets
// its answer again, and what the log cannot tell any more is not guessed.
// Method: pushes, Hellos and compactions given to a pipeline over an embedded store; what it holds is compared before and after.

#include "server-stub/ops/random.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "server-stub/sync/compactor.h"

#include <QTemporaryDir>
#include <QTest>

#include <future>

using namespace Satchel;
using namespace std::chrono_literals;

namespace {

class SteppedClock : public Server::Clock {
public:
    [[nodiscard]] std::chrono::milliseconds now() const override { return time; }
    std::chrono::milliseconds time{1'800'000'000'000};
};

Core::DeviceId deviceOf(int number)
{
    Core::DeviceId device;
    device.bytes[0] = static_cast<std::uint8_t>(number);
    return device;
}

}  // namespace

class TestCompaction : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void compact_readByAll_documentsAndDeltasStay();
    void compact_inSteps_isAsInOne();
    void compact_youngUnreadOrAwaited_stays_data();
    void compact_youngUnreadOrAwaited_stays();
    void push_againAfterCompaction_isAnsweredAgain();
    void push_ofACopyAfterCompaction_isNotGuessed();
    void compactor_manyUsers_shortensTheOldLogsOnly();
    void compactor_historyForEver_leavesAll();

private:
    struct Session {
        std::string lease;
        std::uint64_t counter = 0;
    };
    /// `work` hands a call to the pipeline with a callback; its answer.
    template <typename Answer, typename Work>
    [[nodiscard]] Answer answerOf(Work work)
    {
        std::promise<Answer> promise;
        work([&promise](Answer answer) { promise.set_value(std::move(answer)); });
        return promise.get_future().get();
    }
    void hello(int device, std::uint64_t settled = 0, const Core::UserId &user = {"t", "u"});
    [[nodiscard]] Core::Mutation mutation(int device, const std::string &key, std::int64_t value);
    [[nodiscard]] Server::PushAnswer push(int device, std::vector<Core::Mutation> mutations, const Core::UserId &user = {"t", "u"});
    /// Everything received by now that may go; how many events went.
    [[nodiscard]] std::size_t compact(std::size_t eventsMax = 1000, std::chrono::milliseconds age = 0ms,
                                      std::chrono::milliseconds away = 24h);
    void acknowledge(int device, std::uint64_t seq);
    /// Whether the log can tell what became of a mutation.
    [[nodiscard]] bool isKnown(int device, std::uint64_t counter);
    [[nodiscard]] std::string deltas(int device, std::uint64_t from);

    const Core::UserId m_user{"t", "u"};
    std::unique_ptr<QTemporaryDir> m_folder;
    Server::SystemRandom m_random;
    SteppedClock m_clock;
    Server::Failpoint m_failpoint;
    std::unique_ptr<Server::Store> m_store;
    std::unique_ptr<Server::PushPipeline> m_pipeline;
    std::map<std::pair<Core::UserId, int>, Session> m_sessions;
};

void TestCompaction::init()
{
    m_pipeline.reset();
    m_store.reset();
    m_sessions.clear();
    m_folder = std::make_unique<QTemporaryDir>();
    auto opened =
        Server::EmbeddedStore::open(m_folder->filePath(QStringLiteral("server.db")).toStdString(), CipherDb::StoreKey::random(), m_random);
    QVERIFY2(opened, opened ? "" : Core::describe(opened.error()).c_str());
    m_store = std::move(*opened);
    Server::PipelineSettings settings;
    settings.cursorDelay = 0ms;
    m_pipeline =
        std::make_unique<Server::PushPipeline>(*m_store, m_clock, settings, m_failpoint, [](const auto &, std::uint64_t, const auto &) {});
}

void TestCompaction::hello(int device, std::uint64_t settled, const Core::UserId &user)
{
    Session &session = m_sessions[{user, device}];
    Wire::Hello frame;
    frame.device.id = deviceOf(device);
    frame.lease = session.lease;
    frame.lastCounter = session.counter;
    frame.settledCounter = settled;
    const auto answer = answerOf<Server::HelloAnswer>(
        [&](auto callback) { m_pipeline->hello({user, frame, m_random.bytes(16), m_store->epoch()}, callback); });
    QVERIFY2(answer, answer ? "" : Core::describe(answer.error()).c_str());
    session.lease = answer->lease;
}

Core::Mutation TestCompaction::mutation(int device, const std::string &key, std::int64_t value)
{
    Core::Mutation made;
    made.dot = {deviceOf(device), static_cast<std::uint64_t>(value)};
    made.stamp = Core::Hlc::fromParts(1'700'000'000'000 + static_cast<std::uint64_t>(value), static_cast<std::uint16_t>(device));
    made.document = {"notes", key};
    made.ops = {Core::PutOp{"f", Core::Value(value)}};
    return made;
}

Server::PushAnswer TestCompaction::push(int device, std::vector<Core::Mutation> mutations, const Core::UserId &user)
{
    Session &session = m_sessions[{user, device}];
    session.counter = std::max(session.counter, mutations.back().dot.counter);
    return answerOf<Server::PushAnswer>(
        [&](auto callback) { m_pipeline->push({user, deviceOf(device), Wire::Push{1, std::move(mutations)}, session.lease}, callback); });
}

std::size_t TestCompaction::compact(std::size_t eventsMax, std::chrono::milliseconds age, std::chrono::milliseconds away)
{
    const Server::CompactRequest request{m_user, m_clock.now() - age + 1ms, m_clock.now() - away, eventsMax};
    const auto answer = answerOf<Server::CompactAnswer>([&](auto callback) { m_pipeline->compact(request, callback); });
    return answer ? answer->eventCount : SIZE_MAX;
}

/// As a session does. The pipeline writes it with the next transaction.
void TestCompaction::acknowledge(int device, std::uint64_t seq)
{
    m_pipeline->saveCursor(m_user, deviceOf(device), seq);
}

bool TestCompaction::isKnown(int device, std::uint64_t counter)
{
    const auto log = m_store->begin();
    Server::OwnerRow &owner = **(*log)->owner(m_user, m_clock.now());
    return (*log)->disposition(owner, owner.devices.at(deviceOf(device)), counter)->has_value();
}

std::string TestCompaction::deltas(int device, std::uint64_t from)
{
    Server::DeltaQuery query;
    query.user = m_user;
    query.device = deviceOf(device);
    query.from = from;
    const auto page = (*m_store->reader())->deltas(query);
    std::string text = page ? std::to_string(page->head) : "failed";
    for (const Wire::DocumentDelta &delta : page->documents) {
        text += delta.id.key + std::to_string(delta.seq) + Wire::encode(delta.state);
    }
    return text;
}

void TestCompaction::compact_readByAll_documentsAndDeltasStay()
{
    hello(1);
    hello(2);
    QVERIFY(push(1, {mutation(1, "a", 1), mutation(1, "b", 2), mutation(1, "a", 3), mutation(1, "c", 4)}));
    acknowledge(1, 4);
    acknowledge(2, 4);
    hello(1, 4);
    const std::string before = deltas(2, 0) + deltas(2, 2) + deltas(1, 3);
    QCOMPARE(compact(), std::size_t(4));
    QCOMPARE(deltas(2, 0) + deltas(2, 2) + deltas(1, 3), before);
    QCOMPARE(compact(), std::size_t(0));

    QVERIFY(!isKnown(1, 3));
    QVERIFY(push(1, {mutation(1, "a", 5)}));
    QVERIFY(deltas(2, 4) != deltas(2, 5));
}

void TestCompaction::compact_inSteps_isAsInOne()
{
    hello(1);
    for (int i = 1; i <= 30; ++i) {
        QVERIFY(push(1, {mutation(1, std::string(1, static_cast<char>('a' + i % 7)), i)}));
    }
    acknowledge(1, 30);
    hello(1, 30);
    const std::string before = deltas(2, 0);
    std::size_t steps = 0;
    for (std::size_t gone = compact(7); gone > 0; gone = compact(7)) {
        QCOMPARE(gone, steps < 4 ? std::size_t(7) : std::size_t(2));
        ++steps;
    }
    QCOMPARE(steps, std::size_t(5));
    QCOMPARE(deltas(2, 0), before);
}

void TestCompaction::compact_youngUnreadOrAwaited_stays_data()
{
    QTest::addColumn<int>("acknowledged");
    QTest::addColumn<int>("ageMs");
    QTest::addColumn<int>("awayMs");
    QTest::addColumn<int>("gone");
    QTest::newRow("all may go") << 4 << 0 << 86'400'000 << 4;
    QTest::newRow("the other device has read two") << 2 << 0 << 86'400'000 << 2;
    QTest::newRow("it has read none") << 0 << 0 << 86'400'000 << 0;
    QTest::newRow("it is not waited for") << 0 << 0 << 500 << 4;
    QTest::newRow("two are younger") << 4 << 2'000 << 86'400'000 << 2;
}

void TestCompaction::compact_youngUnreadOrAwaited_stays()
{
    QFETCH(int, acknowledged);
    QFETCH(int, ageMs);
    QFETCH(int, awayMs);
    QFETCH(int, gone);
    hello(2);
    m_clock.time += 1s;
    hello(1);
    QVERIFY(push(1, {mutation(1, "a", 1), mutation(1, "b", 2)}));
    m_clock.time += 2s;
    QVERIFY(push(1, {mutation(1, "a", 3), mutation(1, "c", 4)}));
    acknowledge(1, 4);
    acknowledge(2, static_cast<std::uint64_t>(acknowledged));
    hello(1, 4);
    QCOMPARE(compact(1000, std::chrono::milliseconds(ageMs), std::chrono::milliseconds(awayMs)), static_cast<std::size_t>(gone));
}

void TestCompaction::push_againAfterCompaction_isAnsweredAgain()
{
    hello(1);
    Core::Mutation ahead = mutation(1, "a", 1);
    ahead.stamp = Core::Hlc::fromParts(static_cast<std::uint64_t>(m_clock.time.count()) + 3'600'000, 1);
    Core::Mutation refused = mutation(1, "a", 2);
    refused.ops = {Core::IncrementOp{"f", 1}};
    const std::vector<Core::Mutation> pushed{ahead, refused, mutation(1, "b", 3)};
    const auto first = push(1, pushed);
    QVERIFY(first);
    acknowledge(1, first->lastSeq);
    // The answer was lost: the device has settled nothing when it comes back, and the log is compacted before it sends again.
    hello(1);
    QCOMPARE(compact(), std::size_t(2));
    const auto again = push(1, pushed);
    QVERIFY2(again, again ? "" : Core::describe(again.error()).c_str());
    QVERIFY(again->pushed.seqs == first->pushed.seqs);
    QCOMPARE(again->pushed.settled.size(), std::size_t(2));
    QVERIFY(again->pushed.settled[0].stamp == first->pushed.settled[0].stamp);
    QVERIFY(again->pushed.settled[1].refusal == first->pushed.settled[1].refusal);
    QCOMPARE(again->lastSeq, std::uint64_t(0));
    QVERIFY(isKnown(1, 1) && isKnown(1, 2) && isKnown(1, 3));
    // Once it has heard, the next compaction clears them away.
    hello(1, 3);
    QCOMPARE(compact(), std::size_t(0));
    for (std::uint64_t counter = 1; counter <= 3; ++counter) {
        QVERIFY(!isKnown(1, counter));
    }
}

void TestCompaction::push_ofACopyAfterCompaction_isNotGuessed()
{
    hello(1);
    const Core::Mutation first = mutation(1, "a", 1);
    QVERIFY(push(1, {first}));
    acknowledge(1, 1);
    hello(1, 1);
    QCOMPARE(compact(), std::size_t(1));
    // A copy of the store had the same write pending, and sends it under its second name.
    hello(2);
    Core::Mutation again = mutation(2, "a", 1);
    again.origin = Core::Origin{first.dot, first.stamp};
    Core::Mutation own = mutation(2, "b", 2);
    own.origin = Core::Origin{Core::Dot{deviceOf(1), 2}, own.stamp};
    const auto answer = push(2, {again, own});
    QVERIFY(answer);
    QCOMPARE(answer->pushed.settled.size(), std::size_t(1));
    QCOMPARE(answer->pushed.settled[0].counter, std::uint64_t(1));
    QVERIFY(answer->pushed.settled[0].refusal->reason == Core::ErrorReason::HistoryExpired);
    QCOMPARE(answer->lastSeq, std::uint64_t(2));
}

void TestCompaction::compactor_manyUsers_shortensTheOldLogsOnly()
{
    const auto userOf = [](int number) { return Core::UserId{"t", "user" + std::to_string(number)}; };
    for (int i = 0; i < 30; ++i) {
        hello(1, 0, userOf(i));
        QVERIFY(push(1, {mutation(1, "a", 1), mutation(1, "b", 2)}, userOf(i)));
    }
    m_clock.time += 24h * 100;
    for (int i = 20; i < 40; ++i) {
        hello(1, i < 30 ? 2 : 0, userOf(i));
        const std::int64_t next = i < 30 ? 3 : 1;
        QVERIFY(push(1, {mutation(1, "a", next)}, userOf(i)));
        m_pipeline->saveCursor(userOf(i), deviceOf(1), 3);
    }
    Server::CompactionSettings settings;
    settings.historyKept = 24h * 90;
    settings.deviceTimeout = 24h * 30;
    Server::Compactor compactor(*m_store, *m_pipeline, m_clock, settings);
    const auto report = compactor.pass();
    QVERIFY(report);
    QCOMPARE(report->userCount, std::size_t(30));
    QCOMPARE(report->eventCount, std::size_t(60));
    const auto again = compactor.pass();
    QVERIFY(again);
    QCOMPARE(again->eventCount, std::size_t(0));
}

void TestCompaction::compactor_historyForEver_leavesAll()
{
    hello(1);
    QVERIFY(push(1, {mutation(1, "a", 1)}));
    m_clock.time += 24h * 10'000;
    Server::CompactionSettings settings;
    settings.historyKept = 0h;
    const auto report = Server::Compactor(*m_store, *m_pipeline, m_clock, settings).pass();
    QVERIFY(report);
    QCOMPARE(report->eventCount, std::size_t(0));
}

QTEST_GUILESS_MAIN(TestCompaction)
#include "tst_compaction.moc"
