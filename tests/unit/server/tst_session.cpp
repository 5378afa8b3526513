// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the session's state machine asks for the right things in the right order, whatever the order of answers.
// Method: frames and results by hand, no socket, no store, no thread.

#include "server-stub/sync/session.h"

#include <QTest>

using namespace Satchel;
using Server::Session;

class TestSession : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hello_isStoredBeforeWelcome();
    void hello_ofOtherVersions_isRefused();
    void welcome_carriesPoliciesOnlyIfOthers();
    void push_moreThanAllowedInFlight_endsSession();
    void push_failure_endsSessionWithIt();
    void pushed_contiguousOwnWrites_areNotReadAgain();
    void grown_whileReading_readsOnceMore();
    void probe_whileReading_isAnsweredAfterAReadingThatBeganLater();
    void changes_withoutAck_stopAtEight();
    void ack_beyondTheLog_endsSession();
    void ack_ofOtherEpoch_endsSession();
    void catchUp_ofOwnWritesOnly_movesTheCursor();
    void shutdown_withPushInFlight_answersItFirst();
    void revoked_withPushInFlight_endsAtOnce();
    void recover_isStored_andAnsweredInOrder();
    void recover_moreThanAllowedInFlight_endsSession();
    void snapshot_isWholeUntilTheLogHasBeenRead();
    void snapshot_endingWithMore_saysItsEnd();
    void catchUp_whoseRestMovedOn_saysItsEnd();
    void snapshot_resumed_isWholeAndNamesTheDevicesOwn();
    void ownWrites_answered_countAsSeen();
    void ownWrites_behindUnacknowledgedChanges_countOnceAcknowledged();
    void token_timeOver_endsSession();
    void token_freshWithoutTheRole_endsSession();
    void ended_session_isSilent();
};

namespace {

constexpr std::chrono::milliseconds now{1'000'000};

Session make(std::uint64_t policyVersion = 0)
{
    auto policies = std::make_shared<Core::PolicySet>();
    policies->setVersion(policyVersion);
    Server::Identity identity{Core::UserId{"t", "u"}, {"user"}, std::chrono::seconds(5000)};
    return Session(identity, Server::SessionSettings{}, Server::SessionStart{"id", "lease", 7, policies});
}

Wire::Hello hello()
{
    Wire::Hello out;
    out.device.id.bytes[0] = 1;
    return out;
}

template <typename Kind>
const Kind *find(const std::vector<Session::Action> &actions)
{
    for (const Session::Action &action : actions) {
        if (const auto *kind = std::get_if<Kind>(&action)) {
            return kind;
        }
    }
    return nullptr;
}

template <typename Frame>
const Frame *sent(const std::vector<Session::Action> &actions)
{
    for (const Session::Action &action : actions) {
        const auto *send = std::get_if<Session::SendFrame>(&action);
        const auto *frame = send != nullptr ? std::get_if<Frame>(&send->frame) : nullptr;
        if (frame != nullptr) {
            return frame;
        }
    }
    return nullptr;
}

Server::HelloOutcome outcome(std::uint64_t head, std::uint64_t from)
{
    Server::HelloOutcome out;
    out.lease = "lease";
    out.head = head;
    out.from = from;
    return out;
}

/// A session that is open and has read its first page.
Session opened(std::uint64_t head = 0)
{
    Session session = make();
    session.onFrame(hello(), now);
    session.onHello(outcome(head, head), now);
    session.onDeltas(Server::DeltaPage{head, head, head, {}});
    Core::ignore(Core::Result<std::size_t>(session.takeActions().size()), "the opening is not the matter here");
    return session;
}

Server::PushOutcome pushed(std::uint64_t first, std::uint64_t last)
{
    Server::PushOutcome out;
    out.firstSeq = first;
    out.lastSeq = last;
    out.headBefore = first - 1;
    return out;
}

Wire::DocumentDelta delta(std::uint64_t seq)
{
    Wire::DocumentDelta out;
    out.seq = seq;
    return out;
}

Core::ErrorReason endReason(const std::vector<Session::Action> &actions)
{
    const auto *end = find<Session::End>(actions);
    return end != nullptr && end->error ? end->error->reason : Core::ErrorReason::None;
}

}  // namespace

