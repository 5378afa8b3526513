// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what a device relies on over a WebSocket, against a whole server in this process.
// Method: devices that speak raw frames; every test has a server of its own with an ephemeral store.

#include "serverrig.h"

#include "core/merge.h"
#include "core/view.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace Satchel;
using namespace Satchel::Test;

class TestSyncSession : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hello_newDevice_getsSnapshotWelcome();
    void push_acceptedMutations_areDurableAndNumbered();
    void push_fromOneDevice_reachesTheOther();
    void push_ownWrites_areNotSentBack();
    void push_sentAgain_getsTheSameAnswer();
    void push_otherContentUnderSameDot_isDeviceCloned();
    void push_withGap_isCounterGap();
    void push_refusedMutation_doesNotHoldUpTheOthers();
    void push_stampFarAhead_isSettled();
    void push_originAlreadyInLog_isDroppedAsDuplicate();
    void push_beforeHello_isUnexpectedFrame();
    void hello_oldLease_isDeviceCloned();
    void hello_presentedLeaseAfterLostWelcome_isTaken();
    void hello_twice_isUnexpectedFrame();
    void session_ofSameDevice_supersedesTheOlder();
    void changes_manyDocuments_areFlowControlled();
    void changes_afterReconnect_continueAtCursor();
    void changes_discardedLastElement_reachesTheOther();
    void snapshot_withWritesMeanwhile_namesTheDevicesOwn();
    void reauth_freshToken_extendsTheSession();
    void token_expiredInSession_endsIt();
    void shutdown_openSessions_getNotice();
};

namespace {

std::string shown(const Core::Document &document, const std::string &field)
{
    const Core::FieldState *state = document.find(field);
    const Core::Sibling *sibling = state != nullptr ? Core::provisional(*state) : nullptr;
    return sibling != nullptr && sibling->value && sibling->value->as<std::string>() != nullptr ? *sibling->value->as<std::string>()
                                                                                                : "(nothing)";
}

}  // namespace

void TestSyncSession::hello_newDevice_getsSnapshotWelcome()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    QCOMPARE(device.welcome->resume, Wire::Resume::Snapshot);
    QCOMPARE(device.welcome->snapshotReason, Wire::SnapshotReason::NewDevice);
    QCOMPARE(device.welcome->head, 0U);
    QCOMPARE(device.welcome->acceptedThrough, 0U);
    QVERIFY(device.welcome->epoch != 0);
    QVERIFY(!device.welcome->lease.empty());
    QVERIFY(!device.welcome->sessionId.empty());
    QTRY_COMPARE(rig.server().sessionCount(), std::size_t(1));
}

void TestSyncSession::push_acceptedMutations_areDurableAndNumbered()
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

void TestSyncSession::push_fromOneDevice_reachesTheOther()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice a(1);
    WebSocketDevice b(2);
    QVERIFY(a.open(rig.url(), rig.token()));
    QVERIFY(b.open(rig.url(), rig.token()));
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

void TestSyncSession::push_ownWrites_areNotSentBack()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice a(1);
    WebSocketDevice b(2);
    QVERIFY(a.open(rig.url(), rig.token()));
    QVERIFY(b.open(rig.url(), rig.token()));
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

void TestSyncSession::push_sentAgain_getsTheSameAnswer()
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

void TestSyncSession::push_otherContentUnderSameDot_isDeviceCloned()
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

void TestSyncSession::push_withGap_isCounterGap()
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

void TestSyncSession::push_refusedMutation_doesNotHoldUpTheOthers()
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

void TestSyncSession::push_stampFarAhead_isSettled()
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

void TestSyncSession::push_originAlreadyInLog_isDroppedAsDuplicate()
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

void TestSyncSession::push_beforeHello_isUnexpectedFrame()
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

