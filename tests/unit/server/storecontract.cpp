// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storecontract.h"

#include "server-stub/sync/pushrules.h"
#include "server-stub/sync/revocation.h"

#include <QTest>

namespace Satchel::Test {

namespace {

using namespace Server;

constexpr std::chrono::milliseconds now{1'800'000'000'000};
const Core::UserId alice{"t", "alice"};

Core::DeviceId deviceId(int number)
{
    Core::DeviceId id;
    id.bytes[0] = 1;
    id.bytes[15] = static_cast<std::uint8_t>(number);
    return id;
}

/// Writes through the push rules, as the pipeline does.
class Writer {
public:
    Writer(Store &store, int device, Core::UserId user = alice)
        : m_store(store)
        , m_user(std::move(user))
        , m_device(deviceId(device))
    {
    }

    Core::Mutation mutation(const std::string &collection, const std::string &key, const std::string &field, const std::string &value,
                            const std::vector<Core::Dot> &seen = {})
    {
        Core::Mutation out;
        out.dot = Core::Dot{m_device, ++m_counter};
        out.stamp = Core::Hlc::fromParts(static_cast<std::uint64_t>(now.count()) - 1000 + m_counter,
                                         static_cast<std::uint16_t>(m_device.bytes[15]));
        out.document = Core::DocumentId{collection, key};
        out.ops.emplace_back(Core::PutOp{field, Core::Value(value)});
        for (const Core::Dot &dot : seen) {
            out.context.add(dot);
        }
        return out;
    }

    PushOutcome push(std::vector<Core::Mutation> mutations, bool isCommitted = true)
    {
        auto log = m_store.begin();
        if (!log) {
            qFatal("%s", log.error().detail.c_str());
        }
        auto owner = (*log)->owner(m_user, now);
        if ((*owner)->devices.find(m_device) == (*owner)->devices.end() && !(*log)->addDevice(**owner, m_device)) {
            qFatal("the device cannot be added");
        }
        const PushRules rules(PushSettings{}, m_store.policies());
        auto answer = rules.process(**log, PushRequest{m_user, m_device, Wire::Push{1, std::move(mutations)}}, m_clock, now);
        if (!answer || !*answer) {
            qFatal("%s", Core::describe(answer ? answer->error() : answer.error()).c_str());
        }
        if (isCommitted) {
            if (auto committed = (*log)->commit(); !committed) {
                qFatal("%s", committed.error().detail.c_str());
            }
        }
        return std::move(**answer);
    }

    Core::DeviceId device() const { return m_device; }

private:
    Store &m_store;
    Core::UserId m_user;
    Core::DeviceId m_device;
    std::uint64_t m_counter = 0;
    Core::HlcClock m_clock;
};

DeltaPage deltas(Store &store, int device, std::uint64_t from, const Core::UserId &user = alice, std::size_t documentsMax = 1000)
{
    DeltaQuery query;
    query.user = user;
    query.device = deviceId(device);
    query.from = from;
    query.documentsMax = documentsMax;
    auto page = (*store.reader())->deltas(query);
    if (!page) {
        qFatal("%s", page.error().detail.c_str());
    }
    return std::move(*page);
}

Core::PolicySet manualNotes(std::uint64_t version)
{
    Core::Policy policy;
    policy.collection = "manual";
    policy.version = version;
    policy.conflict = Core::ConflictRule::Manual;
    Core::PolicySet policies;
    policies.setVersion(version);
    policies.insert(policy);
    return policies;
}

/// Two devices that write to one field after the same base, without knowing of each other.
struct Fork {
    struct Mutations {
        Core::Mutation base;
        Core::Mutation left;
        Core::Mutation right;
    };

    Fork(Store &store, const Core::UserId &user, const char *collection)
        : a(store, 1, user)
        , b(store, 2, user)
    {
        mutations.base = a.mutation(collection, "k", "f", "base");
        a.push({mutations.base});
        mutations.left = a.mutation(collection, "k", "f", "left", {mutations.base.dot});
        mutations.right = b.mutation(collection, "k", "f", "right", {mutations.base.dot});
        a.push({mutations.left});
        b.push({mutations.right});
    }

