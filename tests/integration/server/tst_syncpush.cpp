// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what a device is told of the mutations that it pushes over a WebSocket, against a whole server in this process.
// Method: devices that speak raw frames; every test has a server of its own with an ephemeral store.

#include "serverrig.h"

#include "core/view.h"

#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

std::string shown(const Core::Document &document, const std::string &field)
{
    const Core::FieldState *state = document.find(field);
    const Core::Sibling *sibling = state != nullptr ? Core::provisional(*state) : nullptr;
    return sibling != nullptr && sibling->value && sibling->value->as<std::string>() != nullptr ? *sibling->value->as<std::string>()
                                                                                                : "(nothing)";
}

}  // namespace

class TestSyncPush : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void push_acceptedMutations_areDurableAndNumbered();
    void push_fromOneDevice_reachesTheOther();
    void push_ownWrites_areNotSentBack();
    void push_sentAgain_getsTheSameAnswer();
    void push_otherContentUnderSameDot_isDeviceCloned();
    void push_otherValueUnderSameDotAndStamp_isDeviceCloned();
    void push_withGap_isCounterGap();
    void push_refusedMutation_doesNotHoldUpTheOthers();
    void push_stampFarAhead_isSettled();
    void push_originAlreadyInLog_isDroppedAsDuplicate();
    void push_beforeHello_isUnexpectedFrame();
};

void TestSyncPush::push_acceptedMutations_areDurableAndNumbered()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    const auto first = device.push({device.put("notes", "a", {{"title", "x"}}), device.put("notes", "b", {{"title", "y"}})});
    QVERIFY(first);
    QCOMPARE(first->acceptedThrough, 2U);
    QCOMPARE(first->seqs, (std::vector<std::uint64_t>{1, 2}));
    QVERIFY(first->settled.empty());
    const auto second = device.push({device.put("notes", "a", {{"title", "z"}})});
    QVERIFY(second);
    QCOMPARE(second->pushId, 2U);
    QCOMPARE(second->seqs, (std::vector<std::uint64_t>{3}));
}

void TestSyncPush::push_fromOneDevice_reachesTheOther()
{
    TwoOnAServer two;
    QCOMPARE(two.start(), QString());
    auto &[rig, a, b] = two;
    QVERIFY(a.push({a.put("notes", "k", {{"title", "hello"}, {"body", "long"}})}));
    auto changes = b.await<Wire::Changes>();
    QVERIFY(changes);
    QCOMPARE(changes->from, 0U);
    QCOMPARE(changes->to, 1U);
    QVERIFY(!changes->hasMore);
    QCOMPARE(changes->documents.size(), std::size_t(1));
    QCOMPARE(shown(changes->documents[0].state, "title"), std::string("hello"));
    b.send(Wire::Ack{{b.welcome->epoch, 1}});
    // The next delta names only what changed after the cursor.
    QVERIFY(a.push({a.put("notes", "k", {{"title", "again"}})}));
    changes = b.await<Wire::Changes>();
    QVERIFY(changes);
    QCOMPARE(changes->from, 1U);
    QCOMPARE(changes->documents.at(0).state.fields.size(), std::size_t(1));
    QCOMPARE(changes->documents.at(0).state.context.counterOf(a.id), 2U);
}

void TestSyncPush::push_ownWrites_areNotSentBack()
{
    TwoOnAServer two;
    QCOMPARE(two.start(), QString());
    auto &[rig, a, b] = two;
    QVERIFY(a.push({a.put("notes", "mine", {{"title", "1"}})}));
    QVERIFY(b.await<Wire::Changes>());
    Core::Mutation theirs = b.put("notes", "theirs", {{"title", "2"}});
    QVERIFY(b.push({theirs}));
    const auto changes = a.await<Wire::Changes>();
    QVERIFY(changes);
    QCOMPARE(changes->to, 2U);
    QCOMPARE(changes->documents.size(), std::size_t(1));
    QCOMPARE(changes->documents[0].id.key, std::string("theirs"));
}

void TestSyncPush::push_sentAgain_getsTheSameAnswer()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    Core::Mutation good = device.put("notes", "a", {{"title", "x"}});
    Core::Mutation ahead = device.put("notes", "b", {{"title", "y"}});
    ahead.stamp = Core::Hlc::fromParts(ahead.stamp.milliseconds() + 3'600'000, 0);
    Core::Mutation bad = device.put("NOT A NAME", "c", {{"title", "z"}});
    const auto first = device.push({good, ahead, bad});
    QVERIFY(first);
    QCOMPARE(first->seqs, (std::vector<std::uint64_t>{1, 2, 0}));
    device.pushId = 0;
    const auto again = device.push({good, ahead, bad});
    QVERIFY(again);
    QCOMPARE(again->seqs, first->seqs);
    QCOMPARE(again->settled.size(), first->settled.size());
    QVERIFY(again->settled == first->settled);
}

