// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what is shown is always the server's base with this device's pending mutations on top, and signals name exactly what changed.
// Method: LiveState alone, on a journal that answers when the test says so, and store changes made by hand as the engine makes them.
#include "api/fakejournal.h"
#include "client/values.h"
#include "core/edit.h"
#include "core/merge.h"

#include <QSignalSpy>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Live;
using Satchel::Test::FakeJournal;
using Satchel::Test::Outcome;

namespace {

Core::DeviceId device(std::uint8_t number)
{
    Core::DeviceId id;
    id.bytes.fill(number);
    return id;
}

Core::Policy policyOf(const char *collection, Core::ConflictRule rule)
{
    Core::Policy policy;
    policy.collection = collection;
    policy.conflict = rule;
    return policy;
}

/// LiveState over an empty store, with a policy of each kind.
struct Rig {
    Rig()
        : live(policies(), [this] { return now; })
    {
        Sync::OpenedStore store;
        store.device = device(1);
        live.load(std::move(store), &journal);
    }

    static Core::PolicySet policies()
    {
        Core::PolicySet set;
        Core::Policy counters = policyOf("counters", Core::ConflictRule::Merge);
        counters.fieldKinds.emplace("hits", Core::FieldKind::Counter);
        counters.fieldKinds.emplace("tags", Core::FieldKind::Set);
        set.insert(counters);
        set.insert(policyOf("drafts", Core::ConflictRule::Manual));
        set.insert(policyOf("files", Core::ConflictRule::LastWriter));
        Core::Policy wallet = policyOf("wallet", Core::ConflictRule::Merge);
        wallet.consistency = Core::Consistency::Strong;
        set.insert(wallet);
        return set;
    }

    Outcome write(const char *collection, const char *key, std::vector<Core::Op> ops, WhenOffline whenOffline = WhenOffline::Refuse)
    {
        Outcome outcome;
        live.write(
            *shelf(collection), QString::fromUtf8(key),
            [&ops](const Core::Document &, const Core::Policy &) -> Core::Result<Edit> { return Edit{ops, Core::Scope::Fields}; },
            whenOffline, outcome.done());
        return outcome;
    }

    Outcome put(const char *collection, const char *key, const char *field, Core::Value value)
    {
        return write(collection, key, {Core::PutOp{field, std::move(value)}});
    }

    Shelf *shelf(const char *collection) { return live.shelf(QString::fromUtf8(collection)); }

    QVariantMap shown(const char *collection, const char *key)
    {
        Entry *entry = shelf(collection)->find(QString::fromUtf8(key));
        return entry ? LiveState::get(*entry).value_or(QVariantMap()) : QVariantMap();
    }

    /// The server's state of a document after `mutations`.
    Sync::BaseChange base(const char *collection, const char *key, const std::vector<Core::Mutation> &mutations)
    {
        Core::Document document;
        for (const Core::Mutation &mutation : mutations) {
            Core::apply(document, mutation, shelf(collection)->policy);
        }
        return {Core::DocumentId{collection, key}, document};
    }

    std::chrono::milliseconds now{1000};
    FakeJournal journal;
    LiveState live;
};

Core::Mutation foreign(const char *collection, const char *key, std::uint64_t counter, const char *field, Core::Value value)
{
    Core::Mutation mutation;
    mutation.dot = Core::Dot{device(2), counter};
    mutation.stamp = Core::Hlc::fromParts(500 + counter, 0);
    mutation.document = Core::DocumentId{collection, key};
    mutation.ops.emplace_back(Core::PutOp{field, std::move(value)});
    return mutation;
}

QStringList keysOf(const QSignalSpy &spy, qsizetype index)
{
    return spy.at(index).at(1).toStringList();
}

const QString a = QStringLiteral("a");

}  // namespace

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
    void change_settled_keepsWhatIsShown();
    void change_foreignWrite_isMergedUnderPending();
    void change_refusal_rollsBackAndQuarantines();
    void change_greatStamp_isPassedByNextWrite();
    void change_policies_reshow();
    void change_newIdentity_replacesPending();
    void quarantine_retry_writesAgainAndDiscards();
    void conflict_isListedAndSignalled();
    void load_again_signalsDifferences();
    void slot_thatWrites_isSafe();
};

void TestLiveState::write_isShownBeforeItIsDurable()
{
    Rig rig;
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
    Rig rig;
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
    Rig rig;
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
    Rig rig;
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
    Rig rig;
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
    Rig rig;
    QVERIFY(rig.write("prefs", "a", {}).isGood());
    QCOMPARE(rig.write("prefs", "", {}).reason(), Core::ErrorReason::InvalidName);
    QCOMPARE(rig.journal.unanswered(), 0U);
}