    Writer a;
    Writer b;
    Mutations mutations;
};

ConflictsQuery queryOf(const Core::UserId &user)
{
    ConflictsQuery query;
    query.tenant = user.tenant;
    query.user = user.user;
    return query;
}

}  // namespace

void StoreContract::epoch_afterReopen_isTheSame()
{
    const std::uint64_t epoch = store().epoch();
    QVERIFY(epoch != 0);
    reopen();
    QCOMPARE(store().epoch(), epoch);
}

void StoreContract::secret_byPurpose_isKeptAndDistinct()
{
    const auto one = store().secret("one");
    const auto two = store().secret("two");
    QVERIFY(one && two);
    QCOMPARE(one->size(), std::size_t(32));
    QVERIFY(*one != *two);
    reopen();
    QCOMPARE(*store().secret("one"), *one);
}

void StoreContract::policies_newer_replaceOlder()
{
    const std::uint64_t version = store().policies()->version() + 2;
    QVERIFY(store().setPolicies(manualNotes(version)));
    QVERIFY(!store().setPolicies(manualNotes(version - 1)));
    QVERIFY(store().setPolicies(manualNotes(version)));
    reopen();
    QVERIFY(*store().policies() == manualNotes(version));
}

void StoreContract::owner_new_hasNothing()
{
    auto reader = store().reader();
    QVERIFY(reader);
    QCOMPARE(*(*reader)->head(Core::UserId{"t", "nobody"}), 0U);
    QVERIFY(!*(*reader)->user(Core::UserId{"t", "nobody"}));
    QCOMPARE(deltas(store(), 1, 0, Core::UserId{"t", "nobody"}).documents.size(), std::size_t(0));
}

void StoreContract::transaction_uncommitted_leavesNothing()
{
    const Core::UserId user{"t", "rollback"};
    Writer writer(store(), 1, user);
    QCOMPARE(writer.push({writer.mutation("c", "k", "f", "v")}, false).pushed.seqs.at(0), 1U);
    QCOMPARE(*(*store().reader())->head(user), 0U);
}

void StoreContract::transaction_committed_survivesReopen()
{
    const Core::UserId user{"t", "durable"};
    Writer writer(store(), 1, user);
    writer.push({writer.mutation("c", "k", "f", "v")});
    reopen();
    QCOMPARE(*(*store().reader())->head(user), 1U);
    QCOMPARE(deltas(store(), 2, 0, user).documents.at(0).id.key, std::string("k"));
}

void StoreContract::disposition_ofEventAndRefusal_tellsWhatBecameOfThem()
{
    const Core::UserId user{"t", "disposition"};
    Writer writer(store(), 1, user);
    writer.push({writer.mutation("c", "k", "f", "v"), writer.mutation("BAD NAME", "k", "f", "v")});
    reopen();
    auto log = store().begin();
    QVERIFY(log);
    auto owner = (*log)->owner(user, now);
    QVERIFY(owner);
    const DeviceRow &device = (*owner)->devices.at(writer.device());
    QCOMPARE(device.lastCounter, 2U);
    const auto event = (*log)->disposition(**owner, device, 1);
    QVERIFY(event && *event);
    QCOMPARE((*event)->seq, 1U);
    QVERIFY(!(*event)->refusal);
    const auto refused = (*log)->disposition(**owner, device, 2);
    QVERIFY(refused && *refused);
    QCOMPARE((*refused)->seq, 0U);
    QCOMPARE((*refused)->refusal->code, Core::ErrorCode::InvalidArgument);
    const auto unknown = (*log)->disposition(**owner, device, 3);
    QVERIFY(unknown && !*unknown);
}

void StoreContract::deltas_afterCursor_nameChangedFieldsOnly()
{
    const Core::UserId user{"t", "fields"};
    Writer writer(store(), 1, user);
    const Core::Mutation first = writer.mutation("c", "k", "one", "1");
    writer.push({first, writer.mutation("c", "k", "two", "2", {first.dot})});
    QCOMPARE(deltas(store(), 2, 0, user).documents.at(0).state.fields.size(), std::size_t(2));
    const DeltaPage page = deltas(store(), 2, 1, user);
    QCOMPARE(page.to, 2U);
    QCOMPARE(page.documents.at(0).state.fields.size(), std::size_t(1));
    QCOMPARE(page.documents.at(0).state.fields.at(0).name, std::string("two"));
    QCOMPARE(page.documents.at(0).state.context.counterOf(writer.device()), 2U);
}

void StoreContract::deltas_ofOwnWrites_areSkipped()
{
    const Core::UserId user{"t", "own"};
    Writer mine(store(), 1, user);
    Writer theirs(store(), 2, user);
    mine.push({mine.mutation("c", "mine", "f", "v"), mine.mutation("c", "both", "f", "v")});
    QCOMPARE(deltas(store(), 1, 0, user).documents.size(), std::size_t(0));
    QCOMPARE(deltas(store(), 1, 0, user).to, 2U);
    theirs.push({theirs.mutation("c", "both", "g", "v")});
    mine.push({mine.mutation("c", "both", "f", "w")});
    // The other device touched it after the cursor, so it comes although the last write is the reader's own.
    const DeltaPage page = deltas(store(), 1, 2, user);
    QCOMPARE(page.documents.size(), std::size_t(1));
    QCOMPARE(page.documents.at(0).id.key, std::string("both"));
    QCOMPARE(deltas(store(), 1, 3, user).documents.size(), std::size_t(0));
}

void StoreContract::deltas_overLimits_stopEarlyAndGoOn()
{
    const Core::UserId user{"t", "pages"};
    Writer writer(store(), 1, user);
    std::vector<Core::Mutation> mutations;
    for (int i = 0; i < 25; ++i) {
        mutations.push_back(writer.mutation("c", "k" + std::to_string(i), "f", "v"));
    }
    writer.push(mutations);
    std::uint64_t at = 0;
    std::size_t documents = 0;
    while (at < 25) {
        const DeltaPage page = deltas(store(), 2, at, user, 10);
        QVERIFY(page.to > at);
        QCOMPARE(page.head, 25U);
        documents += page.documents.size();
        at = page.to;
    }
    QCOMPARE(documents, std::size_t(25));
}

void StoreContract::deltas_ofAnotherTenant_areEmpty()
{
    Writer writer(store(), 1, Core::UserId{"one", "same"});
    writer.push({writer.mutation("c", "k", "f", "v")});
    QCOMPARE(deltas(store(), 2, 0, Core::UserId{"two", "same"}).documents.size(), std::size_t(0));
    UsersQuery query;
    query.tenant = "two";
    QCOMPARE((*store().reader())->users(query)->size(), std::size_t(0));
}

void StoreContract::deltas_ofRevokedDevice_areRefused()
{
    Writer a(store(), 1);
    Writer b(store(), 2);
    a.push({a.mutation("notes", "k", "f", "a")});
    b.push({b.mutation("notes", "k", "f", "b")});
    {
        auto log = store().begin();
        QVERIFY(log);
        const auto revoked = revokeDevice(**log, {alice, b.device()}, now);
        QVERIFY(revoked && *revoked && !(*revoked)->wasRevoked);
        const auto again = revokeDevice(**log, {alice, b.device()}, now);
        QVERIFY(again && *again && (*again)->wasRevoked);
        const auto unknown = revokeDevice(**log, {alice, deviceId(9)}, now);
        QVERIFY(unknown && !*unknown);
        QCOMPARE(unknown->error().code, Core::ErrorCode::NotFound);
        QVERIFY((*log)->commit());
    }
    reopen();
    DeltaQuery query;
    query.user = alice;
    query.device = b.device();
    const auto refused = (*store().reader())->deltas(query);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, Core::ErrorReason::DeviceRevoked);
    QCOMPARE(deltas(store(), 1, 0).documents.size(), std::size_t(1));
}

