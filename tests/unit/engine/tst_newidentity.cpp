// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: when a copied store takes a name of its own, what was written under the first one means what it meant: dots, contexts and counter
// marks, of what the outbox held and of what was written meanwhile. Method: a counter with a settled and a pending increment is removed,
// and the store renamed around that.
#include "client/session/writegroup.h"

#include "core/merge.h"
#include "core/view.h"
#include "support/fixedids.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Satchel;
using namespace std::chrono_literals;
using Sync::LocalStore;
using Test::deviceOf;

namespace {

const Core::DocumentId counterId{"notes", "c"};
const Core::DeviceId old = deviceOf(1);
const Core::DeviceId fresh = deviceOf(5);

Core::Policy counterPolicy()
{
    Core::Policy policy;
    policy.collection = counterId.collection;
    policy.fieldKinds.emplace("n", Core::FieldKind::Counter);
    return policy;
}

Core::MutationPtr mutationOf(Core::Dot dot, Core::Op op, Core::VersionVector context = {})
{
    Core::Mutation mutation;
    mutation.dot = dot;
    mutation.stamp = Core::Hlc::fromParts(1'000'000 + dot.counter, 0);
    mutation.document = counterId;
    mutation.context = std::move(context);
    mutation.ops = {std::move(op)};
    return std::make_shared<const Core::Mutation>(std::move(mutation));
}

Core::MutationPtr increment(Core::Dot dot, std::int64_t by)
{
    return mutationOf(dot, Core::IncrementOp{"n", by});
}

/// Of one who has seen both increments of `old`, 10 and 5, and four writes of another device.
Core::MutationPtr removal(Core::Dot dot)
{
    Core::VersionVector context;
    context.add({old, 2});
    context.add({deviceOf(9), 4});
    return mutationOf(dot, Core::RemoveOp{"n", {{{old, 2}, 15}}}, context);
}

}  // namespace

class TestNewIdentity : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<LocalStore> m_store;
    Sync::Redot m_redot;
    int m_count = 0;

    Core::Result<Sync::StoreChange> rename() { return m_store->adoptNewDevice(fresh, &m_redot); }
    void checkRemoval(const Core::Mutation &renamed);
    /// The view is what it was: the counter was removed.
    void checkGone(const std::vector<Core::MutationPtr> &pending);

private Q_SLOTS:
    void init();
    void pendingRemoval_isRenamedWithDotsContextsAndMarks();
    void removalMadeMeanwhile_isRenamedWithItsMarks();
};

void TestNewIdentity::init()
{
    LocalStore::Options options;
    options.path = m_folder.filePath(QStringLiteral("s%1.satchel").arg(m_count++)).toStdString();
    options.user = {"demo", "anna"};
    options.freshDevice = old;
    options.wallClock = [] { return 1000ms; };
    auto opened = LocalStore::open(std::move(options), Test::fixedKey());
    QVERIFY(opened);
    m_store = std::move(*opened);
    Core::PolicySet policies;
    policies.insert(counterPolicy());
    policies.setVersion(1);
    QVERIFY(m_store->storePolicies(policies));
    const std::vector settled{increment({old, 1}, 10)};
    QVERIFY(m_store->appendOutbox(settled));
    QVERIFY(m_store->settle(Wire::Pushed{1, 1, {1}, {}}, 1));
    const std::vector pending{increment({old, 2}, 5)};
    QVERIFY(m_store->appendOutbox(pending));
    QVERIFY(m_store->take(Wire::Changes{0, 7, {}, false}));
}

void TestNewIdentity::checkRemoval(const Core::Mutation &renamed)
{
    QCOMPARE(renamed.dot, (Core::Dot{fresh, 2}));
    QCOMPARE(renamed.origin->dot, (Core::Dot{old, 3}));
    QCOMPARE(renamed.context.counterOf(fresh), std::uint64_t(1));
    QCOMPARE(renamed.context.counterOf(old), std::uint64_t(1));
    QCOMPARE(renamed.context.counterOf(deviceOf(9)), std::uint64_t(4));
    const auto &marks = std::get<Core::RemoveOp>(renamed.ops.front()).observed;
    QCOMPARE(marks.size(), std::size_t(2));
    QCOMPARE(marks.at(0), (Core::CounterMark{{old, 1}, 10}));
    QCOMPARE(marks.at(1), (Core::CounterMark{{fresh, 1}, 5}));
}

void TestNewIdentity::checkGone(const std::vector<Core::MutationPtr> &pending)
{
    Core::Document view = m_store->loadAll()->documents.front().second;
    QVERIFY(Core::exists(view, counterPolicy()));
    for (const Core::MutationPtr &mutation : pending) {
        Core::apply(view, *mutation, counterPolicy());
    }
    QVERIFY(!Core::exists(view, counterPolicy()));
}

void TestNewIdentity::pendingRemoval_isRenamedWithDotsContextsAndMarks()
{
    const std::vector removals{removal({old, 3})};
    QVERIFY(m_store->appendOutbox(removals));
    const auto change = rename();
    QVERIFY(change);
    QCOMPARE(m_store->facts().device, fresh);
    QCOMPARE(m_store->facts().lastCounter, std::uint64_t(2));
    QVERIFY(m_store->facts().lease.empty());
    QCOMPARE(m_store->facts().cursor.seq, std::uint64_t(0));
    QCOMPARE(change->identity->lastCounter, std::uint64_t(2));
    const auto &pending = change->identity->pending;
    QCOMPARE(pending.at(0)->dot, (Core::Dot{fresh, 1}));
    QCOMPARE(pending.at(0)->origin->dot, (Core::Dot{old, 2}));
    checkRemoval(*pending.at(1));
    checkGone(pending);
    const std::vector next{increment({fresh, 3}, 1)};
    QVERIFY(m_store->appendOutbox(next));
}

void TestNewIdentity::removalMadeMeanwhile_isRenamedWithItsMarks()
{
    const Core::Document base = m_store->loadAll()->documents.front().second;
    auto renamed = rename();
    QVERIFY(renamed);
    std::optional<Sync::StoreChange> change = std::move(*renamed);
    std::vector<Sync::WriteCommand> held(1);
    held.front().mutations = {removal({old, 3})};
    Sync::adoptHeld(held, change, m_redot, [&base](const Core::DocumentId &id) { return id == counterId ? &base : nullptr; });
    checkRemoval(*held.front().mutations.front());
    QCOMPARE(change->identity->lastCounter, std::uint64_t(2));
    checkGone(change->identity->pending);
    QVERIFY(m_store->appendOutbox(held.front().mutations));
}

QTEST_GUILESS_MAIN(TestNewIdentity)
#include "tst_newidentity.moc"
