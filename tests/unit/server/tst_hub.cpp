// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the hub wakes whom it must, and knows of live devices what the store learns only later.
// Method: subscribers that count, on one thread.
#include "server-stub/sync/hub.h"
#include "support/fixedids.h"

#include <QtTest/QtTest>

#include <vector>

using namespace Satchel;
using namespace Satchel::Server;
using Test::deviceOf;

namespace {

const Core::UserId anna{"default", "anna"};
const Core::UserId bert{"default", "bert"};

struct Heard {
    std::vector<std::uint64_t> heads;
    std::vector<ShutdownReason> ends;
    int expiries = 0;

    [[nodiscard]] Subscriber subscriber()
    {
        return {[this](std::uint64_t head) { heads.push_back(head); }, [this](ShutdownReason reason) { ends.push_back(reason); },
                [this] { ++expiries; }};
    }
};

}  // namespace

class TestHub : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void grown_wakesOtherDevicesOfTheUserOnly();
    void secondSession_ofADevice_endsTheFirst();
    void liveCursor_isTheGreatestOfTheLiveSession();
    void subscriber_afterShutDown_isToldAtOnce();
    void expire_tellsThoseWhoseTimeIsOver_once();
};

void TestHub::grown_wakesOtherDevicesOfTheUserOnly()
{
    Hub hub;
    Heard phone;
    Heard laptop;
    Heard other;
    const auto token = hub.subscribe(anna, deviceOf(1), phone.subscriber());
    QVERIFY(hub.subscribe(anna, deviceOf(2), laptop.subscriber()) != token);
    std::ignore = hub.subscribe(bert, deviceOf(3), other.subscriber());
    hub.grown(anna, 7, deviceOf(1));
    QVERIFY(phone.heads.empty() && other.heads.empty());
    QCOMPARE(laptop.heads, std::vector<std::uint64_t>{7});
    hub.grown(anna, 8, deviceOf(2));
    QCOMPARE(phone.heads, std::vector<std::uint64_t>{8});
    hub.unsubscribe(anna, token);
    hub.grown(anna, 9, deviceOf(2));
    QCOMPARE(phone.heads.size(), std::size_t(1));
    QCOMPARE(hub.sessionCount(), std::size_t(2));
}

void TestHub::secondSession_ofADevice_endsTheFirst()
{
    Hub hub;
    Heard first;
    Heard second;
    const auto old = hub.subscribe(anna, deviceOf(1), first.subscriber());
    hub.acknowledged(anna, old, 5);
    const auto now = hub.subscribe(anna, deviceOf(1), second.subscriber());
    QCOMPARE(first.ends, std::vector<ShutdownReason>{ShutdownReason::Superseded});
    QVERIFY(second.ends.empty());
    // What the ended session still says or does touches nobody.
    hub.acknowledged(anna, old, 6);
    hub.unsubscribe(anna, old);
    QCOMPARE(hub.liveCursor(anna, deviceOf(1)), std::optional<std::uint64_t>(0));
    hub.acknowledged(anna, now, 4);
    QCOMPARE(hub.liveCursor(anna, deviceOf(1)), std::optional<std::uint64_t>(4));
}

void TestHub::liveCursor_isTheGreatestOfTheLiveSession()
{
    Hub hub;
    Heard heard;
    QVERIFY(!hub.liveCursor(anna, deviceOf(1)));
    const auto token = hub.subscribe(anna, deviceOf(1), heard.subscriber());
    hub.acknowledged(anna, token, 12);
    hub.acknowledged(anna, token, 11);
    QCOMPARE(hub.liveCursor(anna, deviceOf(1)), std::optional<std::uint64_t>(12));
    QVERIFY(!hub.liveCursor(anna, deviceOf(2)) && !hub.liveCursor(bert, deviceOf(1)));
    hub.unsubscribe(anna, token);
    QVERIFY(!hub.liveCursor(anna, deviceOf(1)));
}

void TestHub::expire_tellsThoseWhoseTimeIsOver_once()
{
    using std::chrono::milliseconds;
    Hub hub;
    Heard phone;
    Heard laptop;
    Heard tablet;
    const auto first = hub.subscribe(anna, deviceOf(1), phone.subscriber());
    const auto second = hub.subscribe(anna, deviceOf(2), laptop.subscriber());
    std::ignore = hub.subscribe(bert, deviceOf(3), tablet.subscriber());
    hub.admit(anna, first, milliseconds(1000));
    hub.admit(anna, second, milliseconds(2000));
    hub.expire(milliseconds(1000));
    QCOMPARE(phone.expiries, 0);
    hub.expire(milliseconds(1001));
    hub.expire(milliseconds(1002));
    QCOMPARE(phone.expiries, 1);
    hub.admit(anna, second, milliseconds(3000));
    hub.expire(milliseconds(2500));
    QCOMPARE(laptop.expiries, 0);
    hub.unsubscribe(anna, second);
    hub.admit(anna, second, milliseconds(1));
    hub.expire(milliseconds(9000));
    QCOMPARE(laptop.expiries + tablet.expiries, 0);
}

void TestHub::subscriber_afterShutDown_isToldAtOnce()
{
    Hub hub;
    Heard early;
    Heard late;
    std::ignore = hub.subscribe(anna, deviceOf(1), early.subscriber());
    hub.shutDown();
    std::ignore = hub.subscribe(anna, deviceOf(2), late.subscriber());
    QCOMPARE(early.ends, std::vector<ShutdownReason>{ShutdownReason::ShuttingDown});
    QCOMPARE(late.ends, std::vector<ShutdownReason>{ShutdownReason::ShuttingDown});
}

QTEST_GUILESS_MAIN(TestHub)
#include "tst_hub.moc"
