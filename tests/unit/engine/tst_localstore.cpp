// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what LocalStore has answered survives: outbox, bases, quarantine, cursor, lease, rules; one transaction each, also when the process
// is killed between any two. Method: every operation on a real store file, closed and opened again; a child process that is killed while it
// writes.
#include "client/store/localstore.h"

#include "core/edit.h"
#include "core/merge.h"
#include "core/view.h"
#include "support/fixedids.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>
#include <memory>

using namespace Satchel;
using namespace std::chrono_literals;
using Sync::LocalStore;
using Test::deviceOf;
using Test::fixedKey;

namespace {

LocalStore::Options optionsOf(const QString &path, const Core::UserId &user, const Core::DeviceId &fresh, std::chrono::milliseconds now)
{
    LocalStore::Options options;
    options.path = path.toStdString();
    options.user = user;
    options.freshDevice = fresh;
    options.wallClock = [now] { return now; };
    return options;
}

std::unique_ptr<LocalStore> openStore(const QString &path)
{
    auto store = LocalStore::open(optionsOf(path, {"demo", "anna"}, deviceOf(1), 1000ms), fixedKey());
    if (!store) {
        qWarning("%s", Core::describe(store.error()).c_str());
        return nullptr;
    }
    return std::move(*store);
}

Core::Mutation put(Core::Dot dot, const std::string &key, const std::string &field, Core::Value value, Core::VersionVector context = {})
{
    Core::Mutation mutation;
    mutation.dot = dot;
    mutation.stamp = Core::Hlc::fromParts(1'000'000 + dot.counter, 0);
    mutation.document = {"notes", key};
    mutation.context = std::move(context);
    mutation.ops = {Core::PutOp{field, std::move(value)}};
    return mutation;
}

Wire::DocumentDelta delta(const std::string &key, std::uint64_t seq, const std::vector<Core::Mutation> &mutations)
{
    Wire::DocumentDelta made;
    made.id = {"notes", key};
    made.seq = seq;
    for (const Core::Mutation &mutation : mutations) {
        Core::apply(made.state, mutation, {});
    }
    return made;
}

Wire::Welcome welcome(std::uint64_t epoch, std::uint64_t head, Wire::Resume resume, Wire::SnapshotReason reason)
{
    Wire::Welcome made;
    made.epoch = epoch;
    made.head = head;
    made.lease = "lease-" + std::to_string(epoch);
    made.resume = resume;
    made.snapshotReason = reason;
    return made;
}

std::optional<Core::Value> shown(const Sync::OpenedStore &opened, const std::string &key, const std::string &field)
{
    for (const auto &[id, document] : opened.documents) {
        const Core::FieldState *state = id.key == key ? document.find(field) : nullptr;
        if (state != nullptr) {
            return Core::shownValue(*state, Core::FieldKind::Register);
        }
    }
    return std::nullopt;
}

std::vector<Core::MutationPtr> shared(const std::vector<Core::Mutation> &mutations)
{
    std::vector<Core::MutationPtr> pointers;
    for (const Core::Mutation &mutation : mutations) {
        pointers.push_back(std::make_shared<const Core::Mutation>(mutation));
    }
    return pointers;
}

/// What the killed child runs: a write, a line once it is durable, and now and then a settlement.
int writeUntilKilled(const QString &path)
{
    const auto store = openStore(path);
    if (!store) {
        return 1;
    }
    for (std::uint64_t counter = store->facts().lastCounter + 1;; ++counter) {
        const Core::Mutation mutation =
            put({deviceOf(1), counter}, "n" + std::to_string(counter % 10), "f", static_cast<std::int64_t>(counter));
        if (!store->appendOutbox(shared({mutation}))) {
            return 1;
        }
        std::printf("%llu\n", static_cast<unsigned long long>(counter));
        std::fflush(stdout);
        if (counter % 7 == 0 && !store->settle(Wire::Pushed{1, counter, {}, {}}, counter)) {
            return 1;
        }
    }
}

}  // namespace