void StoreContract::conflicts_openedAndResolved_areListedAndGone()
{
    QVERIFY(store().setPolicies(manualNotes(store().policies()->version() + 1)));
    const Core::UserId user{"t", "conflicted"};
    Fork fork(store(), user, "manual");
    const auto &[base, left, right] = fork.mutations;
    const ConflictsQuery query = queryOf(user);
    auto reader = store().reader();
    const auto open = (*reader)->openConflicts(query);
    QVERIFY(open);
    QCOMPARE(open->size(), std::size_t(1));
    QCOMPARE(open->at(0).siblings.size(), std::size_t(2));
    QCOMPARE(open->at(0).field, std::string("f"));
    const auto found = (*reader)->base(user, base.document, "f", {left.dot, right.dot});
    QVERIFY(found && *found);
    QVERIFY(**found == Core::Value("base"));
    QCOMPARE((*(*reader)->user(user))->user.openConflictCount, 1U);
    fork.a.push({fork.a.mutation("manual", "k", "f", "settled", {left.dot, right.dot})});
    QCOMPARE((*reader)->openConflicts(query)->size(), std::size_t(0));
    QCOMPARE((*(*reader)->user(user))->user.openConflictCount, 0U);
}

void StoreContract::overwritten_value_isListedWithBase()
{
    const Core::UserId user{"t", "overwritten"};
    Fork fork(store(), user, "c");
    const auto &[base, left, right] = fork.mutations;
    const ConflictsQuery query = queryOf(user);
    auto reader = store().reader();
    const auto rows = (*reader)->overwritten(query);
    QVERIFY(rows);
    QCOMPARE(rows->size(), std::size_t(1));
    QVERIFY(rows->at(0).siblings.at(0).value == Core::Value("left"));
    QVERIFY(rows->at(0).siblings.at(1).value == Core::Value("right"));
    const auto found = (*reader)->base(user, base.document, "f", {left.dot, right.dot});
    QVERIFY(found && *found);
    QVERIFY(**found == Core::Value("base"));
    QCOMPARE((*reader)->writeOrigin(user, left.dot)->received, now);
}

