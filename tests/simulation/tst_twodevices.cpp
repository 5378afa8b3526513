// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// Goal: two devices of a user agree, whatever order they write in and whatever the link does to frames.
// Method: the real SDK twice and the real server in one process on a virtual network; edit both sides, break the link, compare both.

#include "testing/twodevices.h"

#include <QSignalSpy>
#include <QTest>

using namespace Satchel;
using Testing::TwoDevices;

namespace {

const QByteArray policies = R"({
  "version": 1,
  "collections": {
    "notes": {"conflict": "manual"},
    "session": {"conflict": "last_writer"},
    "progress": {"fields": {"xp": "counter", "badges": "set"}},
    "wallet": {"consistency": "strong"}
  }
})";

Collection *of(const std::unique_ptr<Client> &client, const char *name)
{
    return client->collection(QLatin1StringView(name));
}

bool isDone(const QFuture<Result<void>> &future)
{
    return TwoDevices::await(future).has_value();
}

QVariantMap map(const char *field, const QVariant &value)
{
    return {{QLatin1StringView(field), value}};
}

const QString key = QStringLiteral("key");

}  // namespace

class TestTwoDevices : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void offlineEdits_ofDifferentFields_bothHold();
    void offlineEdits_ofOneField_laterStampWinsEverywhere();
    void slowClock_writingAfterReading_winsAllTheSame();
    void fastClock_tenYearsAhead_doesNotWinForEver();
    void manualConflict_resolvedOnOne_isGoneOnBoth();
    void lastWriter_offlineEdits_showOneWholeDocument();
    void counterAndSet_offlineOnBoth_addUp();
    void removal_concurrentWithPut_agrees();
    void strongWrite_onOldState_isRefusedAndRolledBack();
    void frames_brokenInEveryWay_applyOnce_data();
    void frames_brokenInEveryWay_applyOnce();
};

void TestTwoDevices::offlineEdits_ofDifferentFields_bothHold()
{
    TwoDevices devices(policies);
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    QVERIFY(isDone(of(devices.a, "preferences")->update(key, map("theme", QStringLiteral("dark")))));
    QVERIFY(isDone(of(devices.b, "preferences")->update(key, map("size", 14))));
    QVERIFY(of(devices.a, "preferences")->isPending(key));
    devices.linkA().setUp(true);
    devices.linkB().setUp(true);
    QVERIFY(devices.sync());
    const QVariantMap both{{QStringLiteral("theme"), QStringLiteral("dark")}, {QStringLiteral("size"), 14}};
    QCOMPARE(of(devices.a, "preferences")->get(key), both);
    QVERIFY(devices.isEqual());
    QVERIFY(!of(devices.a, "preferences")->isPending(key));
}

void TestTwoDevices::offlineEdits_ofOneField_laterStampWinsEverywhere()
{
    TwoDevices devices(policies);
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    QVERIFY(isDone(of(devices.b, "preferences")->update(key, map("language", QStringLiteral("fr")))));
    devices.clockA.advance(std::chrono::seconds(5));
    QVERIFY(isDone(of(devices.a, "preferences")->update(key, map("language", QStringLiteral("de")))));
    devices.linkA().setUp(true);
    QVERIFY(devices.a->syncStatus() != nullptr);
    devices.linkB().setUp(true);  // The earlier write reaches the server later, and loses all the same.
    QVERIFY(devices.sync());
    QCOMPARE(of(devices.a, "preferences")->value(key, QStringLiteral("language")), QStringLiteral("de"));
    QVERIFY(devices.isEqual());
}

void TestTwoDevices::slowClock_writingAfterReading_winsAllTheSame()
{
    TwoDevices devices(policies);
    QVERIFY(isDone(of(devices.a, "preferences")->update(key, map("theme", QStringLiteral("dark")))));
    QVERIFY(devices.sync());
    devices.clockB.advance(std::chrono::hours(-24 * 365));
    QVERIFY(isDone(of(devices.b, "preferences")->update(key, map("theme", QStringLiteral("light")))));
    QVERIFY(devices.sync());
    QCOMPARE(of(devices.a, "preferences")->value(key, QStringLiteral("theme")), QStringLiteral("light"));
    QVERIFY(devices.isEqual());
}

