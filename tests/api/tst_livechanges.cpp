// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what is shown is always the server's base with this device's pending mutations on top, whatever the store reports.
// Method: LiveState alone, on a journal that answers when the test says so, and store changes made by hand as the engine makes them.
#include "api/liverig.h"

#include <QSignalSpy>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Live;
using namespace Satchel::Test;

class TestLiveChanges : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void change_settled_keepsWhatIsShown();
    void change_foreignWrite_isMergedUnderPending();
    void change_refusal_rollsBackAndQuarantines();
    void change_greatStamp_isPassedByNextWrite();
    void change_policies_reshow();
    void change_newIdentity_replacesPending();
    void quarantine_retry_writesAgainAndDiscards();
    void conflict_isListedAndSignalled();
    void load_again_signalsDifferences();
};

void TestLiveChanges::change_settled_keepsWhatIsShown()
{
    LiveRig rig;
    rig.put("prefs", "a", "x", 1);
    rig.put("prefs", "a", "y", 2);
    rig.live.flush();
    QSignalSpy spy(&rig.live, &LiveState::documentsChanged);
    QSignalSpy pending(&rig.live, &LiveState::pendingCountChanged);
    rig.settle("prefs", "a");
    QCOMPARE(spy.size(), 0);
    QCOMPARE(pending.size(), 1);
    QCOMPARE(rig.live.pendingCount(), 1U);
    QCOMPARE(rig.shown("prefs", "a").size(), 2);
}

void TestLiveChanges::change_foreignWrite_isMergedUnderPending()
{
    LiveRig rig;
    rig.put("prefs", "a", "x", "mine");
    Sync::StoreChange change;
    change.bases.push_back(rig.base("prefs", "a", {foreign("prefs", "a", 1, "x", "theirs"), foreign("prefs", "a", 2, "y", "new")}));
    rig.live.apply(change);
    // Theirs is the older stamp.
    QCOMPARE(rig.shown("prefs", "a"),
             (QVariantMap{{QStringLiteral("x"), QStringLiteral("mine")}, {QStringLiteral("y"), QStringLiteral("new")}}));
}

void TestLiveChanges::change_refusal_rollsBackAndQuarantines()
{
    LiveRig rig;
    rig.put("prefs", "a", "x", 1);
    rig.put("prefs", "a", "y", 2);
    rig.live.flush();
    QSignalSpy spy(&rig.live, &LiveState::documentsChanged);
    QSignalSpy refused(&rig.live, &LiveState::refused);
    rig.refuse();
    QCOMPARE(rig.shown("prefs", "a"), (QVariantMap{{QStringLiteral("y"), qlonglong(2)}}));
    QCOMPARE(spy.size(), 1);
    QCOMPARE(refused.size(), 1);
    QCOMPARE(rig.live.quarantine().size(), 1U);
}

void TestLiveChanges::change_greatStamp_isPassedByNextWrite()
{
    LiveRig rig;
    Sync::StoreChange change;
    change.greatestStamp = Core::Hlc::fromParts(999999, 3);
    rig.live.apply(change);
    rig.put("prefs", "a", "x", 1);
    QVERIFY(rig.journal.newest().stamp > change.greatestStamp);
}

void TestLiveChanges::change_policies_reshow()
{
    LiveRig rig;
    Core::Mutation counted = foreign("prefs", "a", 1, "x", 1);
    counted.ops = {Core::IncrementOp{"n", 7}};
    Sync::StoreChange change;
    change.bases.push_back({Core::DocumentId{"prefs", "a"}, Core::Document{}});
    Core::Policy counting = Test::policyOf("prefs", Core::ConflictRule::Merge);
    counting.fieldKinds.emplace("n", Core::FieldKind::Counter);
    Core::apply(*change.bases.front().base, counted, counting);
    rig.live.apply(change);
    QVERIFY(rig.shown("prefs", "a").isEmpty());
    QSignalSpy spy(&rig.live, &LiveState::documentsChanged);
    Sync::StoreChange policies;
    policies.policies.emplace();
    policies.policies->setVersion(4);
    policies.policies->insert(counting);
    rig.live.apply(policies);
    QCOMPARE(rig.shown("prefs", "a").value(QStringLiteral("n")).toInt(), 7);
    QCOMPARE(spy.size(), 1);
    rig.put("prefs", "a", "x", 1);
    QCOMPARE(rig.journal.newest().policyVersion, 4U);
}

