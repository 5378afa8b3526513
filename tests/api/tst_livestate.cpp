// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a write is shown at once, says what its writer had seen, is refused where it has to be, and signals name exactly what changed.
// Method: LiveState alone, on a journal that answers when the test says so.
#include "api/liverig.h"
#include "client/values.h"
#include "core/edit.h"

#include <QSignalSpy>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Live;
using namespace Satchel::Test;

class TestLiveState : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void write_isShownBeforeItIsDurable();
    void write_carriesContextOfPendingOnes();
    void write_thatIsNotStored_isTakenBackWithThoseBehindIt();
    void write_invalid_changesNothing_data();
    void write_invalid_changesNothing();
    void write_overDocumentLimit_isRefused();
    void write_withoutEffect_makesNoMutation();
    void write_detached_isRefused();
    void lastWriter_writesWholeDocument();
    void strong_offline_isRefusedUnlessQueued();
    void strong_finishesWithServersDecision();
    void counter_andSet_showSumsAndElements();
    void signals_nameOnlyWhatChanged();
    void signals_severalWritesInOneTurn_areOne();
    void signals_writeThatChangesNothing_isSilent();
    void slot_thatWrites_isSafe();
};

void TestLiveState::write_isShownBeforeItIsDurable()
{
    LiveRig rig;
    const Outcome outcome = rig.put("prefs", "a", "x", 1);
    QCOMPARE(rig.shown("prefs", "a"), (QVariantMap{{QStringLiteral("x"), qlonglong(1)}}));
    QVERIFY(!outcome.isFinished());
    QCOMPARE(rig.live.pendingCount(), 1U);
    rig.journal.answer();
    QVERIFY(outcome.isGood());
    QCOMPARE(rig.live.pendingCount(), 1U);
}

void TestLiveState::write_carriesContextOfPendingOnes()
{
    LiveRig rig;
    rig.put("prefs", "a", "x", 1);
    const Core::Mutation first = rig.journal.newest();
    rig.put("prefs", "a", "x", 2);
    const Core::Mutation second = rig.journal.newest();
    QCOMPARE(first.dot.counter, 1U);
    QCOMPARE(second.dot.counter, 2U);
    QVERIFY(!first.context.covers(first.dot));
    QVERIFY(second.context.covers(first.dot));
    QVERIFY(second.stamp > first.stamp);
}

void TestLiveState::write_thatIsNotStored_isTakenBackWithThoseBehindIt()
{
    LiveRig rig;
    rig.put("prefs", "a", "x", 1);
    rig.journal.answer();
    const Outcome lost = rig.put("prefs", "a", "x", 2);
    const Outcome behind = rig.put("prefs", "b", "x", 3);
    QSignalSpy spy(&rig.live, &LiveState::documentsChanged);
    rig.live.flush();
    rig.journal.answer(Core::failure(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::StorageFull, "full")));
    QCOMPARE(lost.reason(), Core::ErrorReason::StorageFull);
    QCOMPARE(rig.shown("prefs", "a").value(QStringLiteral("x")).toInt(), 1);
    QVERIFY(rig.shown("prefs", "b").isEmpty());
    // A new write made before the second failure arrives takes the freed number, and is not taken back by that failure.
    rig.put("prefs", "c", "x", 4);
    QCOMPARE(rig.journal.newest().dot.counter, 2U);
    rig.journal.answer(Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::CounterGap, "gap")));
    QCOMPARE(behind.reason(), Core::ErrorReason::CounterGap);
    QCOMPARE(rig.shown("prefs", "c").value(QStringLiteral("x")).toInt(), 4);
    rig.live.flush();
    QCOMPARE(keysOf(spy, spy.size() - 1), (QStringList{a, QStringLiteral("b"), QStringLiteral("c")}));
}

void TestLiveState::write_invalid_changesNothing_data()
{
    QTest::addColumn<QString>("collection");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("field");
    const QString good = QStringLiteral("a");
    QTest::newRow("collection with a capital") << QStringLiteral("Prefs") << good << good;
    QTest::newRow("no collection") << QString() << good << good;
    QTest::newRow("no key") << good << QString() << good;
    QTest::newRow("long key") << good << QString(513, QLatin1Char('k')) << good;
    QTest::newRow("key with a lone surrogate") << good << QString(QChar(0xDC00)) << good;
    QTest::newRow("collection with a lone surrogate") << QString(QChar(0xDC00)) << good << good;
    QTest::newRow("no field name") << good << good << QString();
    QTest::newRow("put on a counter") << QStringLiteral("counters") << good << QStringLiteral("hits");
}

