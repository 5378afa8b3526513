// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: readings of a device's clock strictly increase whatever the wall clock does, and the server settles a stamp that runs ahead or
// contradicts causality. Method: walls that stand still, jump back, precede 1970 and pass 48 bits; documents with known stamps.

#include "builders.h"

#include <QTest>

using namespace Satchel::Core;
using namespace Satchel::Core::Testing;
using std::chrono::milliseconds;

class TestHlc : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tick_wallAdvances_takesWall();
    void tick_wallStandsStill_countsUp();
    void tick_wallJumpsBack_staysAhead();
    void tick_logicalIsFull_carriesIntoMilliseconds();
    void tick_before1970_countsAsZero();
    void tick_beyond48Bits_isTheMaximum();
    void tick_atTheEnd_doesNotBeginAgain();
    void tick_observedFuture_isGreater();
    void observe_past_changesNothing();
    void copies_ofOneStore_giveOtherStamps_data();
    void copies_ofOneStore_giveOtherStamps();
    void fromParts_roundTrips();
    void settle_honestStamp_isKept();
    void settle_withinTolerance_isKept();
    void settle_farAhead_isClamped();
    void settle_clampedBelowCovered_isRaised();
    void settle_tieWithCovered_isRaised();
    void settle_belowConcurrent_isKept();
    void settle_coveredLastWriteOfCounter_isRaised();
    void settle_serverClockBehindDevice_doesNotUnderflow();
};

void TestHlc::tick_wallAdvances_takesWall()
{
    HlcClock clock;
    QVERIFY(clock.tick(milliseconds(1000)) == Hlc::fromParts(1000, 0));
    QVERIFY(clock.tick(milliseconds(2000)) == Hlc::fromParts(2000, 0));
}

void TestHlc::tick_wallStandsStill_countsUp()
{
    HlcClock clock;
    QVERIFY(clock.tick(milliseconds(5)) == Hlc::fromParts(5, 0));
    QVERIFY(clock.tick(milliseconds(5)) == Hlc::fromParts(5, 1));
    QVERIFY(clock.last() == Hlc::fromParts(5, 1));
}

void TestHlc::tick_wallJumpsBack_staysAhead()
{
    HlcClock clock;
    Hlc before = clock.tick(milliseconds(1'000'000));
    for (int back = 999'999; back > 999'900; --back) {
        const Hlc now = clock.tick(milliseconds(back));
        QVERIFY(now > before);
        before = now;
    }
    QCOMPARE(before.milliseconds(), std::uint64_t(1'000'000));
}

void TestHlc::tick_logicalIsFull_carriesIntoMilliseconds()
{
    HlcClock clock(Hlc::fromParts(7, 0xFFFF));
    QVERIFY(clock.tick(milliseconds(7)) == Hlc::fromParts(8, 0));
    QVERIFY(clock.tick(milliseconds(8)) == Hlc::fromParts(8, 1));
}

void TestHlc::tick_before1970_countsAsZero()
{
    HlcClock clock;
    QVERIFY(clock.tick(milliseconds(-5)) == Hlc{1});
    QVERIFY(clock.tick(milliseconds::min()) == Hlc{2});
    QVERIFY(clock.tick(milliseconds(3)) == Hlc::fromParts(3, 0));
}

void TestHlc::tick_beyond48Bits_isTheMaximum()
{
    HlcClock clock;
    constexpr std::uint64_t top = (std::uint64_t{1} << 48U) - 1;
    QVERIFY(clock.tick(milliseconds::max()) == Hlc::fromParts(top, 0));
    QVERIFY(clock.tick(milliseconds(static_cast<std::int64_t>(top) + 1)) == Hlc::fromParts(top, 1));
}

void TestHlc::tick_atTheEnd_doesNotBeginAgain()
{
    HlcClock clock(Hlc{UINT64_MAX});
    QVERIFY(clock.tick(milliseconds(1)) == Hlc{UINT64_MAX});
}

void TestHlc::tick_observedFuture_isGreater()
{
    HlcClock clock;
    clock.observe(Hlc::fromParts(9000, 3));
    QVERIFY(clock.tick(milliseconds(1000)) == Hlc::fromParts(9000, 4));
}

void TestHlc::observe_past_changesNothing()
{
    HlcClock clock(Hlc::fromParts(9000, 0));
    clock.observe(Hlc::fromParts(8000, 9));
    QVERIFY(clock.last() == Hlc::fromParts(9000, 0));
}

void TestHlc::copies_ofOneStore_giveOtherStamps_data()
{
    QTest::addColumn<int>("wallMs");
    QTest::newRow("wall clocks are right") << 5000;
    QTest::newRow("wall clocks lag") << 10;
}