void StoreContract::users_search_pagesInOrder()
{
    for (int i = 9; i > 0; --i) {
        Writer writer(store(), 1, Core::UserId{"paged", "user " + std::to_string(i)});
        writer.push({writer.mutation("c", "k", "f", "v")});
    }
    UsersQuery query;
    query.tenant = "paged";
    query.rowsMax = 4;
    auto reader = store().reader();
    auto page = (*reader)->users(query);
    QVERIFY(page);
    QCOMPARE(page->size(), std::size_t(4));
    QCOMPARE(page->front().user, std::string("user 1"));
    query.afterUser = page->back().user;
    page = (*reader)->users(query);
    QCOMPARE(page->front().user, std::string("user 5"));
    query.afterUser.clear();
    query.search = "7";
    page = (*reader)->users(query);
    QCOMPARE(page->size(), std::size_t(1));
    QCOMPARE(page->front().documentCount, 1U);
    QCOMPARE(page->front().deviceCount, 1U);
}

void StoreContract::documents_list_pagesInOrder()
{
    const Core::UserId user{"t", "listed"};
    const std::string strange = std::string("nul\0and \xF0\x9F\x98\x80", 12);
    Writer writer(store(), 1, user);
    writer.push({writer.mutation("b", "2", "f", "v"), writer.mutation("a", strange, "f", "v"), writer.mutation("b", "1", "f", "v")});
    DocumentsQuery query;
    query.user = user;
    auto reader = store().reader();
    auto rows = (*reader)->documents(query);
    QVERIFY(rows);
    QCOMPARE(rows->size(), std::size_t(3));
    QCOMPARE(rows->at(0).key, strange);
    QCOMPARE(rows->at(1).key, std::string("1"));
    query.after = Core::DocumentId{"b", "1"};
    QCOMPARE((*reader)->documents(query)->at(0).key, std::string("2"));
    query.after.reset();
    query.collection = "b";
    QCOMPARE((*reader)->documents(query)->size(), std::size_t(2));
    query.search = "2";
    QCOMPARE((*reader)->documents(query)->size(), std::size_t(1));
    const auto document = (*reader)->document(user, Core::DocumentId{"a", strange});
    QVERIFY(document && *document);
    QCOMPARE((*document)->summary.fieldCount, 1U);
}

}  // namespace Satchel::Test