void TestLiveState::write_invalid_changesNothing()
{
    QFETCH(QString, collection);
    QFETCH(QString, key);
    QFETCH(QString, field);
    LiveRig rig;
    Outcome outcome;
    rig.live.write(
        *rig.live.shelf(collection), key,
        [&](const Core::Document &, const Core::Policy &) -> Core::Result<Edit> {
            return Edit{{Core::PutOp{field.toStdString(), Core::Value(1)}}, Core::Scope::Fields};
        },
        WhenOffline::Refuse, outcome.done());
    QVERIFY(outcome.isFinished() && !outcome.isGood());
    QCOMPARE(rig.journal.unanswered(), 0U);
    QCOMPARE(rig.live.pendingCount(), 0U);
    // The number was not used up.
    rig.put("prefs", "a", "x", 1);
    QCOMPARE(rig.journal.newest().dot.counter, 1U);
}

void TestLiveState::write_overDocumentLimit_isRefused()
{
    LiveRig rig;
    const std::string large(100 * 1024, 'x');
    rig.put("prefs", "a", "one", large);
    rig.put("prefs", "a", "two", large);
    QCOMPARE(rig.put("prefs", "a", "three", large).reason(), Core::ErrorReason::LimitExceeded);
    // What replaces as much as it adds fits.
    QVERIFY(!rig.put("prefs", "a", "two", large).isFinished());
    std::vector<Core::Op> many;
    for (int i = 0; i < 999; ++i) {
        many.emplace_back(Core::PutOp{"f" + std::to_string(i), Core::Value(i)});
    }
    QCOMPARE(rig.write("prefs", "a", many).reason(), Core::ErrorReason::LimitExceeded);
    QVERIFY(!rig.write("prefs", "b", many).isFinished());
}

void TestLiveState::write_withoutEffect_makesNoMutation()
{
    LiveRig rig;
    QVERIFY(rig.write("prefs", "a", {}).isGood());
    QCOMPARE(rig.write("prefs", "", {}).reason(), Core::ErrorReason::InvalidName);
    QCOMPARE(rig.journal.unanswered(), 0U);
}

void TestLiveState::write_detached_isRefused()
{
    LiveRig rig;
    const Outcome waiting = rig.put("prefs", "a", "x", 1);
    rig.live.detach();
    QCOMPARE(rig.put("prefs", "a", "x", 2).reason(), Core::ErrorReason::ClosedStore);
    QCOMPARE(rig.shown("prefs", "a").value(QStringLiteral("x")).toInt(), 1);
    // What the journal answers at its end reaches the writer, and moves nothing.
    rig.journal.answer(Core::failure(Core::makeError(Core::ErrorCode::Cancelled, Core::ErrorReason::ClosedStore, "closed")));
    QCOMPARE(waiting.reason(), Core::ErrorReason::ClosedStore);
    QCOMPARE(rig.shown("prefs", "a").value(QStringLiteral("x")).toInt(), 1);
}

void TestLiveState::lastWriter_writesWholeDocument()
{
    LiveRig rig;
    rig.put("files", "a", "x", 1);
    rig.put("files", "a", "y", 2);
    QCOMPARE(rig.journal.newest().scope, Core::Scope::Document);
    QCOMPARE(rig.journal.newest().ops.size(), 2U);
    QCOMPARE(rig.shown("files", "a").size(), 2);
}

void TestLiveState::strong_offline_isRefusedUnlessQueued()
{
    LiveRig rig;
    QCOMPARE(rig.put("wallet", "a", "x", 1).reason(), Core::ErrorReason::OfflineStrongWrite);
    QVERIFY(rig.shown("wallet", "a").isEmpty());
    const Outcome queued = rig.write("wallet", "a", {Core::PutOp{"x", 1}}, WhenOffline::Queue);
    QVERIFY(!queued.isFinished());
    QVERIFY(rig.journal.newest().expected && !rig.journal.newest().expected->lastWrite);
    rig.write("wallet", "a", {Core::PutOp{"x", 2}}, WhenOffline::Queue);
    QCOMPARE(rig.journal.newest().expected->lastWrite, (Core::Dot{device(1), 1}));
}