void TestHlc::copies_ofOneStore_giveOtherStamps()
{
    QFETCH(int, wallMs);
    const std::chrono::milliseconds wall(wallMs);
    HlcClock one(Hlc::fromParts(1000, 0), 7);
    HlcClock other(Hlc::fromParts(1000, 0), 8);
    for (int round = 0; round < 3; ++round) {
        QVERIFY(one.tick(wall) != other.tick(wall));
        // Both hear of the same write of a third device, and write on: by counters the same one.
        const Hlc heard = Hlc::fromParts(static_cast<std::uint64_t>(2000 + round), 3);
        one.observe(heard);
        other.observe(heard);
        const Hlc first = one.tick(wall);
        const Hlc second = other.tick(wall);
        QVERIFY(first > heard && second > heard);
        QVERIFY(first != second);
    }
}

void TestHlc::fromParts_roundTrips()
{
    const Hlc stamp = Hlc::fromParts(1'700'000'000'000, 0xABCD);
    QCOMPARE(stamp.milliseconds(), std::uint64_t(1'700'000'000'000));
    QCOMPARE(stamp.logical(), std::uint16_t(0xABCD));
}

void TestHlc::settle_honestStamp_isKept()
{
    const Mutation m = mutation(dot(1, 1), Hlc::fromParts(500, 2).packed, {}, {PutOp{"a", 1}});
    QVERIFY(settleStamp({}, m, Hlc::fromParts(1000, 0), milliseconds(60)) == m.stamp);
}

void TestHlc::settle_withinTolerance_isKept()
{
    const Mutation m = mutation(dot(1, 1), Hlc::fromParts(1060, 7).packed, {}, {PutOp{"a", 1}});
    QVERIFY(settleStamp({}, m, Hlc::fromParts(1000, 0), milliseconds(60)) == m.stamp);
}

void TestHlc::settle_farAhead_isClamped()
{
    const Mutation m = mutation(dot(1, 1), Hlc::fromParts(1061, 0).packed, {}, {PutOp{"a", 1}});
    QVERIFY(settleStamp({}, m, Hlc::fromParts(1000, 4), milliseconds(60)) == Hlc::fromParts(1000, 4));
    const Mutation last = mutation(dot(1, 1), UINT64_MAX, {}, {PutOp{"a", 1}});
    QVERIFY(settleStamp({}, last, Hlc::fromParts(1000, 4), milliseconds(60)) == Hlc::fromParts(1000, 4));
}

void TestHlc::settle_clampedBelowCovered_isRaised()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document doc = applied({mutation(dot(1, 1), Hlc::fromParts(1050, 0).packed, {}, {PutOp{"a", 1}})}, policy);
    const Mutation m = mutation(dot(2, 1), Hlc::fromParts(90'000, 0).packed, {dot(1, 1)}, {PutOp{"a", 2}});
    QVERIFY(settleStamp(doc, m, Hlc::fromParts(1000, 0), milliseconds(60)) == Hlc::fromParts(1050, 1));
}

void TestHlc::settle_tieWithCovered_isRaised()
{
    const Policy policy = policyOf(ConflictRule::Manual);
    const Document doc = applied({mutation(dot(1, 1), 77, {}, {PutOp{"a", 1}})}, policy);
    const Mutation m = mutation(dot(2, 1), 77, {dot(1, 1)}, {PutOp{"a", 2}});
    QVERIFY(settleStamp(doc, m, Hlc{100}, milliseconds(0)) == Hlc{78});
}

void TestHlc::settle_belowConcurrent_isKept()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document doc = applied({mutation(dot(1, 1), 77, {}, {PutOp{"a", 1}})}, policy);
    const Mutation m = mutation(dot(2, 1), 5, {}, {PutOp{"a", 2}});
    QVERIFY(settleStamp(doc, m, Hlc{100}, milliseconds(0)) == Hlc{5});
}

void TestHlc::settle_coveredLastWriteOfCounter_isRaised()
{
    const Policy policy = policyOf(ConflictRule::Merge);
    const Document doc = applied({mutation(dot(1, 1), 77, {}, {IncrementOp{"visits", 1}})}, policy);
    const Mutation m = mutation(dot(2, 1), 5, {dot(1, 1)}, {IncrementOp{"visits", 1}});
    QVERIFY(settleStamp(doc, m, Hlc{100}, milliseconds(0)) == Hlc{78});
}

void TestHlc::settle_serverClockBehindDevice_doesNotUnderflow()
{
    const Mutation m = mutation(dot(1, 1), Hlc::fromParts(10, 0).packed, {}, {PutOp{"a", 1}});
    QVERIFY(settleStamp({}, m, Hlc::fromParts(20, 0), milliseconds::max()) == m.stamp);
    QVERIFY(settleStamp({}, m, Hlc::fromParts(20, 0), milliseconds(-5)) == m.stamp);
}

QTEST_APPLESS_MAIN(TestHlc)
#include "tst_hlc.moc"