void TestSession::hello_isStoredBeforeWelcome()
{
    Session session = make();
    session.onFrame(hello(), now);
    auto actions = session.takeActions();
    QVERIFY(find<Session::StoreHello>(actions));
    QVERIFY(!sent<Wire::Welcome>(actions));
    QVERIFY(session.isBusy());
    session.onHello(outcome(5, 3), now);
    actions = session.takeActions();
    QVERIFY(sent<Wire::Welcome>(actions));
    QCOMPARE(sent<Wire::Welcome>(actions)->epoch, 7U);
    QVERIFY(find<Session::Subscribe>(actions));
    QCOMPARE(find<Session::ReadLog>(actions)->query.from, 3U);
}

void TestSession::hello_ofOtherVersions_isRefused()
{
    Session session = make();
    Wire::Hello newer = hello();
    newer.versionMin = 2;
    newer.versionMax = 3;
    session.onFrame(newer, now);
    const auto actions = session.takeActions();
    QCOMPARE(endReason(actions), Core::ErrorReason::ProtocolVersion);
    QVERIFY(sent<Wire::SessionError>(actions));
}

void TestSession::welcome_carriesPoliciesOnlyIfOthers()
{
    for (const std::uint64_t known : {3U, 4U}) {
        Session session = make(4);
        Wire::Hello frame = hello();
        frame.policyVersion = known;
        session.onFrame(frame, now);
        session.onHello(outcome(0, 0), now);
        QCOMPARE(sent<Wire::Welcome>(session.takeActions())->policies.has_value(), known != 4);
    }
}

void TestSession::push_moreThanAllowedInFlight_endsSession()
{
    Session session = opened();
    for (std::size_t i = 0; i <= Server::SessionSettings{}.pushesInFlightMax; ++i) {
        session.onFrame(Wire::Push{i, {Core::Mutation{}}}, now);
    }
    QCOMPARE(endReason(session.takeActions()), Core::ErrorReason::LimitExceeded);
}

void TestSession::push_failure_endsSessionWithIt()
{
    Session session = opened();
    session.onFrame(Wire::Push{1, {Core::Mutation{}}}, now);
    session.onPushed(Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::DeviceCloned, "")));
    QCOMPARE(endReason(session.takeActions()), Core::ErrorReason::DeviceCloned);
}

void TestSession::pushed_contiguousOwnWrites_areNotReadAgain()
{
    Session session = opened(10);
    session.onFrame(Wire::Push{1, {Core::Mutation{}}}, now);
    session.onPushed(pushed(11, 20));
    auto actions = session.takeActions();
    QVERIFY(sent<Wire::Pushed>(actions));
    QVERIFY(!find<Session::ReadLog>(actions));
    // Somebody else wrote 21 before our 22: that must be read.
    session.onFrame(Wire::Push{2, {Core::Mutation{}}}, now);
    session.onPushed(pushed(22, 22));
    actions = session.takeActions();
    QVERIFY(find<Session::ReadLog>(actions));
    QCOMPARE(find<Session::ReadLog>(actions)->query.from, 20U);
}

void TestSession::grown_whileReading_readsOnceMore()
{
    Session session = opened();
    session.onGrown(1, now);
    QVERIFY(find<Session::ReadLog>(session.takeActions()));
    session.onGrown(2, now);
    QVERIFY(!find<Session::ReadLog>(session.takeActions()));
    session.onDeltas(Server::DeltaPage{0, 1, 1, {delta(1)}});
    auto actions = session.takeActions();
    QVERIFY(sent<Wire::Changes>(actions));
    QVERIFY(sent<Wire::Changes>(actions)->hasMore);
    QCOMPARE(find<Session::ReadLog>(actions)->query.from, 1U);
    session.onDeltas(Server::DeltaPage{1, 2, 2, {delta(2)}});
    actions = session.takeActions();
    QVERIFY(!sent<Wire::Changes>(actions)->hasMore);
    QVERIFY(!find<Session::ReadLog>(actions));
}

