// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: devices that were cut off together come back spread out: full jitter, 250 ms doubling to 60 s, the server's word first, and from
// the start again only after a minute of Live.
// Method: Backoff with random numbers that the test chooses; the state machine in virtual time.
#include "client/sync/backoff.h"
#include "fakes/scriptedserver.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <random>

using namespace Satchel;
using namespace std::chrono_literals;
using Testing::ScriptedServer;

class TestBackoff : public QObject {
    Q_OBJECT

private:
    /// A state machine that was cut off long enough to wait a minute, came back and then was Live for this long; how long it waited for
    /// its first try after the next cut.
    static ScriptedServer::Time waitAfterLive(ScriptedServer::Time live, unsigned seed)
    {
        ScriptedServer rig(Sync::CarrierChoice::WebSocketOnly, seed);
        rig.network = ScriptedServer::Network::Down;
        rig.engine.start(rig.now);
        rig.run(10min);
        rig.network = ScriptedServer::Network::Up;
        while (rig.status().state != Sync::State::Live) {
            rig.run(1ms);
        }
        rig.run(live);
        const std::size_t before = rig.connectCount;
        const ScriptedServer::Time cutAt = rig.now;
        rig.network = ScriptedServer::Network::Down;
        rig.cut();
        rig.run(2min);
        return rig.connectCount > before ? rig.connectTimes[before] - cutAt : ScriptedServer::Time::max();
    }

private Q_SLOTS:
    void wait_isBetweenZeroAndACapThatDoubles()
    {
        // The greatest and the least random number: the cap itself and zero are both reached.
        for (auto cap = Sync::Backoff::capMin; cap < Sync::Backoff::capMax; cap *= 2) {
            std::uint64_t number = 0;
            Sync::Backoff backoff([&number] { return number; });
            for (auto passed = Sync::Backoff::capMin; passed < cap; passed *= 2) {
                QCOMPARE(backoff.next(0ms), 0ms);
            }
            number = static_cast<std::uint64_t>(cap.count());
            QCOMPARE(backoff.next(0ms), cap);
        }
    }

    void cap_endsAtAMinute()
    {
        std::uint64_t number = 0;
        Sync::Backoff backoff([&number] { return number; });
        for (int i = 0; i < 100; ++i) {
            QCOMPARE(backoff.next(0ms), 0ms);
        }
        number = 60'000;
        QCOMPARE(backoff.next(0ms), 60s);
        number = 60'001;
        QCOMPARE(backoff.next(0ms), 0ms);
        backoff.reset();
        number = 250;
        QCOMPARE(backoff.next(0ms), 250ms);
    }

    void waits_ofManyDevices_areSpreadEvenly()
    {
        // A quarter of the devices in each quarter of the range, more or less.
        std::mt19937_64 random(1);
        std::array<int, 4> quarters{};
        for (int device = 0; device < 4000; ++device) {
            Sync::Backoff backoff([&random] { return random(); });
            const auto wait = backoff.next(0ms);
            QVERIFY(wait >= 0ms && wait <= 250ms);
            quarters[static_cast<std::size_t>(std::min<std::int64_t>(wait.count() * 4 / 250, 3))] += 1;
        }
        for (const int count : quarters) {
            QVERIFY2(count > 850 && count < 1150, qPrintable(QString::number(count)));
        }
    }

    void retryAfter_wins_withUpToAQuarterMore()
    {
        std::uint64_t number = 0;
        Sync::Backoff backoff([&number] { return number; });
        QCOMPARE(backoff.next(20s), 20s);
        number = 5000;
        QCOMPARE(backoff.next(20s), 25s);
        // Shorter than what it would have waited itself, and longer than a minute.
        QCOMPARE(backoff.next(1ms), 1ms);
        number = 0;
        QCOMPARE(backoff.next(10min), 10min);
        // It counts as a wait: the cap has doubled with each.
        number = 4000;
        QCOMPARE(backoff.next(0ms), 4000ms);
    }

    void live_forAMinute_beginsAnew()
    {
        for (unsigned seed = 1; seed <= 20; ++seed) {
            const auto wait = waitAfterLive(60s, seed);
            QVERIFY2(wait <= 250ms, qPrintable(QString::number(wait.count())));
        }
    }

    void live_forLess_goesOnWhereItWas()
    {
        ScriptedServer::Time longest{0};
        for (unsigned seed = 1; seed <= 20; ++seed) {
            longest = std::max(longest, waitAfterLive(55s, seed));
        }
        QVERIFY2(longest > 20s && longest <= 60s, qPrintable(QString::number(longest.count())));
    }
};

QTEST_GUILESS_MAIN(TestBackoff)
#include "tst_backoff.moc"