// Two copies of a store, in the same millisecond.
void TestSyncPush::push_otherValueUnderSameDotAndStamp_isDeviceCloned()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    const Core::Mutation mine = device.put("notes", "a", {{"title", "mine"}});
    QVERIFY(device.push({mine}));
    device.counter = 0;
    Core::Mutation copys = device.put("notes", "a", {{"title", "copy's"}});
    copys.stamp = mine.stamp;
    device.send(Wire::Push{9, {copys}});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::DeviceCloned);
}

void TestSyncPush::push_otherContentUnderSameDot_isDeviceCloned()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    QVERIFY(device.push({device.put("notes", "a", {{"title", "x"}})}));
    device.counter = 0;
    device.send(Wire::Push{9, {device.put("notes", "other", {{"title", "x"}}), device.put("notes", "new", {{"title", "x"}})}});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::DeviceCloned);
    QVERIFY(device.awaitClosed());
    // Nothing of that push was taken.
    WebSocketDevice other(2);
    QVERIFY(other.open(rig.url(), rig.token()));
    QCOMPARE(other.welcome->head, 1U);
}

void TestSyncPush::push_withGap_isCounterGap()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    device.counter = 1;
    device.send(Wire::Push{1, {device.put("notes", "a", {{"title", "x"}})}});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.code, Core::ErrorCode::FailedPrecondition);
    QCOMPARE(error->error.reason, Core::ErrorReason::CounterGap);
}

void TestSyncPush::push_refusedMutation_doesNotHoldUpTheOthers()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    Core::Mutation unknownContext = device.put("notes", "a", {{"title", "x"}});
    unknownContext.context.add(Core::Dot{WebSocketDevice(77).id, 5});
    const std::string big(200 * 1024, 'x');
    const auto pushed = device.push({unknownContext, device.put("notes", "big", {{"one", big}}), device.put("notes", "big", {{"two", big}}),
                                     device.put("notes", "last", {{"title", "ok"}})});
    QVERIFY(pushed);
    QCOMPARE(pushed->acceptedThrough, 4U);
    QCOMPARE(pushed->seqs, (std::vector<std::uint64_t>{0, 1, 0, 2}));
    QCOMPARE(pushed->settled.size(), std::size_t(2));
    QCOMPARE(pushed->settled[0].refusal->code, Core::ErrorCode::InvalidArgument);
    QCOMPARE(pushed->settled[1].refusal->code, Core::ErrorCode::ResourceExhausted);
}

void TestSyncPush::push_stampFarAhead_isSettled()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    Core::Mutation mutation = device.put("notes", "a", {{"title", "from the future"}});
    const auto now = rig.clock.now();
    mutation.stamp = Core::Hlc::fromParts(static_cast<std::uint64_t>(now.count()) + 10ULL * 365 * 24 * 3600 * 1000, 0);
    const auto pushed = device.push({mutation});
    QVERIFY(pushed);
    QCOMPARE(pushed->settled.size(), std::size_t(1));
    QVERIFY(pushed->settled[0].stamp);
    QVERIFY(pushed->settled[0].stamp->milliseconds() < static_cast<std::uint64_t>(now.count()) + 60'000);
}

void TestSyncPush::push_originAlreadyInLog_isDroppedAsDuplicate()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice first(1);
    QVERIFY(first.open(rig.url(), rig.token()));
    const Core::Mutation increment = first.mutation("notes", "n", {Core::PutOp{"title", Core::Value("once")}});
    QVERIFY(first.push({increment}));
    WebSocketDevice clone(2);
    QVERIFY(clone.open(rig.url(), rig.token()));
    Core::Mutation redotted = clone.mutation("notes", "n", increment.ops);
    redotted.origin = Core::Origin{increment.dot, increment.stamp};
    const auto pushed = clone.push({redotted});
    QVERIFY(pushed);
    QCOMPARE(pushed->seqs, (std::vector<std::uint64_t>{0}));
    QCOMPARE(pushed->settled.size(), std::size_t(1));
    QVERIFY(pushed->settled[0].wasDuplicate);
    // The other way round: the copy was first, then the original arrives under its own dot; and a third copy under another.
    Core::Mutation original = first.mutation("notes", "m", {Core::PutOp{"title", Core::Value("once")}});
    Core::Mutation copy = clone.mutation("notes", "m", original.ops);
    copy.origin = Core::Origin{original.dot, original.stamp};
    QVERIFY(clone.push({copy}));
    const auto late = first.push({original});
    QVERIFY(late);
    QVERIFY(late->settled.at(0).wasDuplicate);
    WebSocketDevice third(3);
    QVERIFY(third.open(rig.url(), rig.token()));
    Core::Mutation again = third.mutation("notes", "m", original.ops);
    again.origin = copy.origin;
    const auto thirdPushed = third.push({again});
    QVERIFY(thirdPushed);
    QVERIFY(thirdPushed->settled.at(0).wasDuplicate);
}

void TestSyncPush::push_beforeHello_isUnexpectedFrame()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.connectTo(rig.url(), rig.token()));
    device.send(Wire::Push{1, {device.put("notes", "a", {{"title", "x"}})}});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::UnexpectedFrame);
    QVERIFY(device.awaitClosed());
}

QTEST_GUILESS_MAIN(TestSyncPush)
#include "tst_syncpush.moc"