class TestLocalStore : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString m_path;
    int m_count = 0;

private Q_SLOTS:
    void init() { m_path = m_folder.filePath(QStringLiteral("s%1.satchel").arg(m_count++)); }

    void fresh_hasItsDevice_andNothingElse()
    {
        const auto store = openStore(m_path);
        QVERIFY(store);
        const auto facts = store->facts();
        QCOMPARE(facts.device, deviceOf(1));
        QCOMPARE(facts.lastCounter, std::uint64_t(0));
        QCOMPARE(facts.cursor, Wire::Cursor{});
        QVERIFY(facts.lease.empty());
    }

    void manyCommits_moveTheWalIntoTheStore()
    {
        const auto store = openStore(m_path);
        QVERIFY(store);
        constexpr std::uint64_t commits = 2000;
        for (std::uint64_t counter = 1; counter <= commits; ++counter) {
            QVERIFY(store->appendOutbox(shared({put({deviceOf(1), counter}, "k", "f", std::string(1000, 'x'))})));
        }
        QVERIFY(QFileInfo(m_path).size() > 1024 * 1024);
        QVERIFY(QFileInfo(m_path + QStringLiteral("-wal")).size() < 5 * 1024 * 1024);
    }

    void reopened_hasEverything()
    {
        const Core::Dot d1{deviceOf(1), 1};
        const Core::Dot d2{deviceOf(1), 2};
        const Core::Dot d3{deviceOf(1), 3};
        {
            const auto store = openStore(m_path);
            QVERIFY(store->appendOutbox(shared({put(d1, "a", "f", 1), put(d2, "b", "f", 2), put(d3, "c", "f", 3)})));
            Wire::Welcome hello = welcome(9, 4, Wire::Resume::Snapshot, Wire::SnapshotReason::NewDevice);
            hello.policies.emplace();
            hello.policies->setVersion(5);
            hello.limits.keyBytesMax = 99;
            QVERIFY(store->storeWelcome(hello));
            Wire::Settled refusal;
            refusal.counter = 2;
            refusal.refusal = Core::invalidArgument(Core::ErrorReason::FieldKindMismatch, "why");
            QVERIFY(store->settle(Wire::Pushed{1, 2, {1, 0}, {refusal}}, 2));
            QVERIFY(store->take(Wire::Changes{0, 4, {delta("o", 4, {put({deviceOf(9), 1}, "o", "f", 4)})}, false}));
        }
        const auto store = LocalStore::open(optionsOf(m_path, {"demo", "anna"}, deviceOf(2), 0ms), fixedKey());
        QVERIFY(store);
        const auto opened = (*store)->loadAll();
        QVERIFY(opened);
        QCOMPARE(opened->device, deviceOf(1));
        QCOMPARE(opened->lastCounter, std::uint64_t(3));
        QCOMPARE(opened->cursor, (Wire::Cursor{9, 4}));
        QCOMPARE(opened->policies.version(), std::uint64_t(5));
        QCOMPARE(opened->limits.keyBytesMax, std::size_t(99));
        QCOMPARE(opened->pending.size(), std::size_t(1));
        QCOMPARE(*opened->pending.front(), put(d3, "c", "f", 3));
        QCOMPARE(opened->quarantine.size(), std::size_t(1));
        QCOMPARE(opened->quarantine.front().mutation.dot, d2);
        QCOMPARE(opened->quarantine.front().reason.reason, Core::ErrorReason::FieldKindMismatch);
        QCOMPARE(opened->quarantine.front().refusedAt, 1000ms);
        QCOMPARE(opened->documents.size(), std::size_t(2));
        QCOMPARE(shown(*opened, "a", "f"), std::optional<Core::Value>(1));
        QCOMPARE(shown(*opened, "o", "f"), std::optional<Core::Value>(4));
        QVERIFY(opened->lastStamp >= put(d3, "c", "f", 3).stamp);
        QCOMPARE((*store)->facts().lease, std::string("lease-9"));
    }

    void otherUser_isRefused()
    {
        QVERIFY(openStore(m_path));
        const auto store = LocalStore::open(optionsOf(m_path, {"demo", "bob"}, deviceOf(2), 0ms), fixedKey());
        QVERIFY(!store);
        QCOMPARE(store.error().code, Core::ErrorCode::FailedPrecondition);
    }

    void append_withAGapOrAnotherDevice_isRefusedWhole()
    {
        const auto store = openStore(m_path);
        QVERIFY(!store->appendOutbox(shared({put({deviceOf(1), 1}, "a", "f", 1), put({deviceOf(1), 3}, "a", "f", 1)})));
        QVERIFY(!store->appendOutbox(shared({put({deviceOf(2), 1}, "a", "f", 1)})));
        QCOMPARE(store->facts().lastCounter, std::uint64_t(0));
        QVERIFY(store->appendOutbox(shared({put({deviceOf(1), 1}, "a", "f", 1)})));
    }

    void settle_withAClampedStamp_keepsTheServersStamp()
    {
        const auto store = openStore(m_path);
        QVERIFY(store->appendOutbox(shared({put({deviceOf(1), 1}, "a", "f", 1)})));
        Wire::Settled clamped;
        clamped.counter = 1;
        clamped.stamp = Core::Hlc::fromParts(77, 0);
        const auto change = store->settle(Wire::Pushed{1, 1, {1}, {clamped}}, 1);
        QVERIFY(change);
        QCOMPARE(change->settledThrough, std::uint64_t(1));
        QCOMPARE(change->bases.size(), std::size_t(1));
        QCOMPARE(change->bases.front().base->find("f")->siblings.front().stamp, Core::Hlc::fromParts(77, 0));
    }

    void settle_refusedUnderACompareAndSet_takesTheServersState()
    {
        const auto store = openStore(m_path);
        QVERIFY(store->appendOutbox(shared({put({deviceOf(1), 1}, "a", "f", 1)})));
        Wire::Settled refused;
        refused.counter = 1;
        refused.refusal = Core::makeError(Core::ErrorCode::Aborted, Core::ErrorReason::ExpectationFailed, "");
        refused.current = delta("a", 1, {put({deviceOf(9), 1}, "a", "f", 42)}).state;
        const auto change = store->settle(Wire::Pushed{1, 1, {0}, {refused}}, 1);
        QVERIFY(change);
        QCOMPARE(change->quarantined.size(), std::size_t(1));
        QCOMPARE(shown(*store->loadAll(), "a", "f"), std::optional<Core::Value>(42));
    }

    void settle_ofADuplicateByOrigin_isNotAppliedTwice()
    {
        const auto store = openStore(m_path);
        QVERIFY(store->appendOutbox(shared({put({deviceOf(1), 1}, "a", "f", 1)})));
        Wire::Settled duplicate;
        duplicate.counter = 1;
        duplicate.wasDuplicate = true;
        const auto change = store->settle(Wire::Pushed{1, 1, {0}, {duplicate}}, 1);
        QVERIFY(change);
        QVERIFY(change->bases.empty());
        QCOMPARE(store->facts().pendingCount, std::uint64_t(0));
    }

    void outbox_largerThanItsWindow_isReadAndSettledWhole()
    {
        const auto store = openStore(m_path);
        const std::uint64_t total = Sync::Outbox::windowMutationsMax + 3000;
        std::vector<Core::Mutation> mutations;
        for (std::uint64_t counter = 1; counter <= total; ++counter) {
            mutations.push_back(put({deviceOf(1), counter}, "k" + std::to_string(counter % 500), "f", static_cast<std::int64_t>(counter)));
        }
        QVERIFY(store->appendOutbox(shared(mutations)));
        std::uint64_t seen = 0;
        std::uint64_t settled = 0;
        while (seen < total) {
            const auto some = store->pendingAfter(seen, 1000, 1024 * 1024);
            QVERIFY(some);
            if (some->empty()) {
                // Beyond the window: what is before has to be settled first.
                QVERIFY(settled < seen);
                settled = seen;
                QVERIFY(store->settle(Wire::Pushed{1, settled, {}, {}}, settled));
                continue;
            }
            for (const Core::Mutation &mutation : *some) {
                QCOMPARE(mutation.dot.counter, ++seen);
            }
        }
        QVERIFY(store->settle(Wire::Pushed{1, total, {}, {}}, total));
        QCOMPARE(store->facts().pendingCount, std::uint64_t(0));
        QVERIFY(store->loadAll()->pending.empty());
        QCOMPARE(store->loadAll()->documents.size(), std::size_t(500));
    }

    void group_isOneTransaction_andARefusedAppendDoesItNoHarm()
    {
        {
            const auto store = openStore(m_path);
            QVERIFY(store->beginGroup());
            QVERIFY(store->appendOutbox(shared({put({deviceOf(1), 1}, "a", "f", 1), put({deviceOf(1), 2}, "a", "f", 2)})));
            QVERIFY(!store->appendOutbox(shared({put({deviceOf(1), 9}, "a", "f", 9)})));
            QVERIFY(store->settle(Wire::Pushed{1, 1, {1}, {}}, 1));
            QVERIFY(store->take(Wire::Changes{0, 3, {delta("o", 3, {put({deviceOf(9), 1}, "o", "f", 4)})}, false}));
            QVERIFY(store->endGroup());
        }
        {
            // Begun and never ended: the process could as well have been killed.
            const auto store = openStore(m_path);
            QVERIFY(store->beginGroup());
            QVERIFY(store->settle(Wire::Pushed{1, 2, {2}, {}}, 2));
        }
        const auto opened = openStore(m_path)->loadAll();
        QVERIFY(opened);
        QCOMPARE(opened->pending.size(), std::size_t(1));
        QCOMPARE(opened->documents.size(), std::size_t(2));
        QCOMPARE(opened->cursor.seq, std::uint64_t(3));
        QCOMPARE(shown(*opened, "a", "f"), std::optional<Core::Value>(1));
    }

    void snapshot_dropsWhatWasNotNamed_andKeepsReadingMeanwhile()
    {
        const auto store = openStore(m_path);
        QVERIFY(store->storeWelcome(welcome(1, 0, Wire::Resume::Snapshot, Wire::SnapshotReason::NewDevice)));
        const auto gone = put({deviceOf(9), 1}, "gone", "f", 1);
        const auto kept = put({deviceOf(9), 2}, "kept", "f", 2);
        QVERIFY(store->take(Wire::Changes{0, 2, {delta("gone", 1, {gone}), delta("kept", 2, {kept})}, false}));
        QVERIFY(store->storeWelcome(welcome(1, 6, Wire::Resume::Snapshot, Wire::SnapshotReason::CursorTooOld)));
        QVERIFY(store->facts().isInSnapshot);
        QCOMPARE(store->facts().cursor.seq, std::uint64_t(0));
        QCOMPARE(store->loadAll()->documents.size(), std::size_t(2));
        QVERIFY(store->take(Wire::Changes{0, 5, {delta("kept", 5, {kept})}, true}));
        QVERIFY(store->facts().isInSnapshot);
        // Cut and resumed by the cursor: still the same snapshot.
        QVERIFY(store->storeWelcome(welcome(1, 8, Wire::Resume::Incremental, Wire::SnapshotReason::None)));
        const auto change = store->take(Wire::Changes{5, 6, {}, false});
        QVERIFY(change);
        QVERIFY(!store->facts().isInSnapshot);
        QCOMPARE(change->bases.size(), std::size_t(1));
        QCOMPARE(change->bases.front().id.key, std::string("gone"));
        QVERIFY(!change->bases.front().base);
        QCOMPARE(store->loadAll()->documents.size(), std::size_t(1));
    }

    void rulesChange_thatMergesOtherwise_readsAllAgain()
    {
        const auto store = openStore(m_path);
        const auto policies = [](std::uint64_t version, Core::ConflictRule rule) {
            Core::PolicySet set;
            Core::Policy policy;
            policy.collection = "notes";
            policy.conflict = rule;
            policy.version = version;
            set.insert(policy);
            set.setVersion(version);
            return set;
        };
        Wire::Welcome hello = welcome(1, 0, Wire::Resume::Snapshot, Wire::SnapshotReason::NewDevice);
        hello.policies = policies(1, Core::ConflictRule::Merge);
        QVERIFY(store->storeWelcome(hello));
        const auto x = put({deviceOf(8), 1}, "a", "x", 1);
        const auto y = put({deviceOf(9), 1}, "a", "y", 2);
        QVERIFY(store->take(Wire::Changes{0, 2, {delta("a", 2, {x, y})}, false}));
        QVERIFY(store->storePolicies(policies(2, Core::ConflictRule::Merge)));
        QCOMPARE(store->facts().cursor.seq, std::uint64_t(2));
        // By the last writer's rule the server keeps one of both, and does so in its next change.
        hello = welcome(1, 2, Wire::Resume::Incremental, Wire::SnapshotReason::None);
        hello.policies = policies(3, Core::ConflictRule::LastWriter);
        QVERIFY(store->storeWelcome(hello));
        QCOMPARE(store->facts().cursor, (Wire::Cursor{1, 0}));
        QVERIFY(store->facts().isInSnapshot);
        QCOMPARE(shown(*store->loadAll(), "a", "x"), std::optional<Core::Value>(1));
        QVERIFY(store->take(Wire::Changes{0, 2, {delta("a", 2, {x, y})}, false}));
        QVERIFY(!store->facts().isInSnapshot);
        QCOMPARE(shown(*store->loadAll(), "a", "x"), std::optional<Core::Value>());
        QCOMPARE(shown(*store->loadAll(), "a", "y"), std::optional<Core::Value>(2));
        QVERIFY(store->storePolicies(policies(4, Core::ConflictRule::Manual)));
        QCOMPARE(store->facts().cursor, (Wire::Cursor{1, 0}));
    }

    void snapshot_withMoreToCome_isNotOver()
    {
        const auto store = openStore(m_path);
        QVERIFY(store->storeWelcome(welcome(1, 2, Wire::Resume::Snapshot, Wire::SnapshotReason::NewDevice)));
        const auto one = put({deviceOf(9), 1}, "one", "f", 1);
        const auto two = put({deviceOf(9), 2}, "two", "f", 2);
        QVERIFY(store->take(Wire::Changes{0, 2, {delta("one", 2, {one})}, true}));
        QVERIFY(store->facts().isInSnapshot);
        // Cut off in the meantime: the server's head says how far there is to read.
        QVERIFY(store->storeWelcome(welcome(1, 3, Wire::Resume::Incremental, Wire::SnapshotReason::None)));
        QVERIFY(store->facts().isInSnapshot);
        QVERIFY(store->take(Wire::Changes{2, 3, {delta("two", 3, {two})}, false}));
        QVERIFY(!store->facts().isInSnapshot);
    }

    void longOutbox_settled_givesItsSpaceBack()
    {
        auto store = openStore(m_path);
        std::vector<Core::Mutation> mutations;
        for (std::uint64_t counter = 1; counter <= 6000; ++counter) {
            mutations.push_back(put({deviceOf(1), counter}, "n" + std::to_string(counter % 100), "f", std::string(500, 'x')));
        }
        QVERIFY(store->appendOutbox(shared(mutations)));
        for (std::uint64_t through = 1000; through <= 6000; through += 1000) {
            QVERIFY(store->settle(Wire::Pushed{1, through, {}, {}}, through));
        }
        QVERIFY(store->checkpoint());
        const qint64 before = QFileInfo(m_path).size();
        store->giveBackSpace();
        QCOMPARE(store->loadAll()->documents.size(), std::size_t{100});
        store.reset();
        const qint64 after = QFileInfo(m_path).size();
        QVERIFY2(after * 5 < before, QByteArray::number(after).constData());
        store = openStore(m_path);
        QCOMPARE(store->loadAll()->documents.size(), std::size_t{100});
        QCOMPARE(store->facts().lastCounter, std::uint64_t{6000});
    }

    void lastSynced_isKept()
    {
        QVERIFY(openStore(m_path)->keepLastSynced(std::chrono::milliseconds(1234)));
        QCOMPARE(openStore(m_path)->facts().lastSynced.count(), 1234);
    }

    void snapshot_ofARestoredServer_dropsNothing_andOffersWhatIsMissing()
    {
        const auto store = openStore(m_path);
        QVERIFY(store->storeWelcome(welcome(1, 0, Wire::Resume::Snapshot, Wire::SnapshotReason::NewDevice)));
        const auto lost = put({deviceOf(9), 1}, "lost", "f", 1);
        const auto older = put({deviceOf(9), 2}, "half", "f", 2);
        const auto newer = put({deviceOf(9), 3}, "half", "g", 3);
        const auto same = put({deviceOf(9), 4}, "same", "f", 4);
        QVERIFY(store->take(
            Wire::Changes{0, 4, {delta("lost", 1, {lost}), delta("half", 3, {older, newer}), delta("same", 4, {same})}, false}));
        QVERIFY(store->storeWelcome(welcome(2, 2, Wire::Resume::Snapshot, Wire::SnapshotReason::EpochChanged)));
        QVERIFY(store->take(Wire::Changes{0, 2, {delta("half", 1, {older}), delta("same", 2, {same})}, false}));
        QVERIFY(!store->facts().isInSnapshot);
        QCOMPARE(store->loadAll()->documents.size(), std::size_t(3));
        QCOMPARE(shown(*store->loadAll(), "half", "g"), std::optional<Core::Value>(3));
        const auto offered = store->toRecover(10, 1024 * 1024);
        QVERIFY(offered);
        QCOMPARE(offered->size(), std::size_t(2));
        QCOMPARE(offered->front().id.key, std::string("half"));
        QCOMPARE(offered->back().id.key, std::string("lost"));
        QVERIFY(store->markRecovered(*offered));
        QVERIFY(!store->facts().hasRecoveries);
    }

    void process_killedWhileWriting_losesNothingItHadAnswered()
    {
        std::uint64_t answered = 0;
        for (int round = 0; round < 15; ++round) {
            QProcess child;
            child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--write-until-killed"), m_path});
            QVERIFY(child.waitForStarted());
            // Another number of writes each time, so that the kill falls into different steps.
            for (int lines = 0; lines < 3 + round * 5;) {
                QVERIFY(child.canReadLine() || child.waitForReadyRead(20'000));
                while (child.canReadLine()) {
                    answered = child.readLine().trimmed().toULongLong();
                    lines += 1;
                }
            }
            child.kill();
            QVERIFY(child.waitForFinished());
            while (child.canReadLine()) {
                const QByteArray line = child.readLine();
                answered = line.endsWith('\n') ? line.trimmed().toULongLong() : answered;
            }
            const auto store = openStore(m_path);
            QVERIFY(store);
            const auto opened = store->loadAll();
            QVERIFY(opened);
            QVERIFY2(opened->lastCounter >= answered && opened->lastCounter <= answered + 1,
                     qPrintable(QStringLiteral("%1 of %2").arg(opened->lastCounter).arg(answered)));
            const std::uint64_t settled = store->facts().settledThrough;
            QCOMPARE(opened->pending.size(), static_cast<std::size_t>(opened->lastCounter - settled));
            QCOMPARE(settled % 7, std::uint64_t(0));
        }
    }
};

int main(int argc, char *argv[])
{
    if (argc == 3 && QByteArray(argv[1]) == "--write-until-killed") {
        return writeUntilKilled(QString::fromLocal8Bit(argv[2]));
    }
    QCoreApplication app(argc, argv);
    TestLocalStore test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_localstore.moc"
