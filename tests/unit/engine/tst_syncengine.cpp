// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the state machine keeps every promise of the protocol whatever the network and the server do: nothing lost, nothing doubled, no
// storm. Method: virtual time, a scripted server, a store in memory; no sockets, no waiting.
#include "fakes/scriptedserver.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <map>
#include <set>

using namespace Satchel;
using namespace std::chrono_literals;
using Sync::State;
using Testing::ScriptedServer;

Q_DECLARE_METATYPE(Satchel::Testing::ScriptedServer::Fault)

class TestSyncEngine : public QObject {
    Q_OBJECT

private:
    static void fill(ScriptedServer &rig, int count)
    {
        for (int i = 0; i < count; ++i) {
            rig.store.write("n" + std::to_string(i % 7), "f" + std::to_string(i % 3), i);
        }
        rig.engine.appended(rig.now);
    }
    /// Every counter stands in the log once, in order.
    static bool isLogWhole(const ScriptedServer &rig, std::size_t count)
    {
        std::uint64_t last = 0;
        std::size_t own = 0;
        for (const Core::Mutation &mutation : rig.log) {
            if (mutation.dot.device == Testing::deviceOf(1)) {
                own += 1;
                if (mutation.dot.counter != ++last) {
                    return false;
                }
            }
        }
        return own == count && rig.store.pending.empty();
    }

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
        fill(rig, 10'000);
        rig.run(1s);
        QCOMPARE(rig.pushes.size(), Wire::pushesInFlightMax);
        for (const auto &push : rig.pushes) {
            QVERIFY(push.size() <= Wire::pushMutationsMax);
        }
        rig.isPushAnswered = true;
        rig.cut();
        rig.run(5min);
        QVERIFY(isLogWhole(rig, 10'000));
    }

    void frames_faulty_giveTheSameResult_data()
    {
        QTest::addColumn<ScriptedServer::Fault>("fault");
        QTest::newRow("none") << ScriptedServer::Fault::None;
        QTest::newRow("F17 each twice") << ScriptedServer::Fault::Twice;
        QTest::newRow("F18 in reverse") << ScriptedServer::Fault::Reversed;
    }
    void frames_faulty_giveTheSameResult()
    {
        QFETCH(const ScriptedServer::Fault, fault);
        ScriptedServer rig;
        fill(rig, 3000);
        for (int i = 0; i < 50; ++i) {
            rig.writeElsewhere("o" + std::to_string(i % 5), "f", i);
        }
        rig.fault = fault;
        rig.engine.start(rig.now);
        rig.run(1s);
        for (int i = 0; i < 20; ++i) {
            rig.writeElsewhere("o" + std::to_string(i % 5), "g", i);
            fill(rig, 3);
            rig.run(10s);
        }
        rig.fault = ScriptedServer::Fault::None;
        rig.run(10min);
        QCOMPARE(rig.status().state, State::Live);
        QVERIFY(isLogWhole(rig, 3060));
        QCOMPARE(rig.store.bases.size(), std::size_t(12));
    }

    // F19: the connection breaks after every single frame of a session, in turn.
    void connection_cutAfterEachFrame_losesAndDoublesNothing()
    {
        for (std::size_t cutAfter = 0; cutAfter < 30; ++cutAfter) {
            ScriptedServer rig(Sync::CarrierChoice::WebSocketOnly);
            fill(rig, 4500);
            for (int i = 0; i < 10; ++i) {
                rig.writeElsewhere("o" + std::to_string(i), "f", i);
            }
            rig.cutAfterFrames = cutAfter;
            rig.engine.start(rig.now);
            rig.run(5min);
            QCOMPARE(rig.status().state, State::Live);
            QVERIFY2(isLogWhole(rig, 4500), qPrintable(QString::number(cutAfter)));
            QCOMPARE(rig.store.bases.size(), std::size_t(17));
        }
    }

    // F18: six frames of the server in each of their 720 orders: taken, held back or refused, and right in the end.
    void frames_everyOrderOfSix_giveTheSameResult_data()
    {
        QTest::addColumn<bool>("isFromHello");
        QTest::newRow("Welcome and five Changes") << true;
        QTest::newRow("two Pushed and four Changes") << false;
    }
    void frames_everyOrderOfSix_giveTheSameResult()
    {
        QFETCH(const bool, isFromHello);
        std::array<std::size_t, 6> order{0, 1, 2, 3, 4, 5};
        std::optional<std::map<Core::DocumentId, Core::Document>> expected;
        int count = 0;
        do {
            ScriptedServer rig(Sync::CarrierChoice::WebSocketOnly);
            if (isFromHello) {
                for (int i = 0; i < 5; ++i) {
                    rig.writeElsewhere("k" + std::to_string(i % 3), "f", i);
                }
                rig.isHeld = true;
                rig.engine.start(rig.now);
                rig.run(1ms);
            } else {
                rig.engine.start(rig.now);
                rig.run(1s);
                rig.isHeld = true;
                for (int i = 0; i < 2; ++i) {
                    rig.store.write("k" + std::to_string(i), "f", i);
                    rig.engine.appended(rig.now);
                    rig.run(1ms);
                    rig.writeElsewhere("k" + std::to_string(i), "f", 10 + i);
                }
            }
            const auto frames = rig.takeHeld();
            QCOMPARE(frames.size(), order.size());
            rig.isHeld = false;
            for (const std::size_t index : order) {
                rig.say(frames[index]);
                // Never ahead of what it has been told, and never a refusal that nobody made.
                QVERIFY(rig.store.facts().cursor.seq <= rig.log.size());
                QVERIFY(rig.store.refused.empty());
            }
            rig.run(5min);
            const QString which = QString::number(count);
            QVERIFY2(rig.status().state == State::Live, qPrintable(which));
            QVERIFY2(isLogWhole(rig, isFromHello ? 0 : 2), qPrintable(which));
            QCOMPARE(rig.store.facts().cursor.seq, rig.log.size());
            if (!expected) {
                expected = rig.store.bases;
            }
            QVERIFY2(rig.store.bases == *expected, qPrintable(which));
            ++count;
        } while (std::next_permutation(order.begin(), order.end()));
        QCOMPARE(count, 720);
    }

    // F23: ten minutes of a network that comes and goes every second, and breaks after some frames while it is there.
    void network_flapping_isNoStorm_andProgressIsKept()
    {
        ScriptedServer rig(Sync::CarrierChoice::WebSocketOnly, 7);
        fill(rig, 5000);
        bool isRepeated = false;
        rig.onPush = [&](const Wire::Push &push) {
            for (const Core::Mutation &mutation : push.mutations) {
                isRepeated = isRepeated || mutation.dot.counter <= rig.store.facts().settledThrough;
            }
            // Each connection lasts for one push, answered or not.
            rig.cutAfterFrames = rig.connectCount % 3;
            return std::optional<Wire::ServerFrame>();
        };
        std::set<std::uint64_t> steps;
        rig.engine.start(rig.now);
        for (int second = 0; second < 600; ++second) {
            rig.network = second % 2 == 0 ? ScriptedServer::Network::Up : ScriptedServer::Network::Down;
            if (rig.network == ScriptedServer::Network::Down) {
                rig.cut();
            }
            fill(rig, 1);
            rig.run(1s);
            QVERIFY(steps.empty() || rig.acceptedThrough >= *steps.rbegin());
            steps.insert(rig.acceptedThrough);
        }
        QVERIFY2(rig.connectCount <= 60, qPrintable(QString::number(rig.connectCount)));
        QVERIFY2(steps.size() >= 6, qPrintable(QString::number(steps.size())));
        QVERIFY2(rig.acceptedThrough >= 5000, qPrintable(QString::number(rig.acceptedThrough)));
        rig.network = ScriptedServer::Network::Up;
        rig.onPush = {};
        rig.cutAfterFrames.reset();
        rig.run(3min);
        QVERIFY(isLogWhole(rig, 5600));
        QVERIFY(!isRepeated);
    }

    void backoff_growsToAMinute_andIsResetByProbe()
    {
        ScriptedServer rig;
        rig.network = ScriptedServer::Network::Down;
        rig.engine.start(rig.now);
        rig.run(30min);
        const std::size_t before = rig.connectCount;
        QVERIFY2(before >= 30 && before <= 120, qPrintable(QString::number(before)));
        QCOMPARE(rig.status().state, State::Offline);
        QCOMPARE(rig.status().blockedReason->reason, Core::ErrorReason::NetworkUnreachable);
        rig.network = ScriptedServer::Network::Up;
        rig.engine.probe(rig.now);
        rig.run(0ms);
        QCOMPARE(rig.connectCount, before + 1);
        QCOMPARE(rig.status().state, State::Live);
    }

    // F24: upgrades fail; polling carries on and WebSocket comes back by itself.
    void upgrades_refused_fallBackToPolling_andReturn()
    {
        ScriptedServer rig;
        rig.network = ScriptedServer::Network::NoUpgrades;
        rig.engine.start(rig.now);
        rig.run(30s);
        QCOMPARE(rig.status().state, State::Live);
        QCOMPARE(rig.status().carrier, Sync::Carrier::Polling);
        QCOMPARE(rig.connectCount, std::size_t(3));
        fill(rig, 5);
        rig.run(40min);
        QVERIFY(isLogWhole(rig, 5));
        // Tried again after 1, 5, 15 and 15 minutes, each time once, each time back at once.
        const auto tries = std::ranges::count(rig.carriers, Sync::Carrier::WebSocket);
        QVERIFY2(tries >= 5 && tries <= 6, qPrintable(QString::number(tries)));
        QCOMPARE(rig.status().carrier, Sync::Carrier::Polling);
        rig.network = ScriptedServer::Network::Up;
        rig.run(16min);
        QCOMPARE(rig.status().carrier, Sync::Carrier::WebSocket);
        QCOMPARE(rig.status().state, State::Live);
    }

    void probe_whilePolling_triesWebSocketAtOnce()
    {
        ScriptedServer rig;
        rig.network = ScriptedServer::Network::NoUpgrades;
        rig.engine.start(rig.now);
        rig.run(30s);
        QCOMPARE(rig.status().carrier, Sync::Carrier::Polling);
        rig.network = ScriptedServer::Network::Up;
        rig.engine.probe(rig.now);
        rig.run(0ms);
        QCOMPARE(rig.status().carrier, Sync::Carrier::WebSocket);
    }

    void stalledWebSocket_movesToPolling()
    {
        ScriptedServer rig;
        rig.engine.start(rig.now);
        rig.run(1s);
        rig.cut(Core::ErrorReason::NetworkTimeout);
        rig.run(30s);
        QCOMPARE(rig.status().carrier, Sync::Carrier::Polling);
        rig.run(2min);
        QCOMPARE(rig.status().carrier, Sync::Carrier::WebSocket);
    }

    void pushWithoutAnswer_isGivenUpAfterAMinute()
    {
        ScriptedServer rig(Sync::CarrierChoice::WebSocketOnly);
        rig.isPushAnswered = false;
        rig.engine.start(rig.now);
        fill(rig, 1);
        rig.run(59s);
        QCOMPARE(rig.connectCount, std::size_t(1));
        rig.isPushAnswered = true;
        rig.run(10s);
        QCOMPARE(rig.connectCount, std::size_t(2));
        QVERIFY(isLogWhole(rig, 1));
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
        fill(rig, 3);
        rig.onHello = [&rig](const Wire::Hello &hello) -> std::optional<Wire::ServerFrame> {
            if (hello.device.id != Testing::deviceOf(1)) {
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
        QCOMPARE(rig.log.front().origin->dot, (Core::Dot{Testing::deviceOf(1), 1}));
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
        fill(rig, 3);
        rig.engine.start(rig.now);
        rig.run(1s);
        QCOMPARE(rig.store.facts().settledThrough, std::uint64_t(3));
        rig.acceptedThrough = 1;
        rig.epoch = 2;
        fill(rig, 1);
        rig.cut();
        rig.run(1min);
        QCOMPARE(rig.adoptCount, std::size_t(1));
        QVERIFY(rig.store.pending.empty());
        QCOMPARE(rig.status().state, State::Live);
    }

    void sessionErrors_inARow_becomeVisible_andAreSpaced()
    {
        ScriptedServer rig(Sync::CarrierChoice::WebSocketOnly);
        fill(rig, 1);
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
        QVERIFY(isLogWhole(rig, 1));
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
        fill(rig, 2);
        rig.run(1s);
        QCOMPARE(rig.status().state, State::Degraded);
        QVERIFY(rig.log.empty());
        rig.writeElsewhere("o", "f", 1);
        QVERIFY(rig.store.bases.contains({"notes", "o"}));
        rig.run(20s);
        QVERIFY(isLogWhole(rig, 2));
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
        fill(rig, 2);
        rig.run(1h);
        QCOMPARE(rig.status().state, State::Offline);
        QVERIFY(rig.log.empty());
        rig.engine.setPaused(false, rig.now);
        rig.run(0ms);
        QVERIFY(isLogWhole(rig, 2));
    }

    void storeFailure_isDegraded_andTriedAgain()
    {
        ScriptedServer rig;
        fill(rig, 2);
        rig.store.nextError =
            Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::StorageFull, "full", Core::Retry::Later);
        rig.engine.start(rig.now);
        rig.run(0ms);
        QCOMPARE(rig.status().state, State::Degraded);
        QCOMPARE(rig.status().blockedReason->reason, Core::ErrorReason::StorageFull);
        rig.run(2min);
        QVERIFY(isLogWhole(rig, 2));
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
        fill(rig, 1);
        const auto later = rig.engine.requestSync(rig.now);
        rig.run(1s);
        QCOMPARE(rig.reached.size(), std::size_t(1));
        rig.isPushAnswered = true;
        rig.cut();
        rig.run(10s);
        QCOMPARE(rig.reached.back(), later);
    }

    void recover_isOfferedBeforePushing_andAServerWithoutItDoesNoHarm()
    {
        ScriptedServer rig;
        fill(rig, 1);
        rig.store.bases[{"notes", "old"}] = {};
        rig.store.setRecoveries({{"notes", "old"}});
        rig.onRecover = [](const Wire::Recover &) -> std::optional<Wire::ServerFrame> {
            return Wire::SessionError{Core::makeError(Core::ErrorCode::Unimplemented, Core::ErrorReason::UnexpectedFrame, "")};
        };
        rig.engine.start(rig.now);
        rig.run(1min);
        QCOMPARE(rig.status().state, State::Live);
        QVERIFY(isLogWhole(rig, 1));
        QCOMPARE(rig.store.recoveries.size(), std::size_t(1));
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