void TestSession::probe_whileReading_isAnsweredAfterAReadingThatBeganLater()
{
    Session session = opened();
    session.onGrown(1, now);
    QVERIFY(find<Session::ReadLog>(session.takeActions()));
    session.onFrame(Wire::Probe{7}, now);
    QVERIFY(!sent<Wire::Probed>(session.takeActions()));
    session.onDeltas(Server::DeltaPage{0, 1, 1, {delta(1)}});
    auto actions = session.takeActions();
    QVERIFY(sent<Wire::Changes>(actions));
    QVERIFY(find<Session::ReadLog>(actions));
    QVERIFY(!sent<Wire::Probed>(actions));
    session.onDeltas(Server::DeltaPage{1, 2, 2, {delta(2)}});
    actions = session.takeActions();
    QVERIFY(sent<Wire::Changes>(actions));
    QCOMPARE(sent<Wire::Probed>(actions)->probeId, 7U);
}

void TestSession::changes_withoutAck_stopAtEight()
{
    Session session = opened();
    session.onGrown(100, now);
    std::uint64_t at = 0;
    while (find<Session::ReadLog>(session.takeActions())) {
        session.onDeltas(Server::DeltaPage{at, at + 1, 100, {delta(at + 1)}});
        ++at;
    }
    QCOMPARE(at, Wire::changesInFlightMax);
    session.onFrame(Wire::Ack{{7, 3}}, now);
    const auto actions = session.takeActions();
    QCOMPARE(find<Session::SaveCursor>(actions)->seq, 3U);
    QCOMPARE(find<Session::ReadLog>(actions)->query.from, 8U);
}

void TestSession::ack_beyondTheLog_endsSession()
{
    Session session = opened(5);
    session.onFrame(Wire::Ack{{7, 6}}, now);
    QCOMPARE(endReason(session.takeActions()), Core::ErrorReason::MalformedInput);
}

void TestSession::ack_ofOtherEpoch_endsSession()
{
    Session session = opened(5);
    session.onFrame(Wire::Ack{{8, 5}}, now);
    QVERIFY(session.isEnded());
}

void TestSession::catchUp_ofOwnWritesOnly_movesTheCursor()
{
    Session session = make();
    session.onFrame(hello(), now);
    session.onHello(outcome(9, 4), now);
    Core::ignore(Core::Result<std::size_t>(session.takeActions().size()), "the Welcome is not the matter here");
    session.onDeltas(Server::DeltaPage{4, 9, 9, {}});
    const auto actions = session.takeActions();
    const auto *changes = sent<Wire::Changes>(actions);
    QVERIFY(changes);
    QCOMPARE(changes->from, 4U);
    QCOMPARE(changes->to, 9U);
    QVERIFY(changes->documents.empty());
}

void TestSession::shutdown_withPushInFlight_answersItFirst()
{
    Session session = opened();
    session.onFrame(Wire::Push{1, {Core::Mutation{}}}, now);
    session.onEnded(Server::ShutdownReason::ShuttingDown);
    auto actions = session.takeActions();
    QCOMPARE(sent<Wire::Notice>(actions)->kind, Wire::NoticeKind::ShuttingDown);
    QVERIFY(!find<Session::End>(actions));
    session.onPushed(pushed(1, 1));
    actions = session.takeActions();
    QVERIFY(sent<Wire::Pushed>(actions));
    QVERIFY(find<Session::End>(actions));
}

