// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: whatever the network does to frames and connections, the state machine loses and doubles nothing, makes no storm, and finds the
// carrier that works. Method: virtual time, a scripted server behind a network that breaks on purpose, a store in memory.
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

class TestSyncLinks : public QObject {
    Q_OBJECT

private Q_SLOTS:
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
        rig.fill(3000);
        for (int i = 0; i < 50; ++i) {
            rig.writeElsewhere("o" + std::to_string(i % 5), "f", i);
        }
        rig.fault = fault;
        rig.engine.start(rig.now);
        rig.run(1s);
        for (int i = 0; i < 20; ++i) {
            rig.writeElsewhere("o" + std::to_string(i % 5), "g", i);
            rig.fill(3);
            rig.run(10s);
        }
        rig.fault = ScriptedServer::Fault::None;
        rig.run(10min);
        QCOMPARE(rig.status().state, State::Live);
        QVERIFY(rig.isLogWhole(3060));
        QCOMPARE(rig.store.bases.size(), std::size_t(12));
    }

    // F19: the connection breaks after every single frame of a session, in turn.
    void connection_cutAfterEachFrame_losesAndDoublesNothing()
    {
        for (std::size_t cutAfter = 0; cutAfter < 30; ++cutAfter) {
            ScriptedServer rig(Sync::CarrierChoice::WebSocketOnly);
            rig.fill(4500);
            for (int i = 0; i < 10; ++i) {
                rig.writeElsewhere("o" + std::to_string(i), "f", i);
            }
            rig.cutAfterFrames = cutAfter;
            rig.engine.start(rig.now);
            rig.run(5min);
            QCOMPARE(rig.status().state, State::Live);
            QVERIFY2(rig.isLogWhole(4500), qPrintable(QString::number(cutAfter)));
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
            QVERIFY2(rig.isLogWhole(isFromHello ? 0 : 2), qPrintable(which));
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
        rig.fill(5000);
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
            rig.fill(1);
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
        QVERIFY(rig.isLogWhole(5600));
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

    void network_gone_isTriedRarely_andBackIsTriedAtOnce()
    {
        ScriptedServer rig;
        rig.network = ScriptedServer::Network::Down;
        rig.engine.start(rig.now);
        rig.run(10s);
        rig.engine.setReachable(false, rig.now);
        const std::size_t before = rig.connectCount;
        rig.run(61min);
        QCOMPARE(rig.connectCount, before + 6);
        rig.network = ScriptedServer::Network::Up;
        rig.engine.setReachable(true, rig.now);
        rig.run(0ms);
        QCOMPARE(rig.connectCount, before + 7);
        QCOMPARE(rig.status().state, State::Live);
        // A connection that works is believed more than the system.
        rig.engine.setReachable(false, rig.now);
        rig.run(1h);
        QCOMPARE(rig.status().state, State::Live);
        QCOMPARE(rig.connectCount, before + 7);
    }

    // The state machine's part of an idle minute: nothing at all.
    void idle_liveSession_hasNoDeadline()
    {
        ScriptedServer rig;
        rig.fill(3);
        rig.engine.start(rig.now);
        rig.run(1min);
        QCOMPARE(rig.status().state, State::Live);
        QVERIFY(!rig.engine.deadline());
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
        rig.fill(5);
        rig.run(40min);
        QVERIFY(rig.isLogWhole(5));
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
        rig.fill(1);
        rig.run(59s);
        QCOMPARE(rig.connectCount, std::size_t(1));
        rig.isPushAnswered = true;
        rig.run(10s);
        QCOMPARE(rig.connectCount, std::size_t(2));
        QVERIFY(rig.isLogWhole(1));
    }
};

QTEST_GUILESS_MAIN(TestSyncLinks)
#include "tst_synclinks.moc"