void TestLiveState::strong_finishesWithServersDecision()
{
    LiveRig rig;
    rig.live.setOnline(true);
    const Outcome taken = rig.put("wallet", "a", "x", 1);
    const Core::Mutation first = rig.journal.answer();
    QVERIFY(!taken.isFinished());
    Sync::StoreChange change;
    change.bases.push_back(rig.base("wallet", "a", {first}));
    change.settledThrough = 1;
    rig.live.apply(change);
    QVERIFY(taken.isGood());

    const Outcome refused = rig.put("wallet", "a", "x", 2);
    const Core::Mutation second = rig.journal.answer();
    Sync::StoreChange refusal;
    refusal.settledThrough = 2;
    refusal.quarantined.push_back(
        {second, Core::makeError(Core::ErrorCode::Aborted, Core::ErrorReason::ExpectationFailed, "late"), rig.now});
    rig.live.apply(refusal);
    QCOMPARE(refused.reason(), Core::ErrorReason::ExpectationFailed);
    QCOMPARE(rig.shown("wallet", "a").value(QStringLiteral("x")).toInt(), 1);

    const Outcome closed = rig.put("wallet", "a", "x", 3);
    rig.live.detach();
    QCOMPARE(closed.reason(), Core::ErrorReason::ClosedStore);
}

void TestLiveState::counter_andSet_showSumsAndElements()
{
    LiveRig rig;
    rig.write("counters", "a", {Core::IncrementOp{"hits", 2}});
    rig.write("counters", "a", {Core::IncrementOp{"hits", 3}});
    rig.write("counters", "a", {Core::AddOp{"tags", "red"}});
    rig.write("counters", "a", {Core::AddOp{"tags", "blue"}});
    rig.write("counters", "a", {Core::DiscardOp{"tags", "red"}});
    QCOMPARE(rig.shown("counters", "a"),
             (QVariantMap{{QStringLiteral("hits"), qlonglong(5)}, {QStringLiteral("tags"), QVariantList{QStringLiteral("blue")}}}));
}

void TestLiveState::signals_nameOnlyWhatChanged()
{
    LiveRig rig;
    QSignalSpy spy(&rig.live, &LiveState::documentsChanged);
    Sync::StoreChange change;
    change.bases.push_back(rig.base("prefs", "b", {foreign("prefs", "b", 1, "x", 1)}));
    change.bases.push_back(rig.base("prefs", "a", {foreign("prefs", "a", 2, "x", 1)}));
    change.bases.push_back(rig.base("other", "c", {foreign("other", "c", 3, "x", 1)}));
    rig.live.apply(change);
    QCOMPARE(spy.size(), 2);
    QCOMPARE(spy.at(0).at(0).toString(), QStringLiteral("other"));
    QCOMPARE(keysOf(spy, 1), (QStringList{a, QStringLiteral("b")}));
    rig.live.apply(change);
    QCOMPARE(spy.size(), 2);
    Sync::StoreChange gone;
    gone.bases.push_back({Core::DocumentId{"prefs", "a"}, std::nullopt});
    rig.live.apply(gone);
    QCOMPARE(spy.size(), 3);
    QCOMPARE(keysOf(spy, 2), QStringList{a});
    QVERIFY(!rig.shelf("prefs")->find(a));
}

void TestLiveState::signals_severalWritesInOneTurn_areOne()
{
    LiveRig rig;
    QSignalSpy spy(&rig.live, &LiveState::documentsChanged);
    rig.put("prefs", "a", "x", 1);
    rig.put("prefs", "a", "x", 2);
    rig.put("prefs", "b", "x", 2);
    QCOMPARE(spy.size(), 0);
    QTRY_COMPARE(spy.size(), 1);
    QCOMPARE(keysOf(spy, 0), (QStringList{a, QStringLiteral("b")}));
}

void TestLiveState::signals_writeThatChangesNothing_isSilent()
{
    LiveRig rig;
    rig.put("prefs", "a", "x", 1);
    rig.live.flush();
    QSignalSpy spy(&rig.live, &LiveState::documentsChanged);
    rig.put("prefs", "a", "x", 1);
    rig.put("prefs", "b", "x", 1);
    rig.write("prefs", "b", {Core::RemoveOp{"x", {}}});
    rig.live.flush();
    QCOMPARE(spy.size(), 0);
}

void TestLiveState::slot_thatWrites_isSafe()
{
    LiveRig rig;
    int calls = 0;
    connect(&rig.live, &LiveState::documentsChanged, this, [&](const QString &, const QStringList &) {
        if (++calls < 5) {
            rig.put("prefs", "a", "n", calls);
            rig.write("prefs", "b", {Core::RemoveOp{"x", {}}});
        }
    });
    rig.put("prefs", "a", "n", 0);
    rig.put("prefs", "b", "x", 0);
    QTRY_COMPARE(calls, 5);
    QCOMPARE(rig.shown("prefs", "a").value(QStringLiteral("n")).toInt(), 4);
}

QTEST_GUILESS_MAIN(TestLiveState)
#include "tst_livestate.moc"