void TestSession::recover_isStored_andAnsweredInOrder()
{
    Session session = make();
    Wire::Hello former = hello();
    former.lastCounter = 12;
    session.onFrame(former, now);
    session.onHello(outcome(0, 0), now);
    session.onDeltas(Server::DeltaPage{0, 0, 0, {}});
    QVERIFY(!session.takeActions().empty());
    session.onFrame(Wire::Recover{4, {delta(0)}, false}, now);
    auto actions = session.takeActions();
    QVERIFY(find<Session::StoreRecover>(actions));
    QCOMPARE(find<Session::StoreRecover>(actions)->recover.recoverId, 4U);
    QCOMPARE(find<Session::StoreRecover>(actions)->lastCounter, 12U);
    QVERIFY(session.isBusy());
    session.onRecovered(Server::RecoverOutcome{{4, 1, {}}, 1});
    actions = session.takeActions();
    QCOMPARE(sent<Wire::Recovered>(actions)->healed, 1U);
    // What came out of the join may be news to the device as well.
    QVERIFY(find<Session::ReadLog>(actions));
}

void TestSession::recover_moreThanAllowedInFlight_endsSession()
{
    Session session = opened();
    for (std::uint64_t i = 0; i < 5; ++i) {
        session.onFrame(Wire::Recover{i, {}, false}, now);
    }
    QCOMPARE(endReason(session.takeActions()), Core::ErrorReason::UnexpectedFrame);
    session.onRecovered(Server::RecoverOutcome{});
    QVERIFY(session.takeActions().empty());
}

void TestSession::snapshot_isWholeUntilTheLogHasBeenRead()
{
    Session session = make();
    session.onFrame(hello(), now);
    Server::HelloOutcome snapshot = outcome(2, 0);
    snapshot.resume = Wire::Resume::Snapshot;
    session.onHello(snapshot, now);
    QVERIFY(find<Session::ReadLog>(session.takeActions())->query.isWhole);
    // A document has moved behind the head meanwhile: the device has nothing of it either.
    session.onDeltas(Server::DeltaPage{0, 2, 3, {delta(2)}});
    QVERIFY(find<Session::ReadLog>(session.takeActions())->query.isWhole);
    session.onDeltas(Server::DeltaPage{2, 3, 3, {delta(3)}});
    QVERIFY(!sent<Wire::Changes>(session.takeActions())->hasMore);
    session.onGrown(4, now);
    QVERIFY(!find<Session::ReadLog>(session.takeActions())->query.isWhole);
}

void TestSession::snapshot_endingWithMore_saysItsEnd()
{
    Session session = make();
    session.onFrame(hello(), now);
    Server::HelloOutcome snapshot = outcome(2, 0);
    snapshot.resume = Wire::Resume::Snapshot;
    session.onHello(snapshot, now);
    session.onDeltas(Server::DeltaPage{0, 2, 3, {delta(2)}});
    QVERIFY(sent<Wire::Changes>(session.takeActions())->hasMore);
    session.onDeltas(Server::DeltaPage{2, 3, 3, {}});
    const auto actions = session.takeActions();
    QVERIFY(sent<Wire::Changes>(actions));
    QVERIFY(!sent<Wire::Changes>(actions)->hasMore);
    QCOMPARE(sent<Wire::Changes>(actions)->to, 3U);
}

void TestSession::catchUp_whoseRestMovedOn_saysItsEnd()
{
    Session session = make();
    session.onFrame(hello(), now);
    session.onHello(outcome(3, 1), now);
    // The third document has moved to the fourth place while the first piece was read, by the device's own push: it is not sent again.
    session.onDeltas(Server::DeltaPage{1, 3, 4, {delta(2)}});
    QVERIFY(sent<Wire::Changes>(session.takeActions())->hasMore);
    session.onDeltas(Server::DeltaPage{3, 4, 4, {}});
    const auto actions = session.takeActions();
    QVERIFY(sent<Wire::Changes>(actions));
    QVERIFY(!sent<Wire::Changes>(actions)->hasMore);
    QCOMPARE(sent<Wire::Changes>(actions)->to, 4U);
}

void TestSession::snapshot_resumed_isWholeAndNamesTheDevicesOwn()
{
    Session session = make();
    Wire::Hello resumed = hello();
    resumed.isInSnapshot = true;
    session.onFrame(resumed, now);
    session.onHello(outcome(9, 4), now);
    const auto actions = session.takeActions();
    const auto *read = find<Session::ReadLog>(actions);
    QCOMPARE(read->query.from, 4U);
    QVERIFY(read->query.isWhole);
    QCOMPARE(read->query.includeOwnThrough, 9U);
}