void TestSyncSession::hello_oldLease_isDeviceCloned()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    const std::string oldest = device.lease;
    device.close();
    QVERIFY(device.awaitClosed());
    QVERIFY(device.open(rig.url(), rig.token()));
    device.close();
    QVERIFY(device.awaitClosed());
    QVERIFY(device.open(rig.url(), rig.token()));
    device.close();
    QVERIFY(device.awaitClosed());
    device.lease = oldest;
    QVERIFY(device.connectTo(rig.url(), rig.token()));
    device.send(device.hello());
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::DeviceCloned);
}

void TestSyncSession::hello_presentedLeaseAfterLostWelcome_isTaken()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    const std::string kept = device.lease;
    device.close();
    QVERIFY(device.awaitClosed());
    QVERIFY(device.open(rig.url(), rig.token()));
    device.close();
    QVERIFY(device.awaitClosed());
    device.lease = kept;  // the second Welcome never arrived
    QVERIFY(device.open(rig.url(), rig.token()));
}

void TestSyncSession::hello_twice_isUnexpectedFrame()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    device.send(device.hello());
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::UnexpectedFrame);
}

void TestSyncSession::session_ofSameDevice_supersedesTheOlder()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice older(1);
    WebSocketDevice newer(1);
    QVERIFY(older.open(rig.url(), rig.token()));
    newer.lease = older.lease;
    QVERIFY(newer.open(rig.url(), rig.token()));
    const auto notice = older.await<Wire::Notice>();
    QVERIFY(notice);
    QCOMPARE(notice->kind, Wire::NoticeKind::Superseded);
    QVERIFY(older.awaitClosed());
    QVERIFY(newer.isOpen());
    QVERIFY(newer.push({newer.put("notes", "a", {{"title", "x"}})}));
}

void TestSyncSession::changes_manyDocuments_areFlowControlled()
{
    Server::ServerOptions options;
    options.session.changesDocumentsMax = 10;
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    WebSocketDevice writer(1);
    QVERIFY(writer.open(rig.url(), rig.token()));
    std::vector<Core::Mutation> mutations;
    for (int i = 0; i < 200; ++i) {
        mutations.push_back(writer.put("notes", "k" + std::to_string(i), {{"title", "x"}}));
    }
    QVERIFY(writer.push(mutations));
    WebSocketDevice reader(2);
    QVERIFY(reader.open(rig.url(), rig.token()));
    QCOMPARE(reader.welcome->head, 200U);
    std::vector<Wire::Changes> got;
    for (std::size_t i = 0; i < Wire::changesInFlightMax; ++i) {
        auto changes = reader.await<Wire::Changes>();
        QVERIFY(changes);
        QVERIFY(changes->hasMore);
        got.push_back(std::move(*changes));
    }
    QVERIFY(!reader.await<Wire::Changes>(200));
    std::size_t documents = 80;
    while (documents < 200) {
        reader.send(Wire::Ack{{reader.welcome->epoch, got.back().to}});
        auto changes = reader.await<Wire::Changes>();
        QVERIFY(changes);
        QCOMPARE(changes->from, got.back().to);
        documents += changes->documents.size();
        got.push_back(std::move(*changes));
    }
    QVERIFY(!got.back().hasMore);
    QCOMPARE(got.back().to, 200U);
}

void TestSyncSession::changes_afterReconnect_continueAtCursor()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice a(1);
    WebSocketDevice b(2);
    QVERIFY(a.open(rig.url(), rig.token()));
    QVERIFY(b.open(rig.url(), rig.token()));
    QVERIFY(a.push({a.put("notes", "one", {{"title", "1"}})}));
    auto changes = b.await<Wire::Changes>();
    QVERIFY(changes);
    b.cursor.seq = changes->to;
    b.send(Wire::Ack{b.cursor});
    b.close();
    QVERIFY(b.awaitClosed());
    QVERIFY(a.push({a.put("notes", "two", {{"title", "2"}})}));
    QVERIFY(b.open(rig.url(), rig.token()));
    QCOMPARE(b.welcome->resume, Wire::Resume::Incremental);
    changes = b.await<Wire::Changes>();
    QVERIFY(changes);
    QCOMPARE(changes->from, 1U);
    QCOMPARE(changes->documents.size(), std::size_t(1));
    QCOMPARE(changes->documents[0].id.key, std::string("two"));
}