void TestTwoDevices::fastClock_tenYearsAhead_doesNotWinForEver()
{
    TwoDevices devices(policies);
    devices.clockB.advance(std::chrono::hours(24 * 3650));
    devices.linkA().setUp(false);
    QVERIFY(isDone(of(devices.b, "preferences")->update(key, map("theme", QStringLiteral("future")))));
    QVERIFY(isDone(devices.b->whenSynced()));
    // An hour later, by all honest clocks; this device has not seen the other's write, so only the stamps decide.
    devices.clock.advance(std::chrono::hours(1));
    devices.clockA.advance(std::chrono::hours(1));
    QVERIFY(isDone(of(devices.a, "preferences")->update(key, map("theme", QStringLiteral("now")))));
    devices.linkA().setUp(true);
    QVERIFY(devices.sync());
    QCOMPARE(of(devices.b, "preferences")->value(key, QStringLiteral("theme")), QStringLiteral("now"));
    QVERIFY(devices.isEqual());
}

void TestTwoDevices::manualConflict_resolvedOnOne_isGoneOnBoth()
{
    TwoDevices devices(policies);
    QVERIFY(isDone(of(devices.a, "notes")->set(key, map("text", QStringLiteral("milk")))));
    QVERIFY(devices.sync());
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    QVERIFY(isDone(of(devices.a, "notes")->update(key, map("text", QStringLiteral("milk, bread")))));
    QVERIFY(isDone(of(devices.b, "notes")->update(key, map("text", QStringLiteral("milk, coffee")))));
    devices.linkA().setUp(true);
    devices.linkB().setUp(true);
    QVERIFY(devices.sync());
    QCOMPARE(devices.a->conflicts().size(), 1);
    QCOMPARE(devices.b->conflicts().size(), 1);
    QCOMPARE(devices.a->conflicts().first().candidates.size(), 2);
    QVERIFY(isDone(devices.b->resolve(QStringLiteral("notes"), key, QStringLiteral("text"), QStringLiteral("all three"))));
    QVERIFY(devices.sync());
    QVERIFY(devices.a->conflicts().isEmpty());
    QCOMPARE(of(devices.a, "notes")->value(key, QStringLiteral("text")), QStringLiteral("all three"));
    QVERIFY(devices.isEqual());
}

void TestTwoDevices::lastWriter_offlineEdits_showOneWholeDocument()
{
    TwoDevices devices(policies);
    QVERIFY(isDone(of(devices.a, "session")->set(key, {{QStringLiteral("x"), 0}, {QStringLiteral("y"), 0}})));
    QVERIFY(devices.sync());
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    QVERIFY(isDone(of(devices.a, "session")->update(key, map("x", 1))));
    devices.clockB.advance(std::chrono::seconds(1));
    QVERIFY(isDone(of(devices.b, "session")->update(key, map("y", 2))));
    devices.linkA().setUp(true);
    devices.linkB().setUp(true);
    QVERIFY(devices.sync());
    const QVariantMap later{{QStringLiteral("x"), 0}, {QStringLiteral("y"), 2}};
    QCOMPARE(of(devices.a, "session")->get(key), later);
    QVERIFY(devices.isEqual());
}

void TestTwoDevices::counterAndSet_offlineOnBoth_addUp()
{
    TwoDevices devices(policies);
    QVERIFY(isDone(of(devices.a, "progress")->addToSet(key, QStringLiteral("badges"), QStringLiteral("first"))));
    QVERIFY(devices.sync());
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    for (int i = 0; i < 20; ++i) {
        QVERIFY(isDone(of(devices.a, "progress")->increment(key, QStringLiteral("xp"), 3)));
        QVERIFY(isDone(of(devices.b, "progress")->increment(key, QStringLiteral("xp"), -1)));
    }
    QVERIFY(isDone(of(devices.a, "progress")->discardFromSet(key, QStringLiteral("badges"), QStringLiteral("first"))));
    QVERIFY(isDone(of(devices.b, "progress")->addToSet(key, QStringLiteral("badges"), QStringLiteral("first"))));
    devices.linkA().setUp(true);
    devices.linkB().setUp(true);
    QVERIFY(devices.sync());
    QCOMPARE(of(devices.b, "progress")->value(key, QStringLiteral("xp")), 40);
    QCOMPARE(of(devices.a, "progress")->value(key, QStringLiteral("badges")).toList(), QVariantList{QStringLiteral("first")});
    QVERIFY(devices.isEqual());
}