void TestSession::ownWrites_answered_countAsSeen()
{
    Session session = opened(5);
    session.onFrame(Wire::Push{1, {Core::Mutation{}}}, now);
    QVERIFY(!find<Session::SaveCursor>(session.takeActions()));
    session.onPushed(pushed(6, 8));
    const auto actions = session.takeActions();
    QVERIFY(!sent<Wire::Changes>(actions));
    QCOMPARE(find<Session::SaveCursor>(actions)->seq, 8U);
}

void TestSession::ownWrites_behindUnacknowledgedChanges_countOnceAcknowledged()
{
    Session session = opened(5);
    session.onGrown(6, now);
    session.onDeltas(Server::DeltaPage{5, 6, 6, {delta(6)}});
    session.onFrame(Wire::Push{1, {Core::Mutation{}}}, now);
    session.onPushed(pushed(7, 7));
    QVERIFY(!find<Session::SaveCursor>(session.takeActions()));
    session.onFrame(Wire::Ack{{7, 6}}, now);
    QCOMPARE(find<Session::SaveCursor>(session.takeActions())->seq, 7U);
}

void TestSession::revoked_withPushInFlight_endsAtOnce()
{
    Session session = opened();
    session.onFrame(Wire::Push{1, {Core::Mutation{}}}, now);
    session.onEnded(Server::ShutdownReason::ShuttingDown);
    QVERIFY(!find<Session::End>(session.takeActions()));
    session.onEnded(Server::ShutdownReason::Revoked);
    const auto actions = session.takeActions();
    const auto *notice = sent<Wire::Notice>(actions);
    QVERIFY(notice && notice->kind == Wire::NoticeKind::Revoked);
    QVERIFY(find<Session::End>(actions));
    session.onPushed(pushed(1, 1));
    QVERIFY(session.takeActions().empty());
}

void TestSession::token_timeOver_endsSession()
{
    Session session = opened();
    QCOMPARE(session.admittedUntil(), std::chrono::milliseconds(5'060'000));
    session.onTime(session.admittedUntil());
    QVERIFY(session.takeActions().empty());
    Server::Identity fresh = session.identity();
    fresh.expiresAt += std::chrono::seconds(100);
    session.refresh(fresh);
    session.onTime(std::chrono::milliseconds(5'060'001));
    QVERIFY(session.takeActions().empty());
    session.onTime(std::chrono::milliseconds(5'160'001));
    const auto actions = session.takeActions();
    const auto *error = sent<Wire::SessionError>(actions);
    QVERIFY(error != nullptr);
    QCOMPARE(error->error.reason, Core::ErrorReason::TokenExpired);
    QVERIFY(find<Session::End>(actions));
}

void TestSession::token_freshWithoutTheRole_endsSession()
{
    Session session = opened();
    session.onFrame(Wire::Reauth{"token"}, now);
    QVERIFY(find<Session::VerifyToken>(session.takeActions()));
    Server::Identity fresh = session.identity();
    fresh.roles = {"support"};
    session.onToken(fresh);
    const auto actions = session.takeActions();
    const auto *error = sent<Wire::SessionError>(actions);
    QVERIFY(error != nullptr);
    QCOMPARE(error->error.reason, Core::ErrorReason::RoleMissing);
    QVERIFY(find<Session::End>(actions));
}

void TestSession::ended_session_isSilent()
{
    Session session = opened();
    session.onEnded(Server::ShutdownReason::Superseded);
    QVERIFY(find<Session::End>(session.takeActions()));
    session.onFrame(Wire::Push{1, {Core::Mutation{}}}, now);
    session.onGrown(99, now);
    session.onEnded(Server::ShutdownReason::ShuttingDown);
    QVERIFY(session.takeActions().empty());
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