void TestSyncSession::changes_discardedLastElement_reachesTheOther()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("policies.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"version":1,"collections":{"notes":{"fields":{"tags":"set"}}}})");
    file.close();
    Server::ServerOptions options;
    options.policyFile = file.fileName().toStdString();
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    WebSocketDevice a(1);
    WebSocketDevice b(2);
    QVERIFY(a.open(rig.url(), rig.token()));
    QVERIFY(a.welcome->policies);
    QVERIFY(b.open(rig.url(), rig.token()));
    const auto policy = b.welcome->policies->of("notes");
    QVERIFY(a.push({a.mutation("notes", "k", {Core::AddOp{"tags", Core::Value("red")}})}));
    auto changes = b.await<Wire::Changes>();
    QVERIFY(changes);
    Core::Document atB;
    Core::mergeDelta(atB, changes->documents.at(0).state, policy);
    QVERIFY(Core::exists(atB, policy));
    b.send(Wire::Ack{{b.welcome->epoch, changes->to}});
    Core::Mutation discard = a.mutation("notes", "k", {Core::DiscardOp{"tags", Core::Value("red")}});
    discard.context.add(Core::Dot{a.id, 1});
    QVERIFY(a.push({discard}));
    changes = b.await<Wire::Changes>();
    QVERIFY(changes);
    Core::mergeDelta(atB, changes->documents.at(0).state, policy);
    const Core::FieldState *tags = atB.find("tags");
    QVERIFY(tags == nullptr || tags->elements.empty());
}

void TestSyncSession::snapshot_withWritesMeanwhile_namesTheDevicesOwn()
{
    Server::ServerOptions options;
    options.session.changesDocumentsMax = 1;
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    WebSocketDevice writer(1);
    QVERIFY(writer.open(rig.url(), rig.token()));
    std::vector<Core::Mutation> mutations;
    for (int i = 0; i < 12; ++i) {
        mutations.push_back(writer.put("notes", "k" + std::to_string(i), {{"title", "x"}}));
    }
    QVERIFY(writer.push(mutations));
    WebSocketDevice fresh(2);
    QVERIFY(fresh.open(rig.url(), rig.token()));
    QVERIFY(fresh.push({fresh.put("notes", "mine", {{"title", "y"}})}));
    fresh.send(Wire::Ack{{fresh.welcome->epoch, 8}});
    std::vector<std::string> keys;
    std::uint64_t at = 8;
    while (at < 13) {
        const auto changes = fresh.await<Wire::Changes>();
        QVERIFY(changes);
        at = changes->to;
        for (const auto &document : changes->documents) {
            keys.push_back(document.id.key);
        }
    }
    QCOMPARE(keys.back(), std::string("mine"));
}

void TestSyncSession::reauth_freshToken_extendsTheSession()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    rig.clock.advance(std::chrono::hours(2));
    device.send(Wire::Reauth{rig.token().toStdString()});
    const auto reauthed = device.await<Wire::Reauthed>();
    QVERIFY(reauthed);
    QVERIFY(device.push({device.put("notes", "a", {{"title", "x"}})}));
    device.send(Wire::Reauth{rig.token("mallory").toStdString()});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.code, Core::ErrorCode::Unauthenticated);
}

void TestSyncSession::token_expiredInSession_endsIt()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    rig.clock.advance(std::chrono::hours(2));
    device.send(Wire::Push{1, {device.put("notes", "a", {{"title", "x"}})}});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::TokenExpired);
}

void TestSyncSession::shutdown_openSessions_getNotice()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    std::thread stopper([&rig] { rig.stop(); });
    const auto notice = device.await<Wire::Notice>();
    const bool isClosed = device.awaitClosed();
    stopper.join();
    QVERIFY(notice);
    QCOMPARE(notice->kind, Wire::NoticeKind::ShuttingDown);
    QVERIFY(isClosed);
}

QTEST_GUILESS_MAIN(TestSyncSession)
#include "tst_syncsession.moc"