void TestLiveChanges::change_newIdentity_replacesPending()
{
    LiveRig rig;
    rig.live.setOnline(true);
    const Outcome strong = rig.put("wallet", "a", "x", 1);
    const Core::Mutation old = rig.journal.answer();
    Sync::StoreChange change;
    Core::Mutation renamed = old;
    renamed.dot = Core::Dot{device(9), 1};
    renamed.origin = Core::Origin{old.dot, old.stamp};
    change.identity = Sync::StoreChange::NewIdentity{device(9), {std::make_shared<const Core::Mutation>(renamed)}, 1};
    rig.live.apply(change);
    QCOMPARE(rig.live.device(), device(9));
    QCOMPARE(rig.live.pendingCount(), 1U);
    QCOMPARE(rig.shown("wallet", "a").value(QStringLiteral("x")).toInt(), 1);
    rig.put("prefs", "b", "x", 1);
    QCOMPARE(rig.journal.newest().dot, (Core::Dot{device(9), 2}));
    Sync::StoreChange settled;
    settled.bases.push_back(rig.base("wallet", "a", {renamed}));
    settled.settledThrough = 1;
    rig.live.apply(settled);
    QVERIFY(strong.isGood());
}

void TestLiveChanges::quarantine_retry_writesAgainAndDiscards()
{
    LiveRig rig;
    rig.put("files", "a", "x", 1);
    const Core::Mutation first = rig.refuse();
    Outcome unknown;
    rig.live.retryQuarantined(Core::Dot{device(7), 1}, unknown.done());
    QVERIFY(unknown.isFinished() && !unknown.isGood());

    Outcome retried;
    rig.live.retryQuarantined(first.dot, retried.done());
    QCOMPARE(rig.shown("files", "a").value(QStringLiteral("x")).toInt(), 1);
    QCOMPARE(rig.live.quarantine().size(), 1U);
    QCOMPARE(rig.journal.answer().dot.counter, 2U);
    QVERIFY(retried.isGood());
    QCOMPARE(rig.journal.discarded, std::vector<Core::Dot>{first.dot});
    QVERIFY(rig.live.quarantine().empty());
}

void TestLiveChanges::conflict_isListedAndSignalled()
{
    LiveRig rig;
    QSignalSpy spy(&rig.live, &LiveState::conflictsChanged);
    rig.put("drafts", "a", "x", "mine");
    rig.live.flush();
    QCOMPARE(spy.size(), 0);
    Sync::StoreChange change;
    change.bases.push_back(rig.base("drafts", "a", {foreign("drafts", "a", 1, "x", "theirs")}));
    rig.live.apply(change);
    QCOMPARE(spy.size(), 1);
    QCOMPARE(rig.shown("drafts", "a").value(QStringLiteral("x")).toString(), QStringLiteral("mine"));
    int count = 0;
    rig.live.visitConflicts({}, [&](const Entry &entry, const std::string &field, const Core::FieldState &state) {
        ++count;
        QCOMPARE(entry.key, a);
        QCOMPARE(field, std::string("x"));
        QCOMPARE(state.siblings.size(), 2U);
    });
    QCOMPARE(count, 1);
    rig.put("drafts", "a", "x", "both");
    rig.live.flush();
    QCOMPARE(spy.size(), 2);
}

void TestLiveChanges::load_again_signalsDifferences()
{
    LiveRig rig;
    rig.put("prefs", "a", "x", 1);
    rig.put("prefs", "b", "x", 1);
    const Core::Mutation first = rig.journal.answer();
    rig.live.flush();
    rig.live.detach();
    QSignalSpy spy(&rig.live, &LiveState::documentsChanged);
    Sync::OpenedStore store;
    store.device = device(1);
    store.lastCounter = 1;
    store.pending = {std::make_shared<const Core::Mutation>(first)};
    rig.live.load(std::move(store), &rig.journal);
    QCOMPARE(spy.size(), 1);
    QCOMPARE(keysOf(spy, 0), QStringList{QStringLiteral("b")});
    QCOMPARE(rig.live.pendingCount(), 1U);
    QCOMPARE(LiveState::keys(*rig.shelf("prefs")), QStringList{a});
}

QTEST_GUILESS_MAIN(TestLiveChanges)
#include "tst_livechanges.moc"