void TestTwoDevices::removal_concurrentWithPut_agrees()
{
    TwoDevices devices(policies);
    QVERIFY(isDone(of(devices.a, "preferences")->set(key, {{QStringLiteral("x"), 1}, {QStringLiteral("y"), 1}})));
    QVERIFY(devices.sync());
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    QVERIFY(isDone(of(devices.a, "preferences")->remove(key)));
    devices.clockB.advance(std::chrono::seconds(1));
    QVERIFY(isDone(of(devices.b, "preferences")->update(key, map("y", 2))));
    devices.linkA().setUp(true);
    devices.linkB().setUp(true);
    QVERIFY(devices.sync());
    QCOMPARE(of(devices.a, "preferences")->get(key), map("y", 2));
    QVERIFY(devices.isEqual());
}

void TestTwoDevices::strongWrite_onOldState_isRefusedAndRolledBack()
{
    TwoDevices devices(policies);
    QVERIFY(isDone(of(devices.a, "wallet")->set(key, map("coins", 10))));
    QVERIFY(devices.sync());
    devices.linkA().setUp(false);
    devices.linkB().setUp(false);
    const WriteOptions queue{WriteOptions::WhenOffline::Queue};
    QTRY_COMPARE(devices.b->syncStatus()->state(), SyncStatus::State::Offline);
    QVERIFY(!isDone(of(devices.b, "wallet")->set(key, map("coins", 1))));
    const auto first = of(devices.a, "wallet")->set(key, map("coins", 7), queue);
    const auto second = of(devices.b, "wallet")->set(key, map("coins", 3), queue);
    QSignalSpy refused(devices.b.get(), &Client::writeRefused);
    devices.linkA().setUp(true);
    devices.a->probe();
    QVERIFY(isDone(first));
    devices.linkB().setUp(true);
    devices.b->probe();
    QVERIFY(!isDone(second));
    QVERIFY(devices.sync());
    QCOMPARE(refused.size(), 1);
    QCOMPARE(devices.b->quarantined().size(), 1);
    QCOMPARE(devices.b->quarantined().first().error.reason(), Error::Reason::ExpectationFailed);
    QCOMPARE(of(devices.b, "wallet")->value(key, QStringLiteral("coins")), 7);
    QVERIFY(devices.isEqual());
    QVERIFY(isDone(devices.b->retryQuarantined(devices.b->quarantined().first().id)));
    QVERIFY(devices.sync());
    QCOMPARE(of(devices.a, "wallet")->value(key, QStringLiteral("coins")), 3);
    QVERIFY(devices.b->quarantined().isEmpty());
}

void TestTwoDevices::frames_brokenInEveryWay_applyOnce_data()
{
    QTest::addColumn<double>("duplicate");
    QTest::addColumn<double>("reorder");
    QTest::addColumn<double>("cut");
    QTest::addColumn<quint64>("seed");
    for (quint64 seed = 1; seed <= 8; ++seed) {
        QTest::addRow("every frame twice, seed %llu", seed) << 1.0 << 0.0 << 0.0 << seed;
        QTest::addRow("half the frames late, seed %llu", seed) << 0.0 << 0.5 << 0.0 << seed;
        QTest::addRow("every tenth frame breaks the link, seed %llu", seed) << 0.0 << 0.0 << 0.1 << seed;
        QTest::addRow("all of it, seed %llu", seed) << 0.2 << 0.2 << 0.05 << seed;
    }
}

// F17, F18, F19: duplicated, reordered and lost frames.
void TestTwoDevices::frames_brokenInEveryWay_applyOnce()
{
    QFETCH(double, duplicate);
    QFETCH(double, reorder);
    QFETCH(double, cut);
    QFETCH(quint64, seed);
    TwoDevices devices(policies);
    devices.linkA().setFaults({seed, duplicate, reorder, cut, {}});
    devices.linkB().setFaults({seed + 1000, duplicate, reorder, cut, {}});
    constexpr int writeCount = 60;
    for (int i = 0; i < writeCount; ++i) {
        QVERIFY(isDone(of(devices.a, "progress")->increment(key, QStringLiteral("xp"), 1)));
        QVERIFY(isDone(of(devices.b, "progress")->increment(key, QStringLiteral("xp"), 100)));
        QVERIFY(isDone(of(devices.b, "preferences")->update(QString::number(i % 7), map("n", i))));
    }
    devices.linkA().setFaults({});
    devices.linkB().setFaults({});
    QVERIFY(devices.sync());
    QCOMPARE(of(devices.a, "progress")->value(key, QStringLiteral("xp")), writeCount * 101);
    QVERIFY(devices.isEqual());
}

QTEST_GUILESS_MAIN(TestTwoDevices)
#include "tst_twodevices.moc"