void TestLiveState::write_detached_isRefused()
{
    Rig rig;
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
    Rig rig;
    rig.put("files", "a", "x", 1);
    rig.put("files", "a", "y", 2);
    QCOMPARE(rig.journal.newest().scope, Core::Scope::Document);
    QCOMPARE(rig.journal.newest().ops.size(), 2U);
    QCOMPARE(rig.shown("files", "a").size(), 2);
}

void TestLiveState::strong_offline_isRefusedUnlessQueued()
{
    Rig rig;
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
    Rig rig;
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
    Rig rig;
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
    Rig rig;
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
    Rig rig;
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
    Rig rig;
    rig.put("prefs", "a", "x", 1);
    rig.live.flush();
    QSignalSpy spy(&rig.live, &LiveState::documentsChanged);
    rig.put("prefs", "a", "x", 1);
    rig.put("prefs", "b", "x", 1);
    rig.write("prefs", "b", {Core::RemoveOp{"x", {}}});
    rig.live.flush();
    QCOMPARE(spy.size(), 0);
}

void TestLiveState::change_settled_keepsWhatIsShown()
{
    Rig rig;
    rig.put("prefs", "a", "x", 1);
    rig.put("prefs", "a", "y", 2);
    rig.live.flush();
    QSignalSpy spy(&rig.live, &LiveState::documentsChanged);
    QSignalSpy pending(&rig.live, &LiveState::pendingCountChanged);
    const Core::Mutation first = rig.journal.answer();
    Sync::StoreChange change;
    change.bases.push_back(rig.base("prefs", "a", {first}));
    change.settledThrough = 1;
    rig.live.apply(change);
    QCOMPARE(spy.size(), 0);
    QCOMPARE(pending.size(), 1);
    QCOMPARE(rig.live.pendingCount(), 1U);
    QCOMPARE(rig.shown("prefs", "a").size(), 2);
}

void TestLiveState::change_foreignWrite_isMergedUnderPending()
{
    Rig rig;
    rig.put("prefs", "a", "x", "mine");
    Sync::StoreChange change;
    change.bases.push_back(rig.base("prefs", "a", {foreign("prefs", "a", 1, "x", "theirs"), foreign("prefs", "a", 2, "y", "new")}));
    rig.live.apply(change);
    // Theirs is the older stamp.
    QCOMPARE(rig.shown("prefs", "a"),
             (QVariantMap{{QStringLiteral("x"), QStringLiteral("mine")}, {QStringLiteral("y"), QStringLiteral("new")}}));
}

void TestLiveState::change_refusal_rollsBackAndQuarantines()
{
    Rig rig;
    rig.put("prefs", "a", "x", 1);
    rig.put("prefs", "a", "y", 2);
    rig.live.flush();
    QSignalSpy spy(&rig.live, &LiveState::documentsChanged);
    QSignalSpy refused(&rig.live, &LiveState::refused);
    const Core::Mutation first = rig.journal.answer();
    Sync::StoreChange change;
    change.settledThrough = 1;
    change.quarantined.push_back(
        {first, Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::PolicyDenied, "no"), rig.now});
    rig.live.apply(change);
    QCOMPARE(rig.shown("prefs", "a"), (QVariantMap{{QStringLiteral("y"), qlonglong(2)}}));
    QCOMPARE(spy.size(), 1);
    QCOMPARE(refused.size(), 1);
    QCOMPARE(rig.live.quarantine().size(), 1U);
}

void TestLiveState::change_greatStamp_isPassedByNextWrite()
{
    Rig rig;
    Sync::StoreChange change;
    change.greatestStamp = Core::Hlc::fromParts(999999, 3);
    rig.live.apply(change);
    rig.put("prefs", "a", "x", 1);
    QVERIFY(rig.journal.newest().stamp > change.greatestStamp);
}

void TestLiveState::change_policies_reshow()
{
    Rig rig;
    Core::Mutation counted = foreign("prefs", "a", 1, "x", 1);
    counted.ops = {Core::IncrementOp{"n", 7}};
    Sync::StoreChange change;
    change.bases.push_back({Core::DocumentId{"prefs", "a"}, Core::Document{}});
    Core::Policy counting = policyOf("prefs", Core::ConflictRule::Merge);
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

void TestLiveState::change_newIdentity_replacesPending()
{
    Rig rig;
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

void TestLiveState::quarantine_retry_writesAgainAndDiscards()
{
    Rig rig;
    rig.put("files", "a", "x", 1);
    const Core::Mutation first = rig.journal.answer();
    Sync::StoreChange change;
    change.settledThrough = 1;
    change.quarantined.push_back(
        {first, Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::PolicyDenied, "no"), rig.now});
    rig.live.apply(change);
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

void TestLiveState::conflict_isListedAndSignalled()
{
    Rig rig;
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

void TestLiveState::load_again_signalsDifferences()
{
    Rig rig;
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

void TestLiveState::slot_thatWrites_isSafe()
{
    Rig rig;
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
