// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the state machine keeps every promise of the protocol whatever the server says or leaves unsaid: nothing lost, nothing doubled, no
// loop. Method: virtual time, a scripted server, a store in memory; no sockets, no waiting.
#include "fakes/scriptedserver.h"
#include "fixedids.h"

#include <QTest>

using namespace Satchel;
using namespace std::chrono_literals;
using Sync::State;
using Testing::ScriptedServer;

class TestSyncEngine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void start_withAServer_goesLive()
    {
        ScriptedServer rig;
        rig.engine.start(rig.now);
        rig.run(1s);
        QCOMPARE(rig.status().state, State::Live);
        QCOMPARE(rig.status().carrier, Sync::Carrier::WebSocket);
        QCOMPARE(rig.connectCount, std::size_t(1));
        QVERIFY(!rig.status().blockedReason);
    }

    void pending_ofAnySize_isPushedInOrder_inBoundedFlight()
    {
        ScriptedServer rig;
        rig.isPushAnswered = false;
        rig.engine.start(rig.now);
        rig.run(1s);
        rig.fill(10'000);
        rig.run(1s);
        QCOMPARE(rig.pushes.size(), Wire::pushesInFlightMax);
        for (const auto &push : rig.pushes) {
            QVERIFY(push.size() <= Wire::pushMutationsMax);
        }
        rig.isPushAnswered = true;
        rig.cut();
        rig.run(5min);
        QVERIFY(rig.isLogWhole(10'000));
    }

    void token_refusedOnce_isAskedAgain_atOnce()
    {
        ScriptedServer rig;
        rig.token = [&rig]() -> Core::Result<std::string> { return "t" + std::to_string(rig.tokenCount); };
        rig.isTokenGood = [](const std::string &token) { return token != "t1"; };
        rig.engine.start(rig.now);
        rig.run(0ms);
        QCOMPARE(rig.tokenCount, std::size_t(2));
        QCOMPARE(rig.status().state, State::Live);
    }

    void token_refusedTwice_pausesAndSaysSo_untilProbe()
    {
        ScriptedServer rig;
        rig.isTokenGood = [](const std::string &) { return false; };
        rig.engine.start(rig.now);
        rig.run(59min);
        QCOMPARE(rig.tokenCount, std::size_t(2));
        QCOMPARE(rig.connectCount, std::size_t(2));
        QCOMPARE(rig.status().state, State::Degraded);
        QCOMPARE(rig.status().blockedReason->code, Core::ErrorCode::Unauthenticated);
        rig.isTokenGood = [](const std::string &) { return true; };
        rig.engine.probe(rig.now);
        rig.run(0ms);
        QCOMPARE(rig.status().state, State::Live);
        QVERIFY(!rig.status().blockedReason);
    }

    void token_expiredInSession_isRefreshedInPlace()
    {
        ScriptedServer rig;
        rig.engine.start(rig.now);
        rig.run(1h);
        rig.say(Wire::SessionError{
            Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenExpired, "", Core::Retry::AfterSignIn)});
        rig.run(0ms);
        QCOMPARE(rig.tokenCount, std::size_t(2));
        QCOMPARE(rig.status().state, State::Live);
    }

    void retryAfter_ofTheServer_wins()
    {
        ScriptedServer rig;
        rig.engine.start(rig.now);
        rig.run(1s);
        rig.say(Wire::Notice{Wire::NoticeKind::ShuttingDown, 30s, std::nullopt});
        QCOMPARE(rig.status().state, State::Offline);
        rig.run(29s);
        QCOMPARE(rig.connectCount, std::size_t(1));
        rig.run(9s);
        QCOMPARE(rig.connectCount, std::size_t(2));
        QCOMPARE(rig.status().state, State::Live);
    }

    void clone_takesANewIdentity_andPushesWhatItHad()
    {
        ScriptedServer rig;
        rig.fill(3);
        rig.onHello = [&rig](const Wire::Hello &hello) -> std::optional<Wire::ServerFrame> {
            if (hello.device.id != Test::deviceOf(1)) {
                return std::nullopt;
            }
            return Wire::SessionError{
                Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::DeviceCloned, "", Core::Retry::AfterChange)};
        };
        rig.engine.start(rig.now);
        rig.run(1s);
        QCOMPARE(rig.adoptCount, std::size_t(1));
        QCOMPARE(rig.status().state, State::Live);
        QVERIFY(rig.store.pending.empty());
        QCOMPARE(rig.log.size(), std::size_t(3));
        QCOMPARE(rig.log.front().origin->dot, (Core::Dot{Test::deviceOf(1), 1}));
    }

    void clone_again_isBounded()
    {
        ScriptedServer rig;
        rig.onHello = [](const Wire::Hello &) -> std::optional<Wire::ServerFrame> {
            return Wire::SessionError{
                Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::DeviceCloned, "", Core::Retry::AfterChange)};
        };
        rig.engine.start(rig.now);
        rig.run(1h);
        QCOMPARE(rig.adoptCount, std::size_t(Sync::SyncEngine::adoptionsMax));
        QCOMPARE(rig.status().state, State::Degraded);
        QCOMPARE(rig.status().blockedReason->reason, Core::ErrorReason::DeviceCloned);
    }

    void serverThatForgotUs_getsANewIdentity()
    {
        ScriptedServer rig;
        rig.fill(3);
        rig.engine.start(rig.now);
        rig.run(1s);
        QCOMPARE(rig.store.facts().settledThrough, std::uint64_t(3));
        rig.acceptedThrough = 1;
        rig.epoch = 2;
        rig.fill(1);
        rig.cut();
        rig.run(1min);
        QCOMPARE(rig.adoptCount, std::size_t(1));
        QVERIFY(rig.store.pending.empty());
        QCOMPARE(rig.status().state, State::Live);
    }

    void sessionErrors_inARow_becomeVisible_andAreSpaced()
    {
        ScriptedServer rig(Sync::CarrierChoice::WebSocketOnly);
        rig.fill(1);
        rig.onPush = [](const Wire::Push &) -> std::optional<Wire::ServerFrame> {
            return Wire::SessionError{
                Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::CounterGap, "", Core::Retry::Later)};
        };
        rig.engine.start(rig.now);
        rig.run(30min);
        QCOMPARE(rig.status().state, State::Degraded);
        QCOMPARE(rig.status().blockedReason->reason, Core::ErrorReason::CounterGap);
        QVERIFY2(rig.connectCount <= 120, qPrintable(QString::number(rig.connectCount)));
        rig.onPush = nullptr;
        rig.run(2min);
        QVERIFY(rig.isLogWhole(1));
        QCOMPARE(rig.status().state, State::Live);
    }

    void changes_notAtTheCursor_endTheSession_andAreNotTaken()
    {
        ScriptedServer rig;
        rig.engine.start(rig.now);
        rig.run(1s);
        rig.say(Wire::Changes{5, 9, {}, false});
        QCOMPARE(rig.store.facts().cursor.seq, std::uint64_t(0));
        QVERIFY(rig.status().state != State::Live);
        rig.run(10s);
        QCOMPARE(rig.status().state, State::Live);
    }

    void catchUp_isOver_whenTheLogsEndIsTold()
    {
        ScriptedServer rig;
        rig.engine.start(rig.now);
        rig.run(1s);
        QCOMPARE(rig.status().state, State::Live);
        rig.onHello = [&rig](const Wire::Hello &) -> std::optional<Wire::ServerFrame> {
            Wire::Welcome welcome;
            welcome.epoch = rig.epoch;
            welcome.lease = "lease";
            welcome.head = 5;
            return welcome;
        };
        rig.cut();
        rig.run(5s);
        // The head is reached; but a document that it counted may have moved behind it meanwhile, and follows.
        rig.say(Wire::Changes{0, 5, {}, true});
        QCOMPARE(rig.store.facts().cursor.seq, std::uint64_t(5));
        QCOMPARE(rig.status().state, State::CatchingUp);
        rig.say(Wire::Changes{5, 6, {}, false});
        QCOMPARE(rig.status().state, State::Live);
    }

    void firstFrame_notWelcome_endsTheSession()
    {
        ScriptedServer rig(Sync::CarrierChoice::WebSocketOnly);
        rig.onHello = [](const Wire::Hello &) -> std::optional<Wire::ServerFrame> { return Wire::Changes{0, 0, {}, false}; };
        rig.engine.start(rig.now);
        rig.run(5min);
        QCOMPARE(rig.status().state, State::Degraded);
        QVERIFY(rig.ackedSeqs.empty());
    }

    void readOnlyServer_isDegraded_pulls_andPushesLater()
    {
        ScriptedServer rig;
        rig.engine.start(rig.now);
        rig.run(1s);
        rig.say(Wire::Notice{Wire::NoticeKind::ReadOnly, 20s, std::nullopt});
        rig.fill(2);
        rig.run(1s);
        QCOMPARE(rig.status().state, State::Degraded);
        QVERIFY(rig.log.empty());
        rig.writeElsewhere("o", "f", 1);
        QVERIFY(rig.store.bases.contains({"notes", "o"}));
        rig.run(20s);
        QVERIFY(rig.isLogWhole(2));
        QCOMPARE(rig.status().state, State::Live);
    }

    void revoked_blocks_untilProbe()
    {
        ScriptedServer rig;
        rig.engine.start(rig.now);
        rig.run(1s);
        rig.say(Wire::Notice{Wire::NoticeKind::Revoked, 0ms, std::nullopt});
        rig.run(1h);
        QCOMPARE(rig.connectCount, std::size_t(1));
        QCOMPARE(rig.status().blockedReason->reason, Core::ErrorReason::DeviceRevoked);
    }

    void pause_cutsTheConnection_andResumeGoesOn()
    {
        ScriptedServer rig;
        rig.engine.start(rig.now);
        rig.run(1s);
        rig.engine.setPaused(true, rig.now);
        rig.fill(2);
        rig.run(1h);
        QCOMPARE(rig.status().state, State::Offline);
        QVERIFY(rig.log.empty());
        rig.engine.setPaused(false, rig.now);
        rig.run(0ms);
        QVERIFY(rig.isLogWhole(2));
    }

    void storeFailure_isDegraded_andTriedAgain()
    {
        ScriptedServer rig;
        rig.fill(2);
        rig.store.nextError =
            Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::StorageFull, "full", Core::Retry::Later);
        rig.engine.start(rig.now);
        rig.run(0ms);
        QCOMPARE(rig.status().state, State::Degraded);
        QCOMPARE(rig.status().blockedReason->reason, Core::ErrorReason::StorageFull);
        rig.run(2min);
        QVERIFY(rig.isLogWhole(2));
    }

    void requestSync_isReached_afterPendingIsSettledAndTheLogIsRead()
    {
        ScriptedServer rig;
        rig.isPushAnswered = false;
        rig.engine.start(rig.now);
        rig.run(1s);
        const auto atOnce = rig.engine.requestSync(rig.now);
        rig.run(0ms);
        QCOMPARE(rig.reached, std::vector<std::uint64_t>{atOnce});
        rig.fill(1);
        const auto later = rig.engine.requestSync(rig.now);
        rig.run(1s);
        QCOMPARE(rig.reached.size(), std::size_t(1));
        rig.isPushAnswered = true;
        rig.cut();
        rig.run(10s);
        QCOMPARE(rig.reached.back(), later);
    }

    void requestSync_whileTheWelcomeIsOnItsWay_isNotReachedByIt()
    {
        ScriptedServer rig;
        rig.isHeld = true;
        rig.engine.start(rig.now);
        rig.run(0ms);
        const auto welcome = rig.takeHeld();
        QCOMPARE(welcome.size(), std::size_t(1));
        // Its head is older than this request.
        const auto ticket = rig.engine.requestSync(rig.now);
        rig.say(welcome.front());
        QCOMPARE(rig.status().state, State::Live);
        QVERIFY(rig.reached.empty());
        for (const Wire::ServerFrame &frame : rig.takeHeld()) {
            rig.say(frame);
        }
        rig.run(0ms);
        QCOMPARE(rig.reached, std::vector<std::uint64_t>{ticket});
    }

    void recover_isOfferedBeforePushing_andAServerWithoutItDoesNoHarm()
    {
        ScriptedServer rig;
        rig.fill(1);
        rig.store.bases[{"notes", "old"}] = {};
        rig.store.setRecoveries({{"notes", "old"}});
        rig.onRecover = [](const Wire::Recover &) -> std::optional<Wire::ServerFrame> {
            return Wire::SessionError{Core::makeError(Core::ErrorCode::Unimplemented, Core::ErrorReason::UnexpectedFrame, "")};
        };
        rig.engine.start(rig.now);
        rig.run(1min);
        QCOMPARE(rig.status().state, State::Live);
        QVERIFY(rig.isLogWhole(1));
        QCOMPARE(rig.store.recoveries.size(), std::size_t(1));
    }

    void rulesChange_inSession_readsTheLogAgainIfTheyMergeOtherwise()
    {
        ScriptedServer rig;
        rig.engine.start(rig.now);
        rig.writeElsewhere("a", "f", 1);
        rig.fill(3);
        rig.run(1min);
        const auto say = [&rig](std::uint64_t version, Core::ConflictRule rule, Core::Sensitivity sensitivity) {
            Core::Policy policy;
            policy.collection = "notes";
            policy.conflict = rule;
            policy.sensitivity = sensitivity;
            Wire::Notice notice{Wire::NoticeKind::PolicyChanged, {}, Core::PolicySet()};
            notice.policies->insert(policy);
            notice.policies->setVersion(version);
            rig.say(notice);
            rig.run(1min);
        };
        const std::uint64_t head = rig.store.facts().cursor.seq;
        say(1, Core::ConflictRule::Merge, Core::Sensitivity::Personal);
        say(2, Core::ConflictRule::Merge, Core::Sensitivity::Public);
        QCOMPARE(rig.connectCount, std::size_t(1));
        rig.store.bases.clear();
        say(3, Core::ConflictRule::Manual, Core::Sensitivity::Public);
        QCOMPARE(rig.connectCount, std::size_t(2));
        QCOMPARE(rig.status().state, State::Live);
        QCOMPARE(rig.store.facts().cursor.seq, head);
        QVERIFY(!rig.store.facts().isInSnapshot);
        QVERIFY(rig.store.bases.contains(Core::DocumentId{"notes", "a"}));
        QVERIFY(rig.isLogWhole(3));
    }

    void recover_answered_isTickedOff()
    {
        ScriptedServer rig;
        rig.store.bases[{"notes", "old"}] = {};
        rig.store.setRecoveries({{"notes", "old"}});
        rig.onRecover = [](const Wire::Recover &recover) -> std::optional<Wire::ServerFrame> {
            return Wire::Recovered{recover.recoverId, 1, {}};
        };
        rig.engine.start(rig.now);
        rig.run(1s);
        QVERIFY(rig.store.recoveries.empty());
        QCOMPARE(rig.status().state, State::Live);
    }
};

QTEST_GUILESS_MAIN(TestSyncEngine)
#include "tst_syncengine.moc"
