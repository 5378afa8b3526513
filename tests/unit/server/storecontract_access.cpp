// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storecontract.h"

#include <QTest>

namespace Satchel::Test {

namespace {

using namespace Server;
using namespace std::chrono_literals;

ApprovalRow approvalOf(const std::string &tenant, const std::string &id, std::chrono::milliseconds created)
{
    ApprovalRow row;
    row.tenant = tenant;
    row.id = id;
    row.requester = "ann";
    row.action = "Users/Erase";
    row.requestSha256 = std::string(32, 'h');
    row.user = "anna";
    row.created = created;
    row.expires = created + 100ms;
    return row;
}

}  // namespace

void StoreContract::policies_setInATransaction_areInForceWithTheCommit()
{
    const std::uint64_t version = store().policies()->version() + 1;
    Core::PolicySet next;
    next.setVersion(version);
    {
        auto log = store().begin();
        QVERIFY(log && (*log)->setPolicies(next, {version, 5ms, "ann", "lost"}));
        QCOMPARE((*log)->policies()->version(), version);
    }
    QCOMPARE(store().policies()->version(), version - 1);
    {
        auto log = store().begin();
        QVERIFY(log && (*log)->setPolicies(next, {version, 6ms, "ann", "kept"}) && (*log)->commit());
    }
    QCOMPARE(store().policies()->version(), version);
    reopen();
    QCOMPARE(store().policies()->version(), version);
    auto view = store().reader();
    QVERIFY(view);
    const auto newest = (*view)->policyVersion(std::nullopt);
    QVERIFY(newest && *newest);
    QCOMPARE((*newest)->text, std::string("kept"));
    QCOMPARE((*newest)->author, std::string("ann"));
    QVERIFY((*newest)->time == 6ms);
    QVERIFY(!*(*view)->policyVersion(version + 1));
    QCOMPARE((*view)->policyVersions(UINT64_MAX, 10)->front().version, version);
    QVERIFY((*view)->policyVersions(1, 10)->empty());
}

void StoreContract::approvals_ofTenants_areTheirOwn()
{
    {
        auto log = store().begin();
        QVERIFY(log);
        for (const char *id : {"a", "b", "c"}) {
            QVERIFY((*log)->putApproval(approvalOf("approving", id, std::chrono::milliseconds(1000 + id[0]))));
        }
        QVERIFY((*log)->putApproval(approvalOf("other", "z", 1000ms)));
        ApprovalRow used = approvalOf("approving", "b", std::chrono::milliseconds(1000 + 'b'));
        used.state = ApprovalState::Used;
        QVERIFY((*log)->putApproval(used));
        QVERIFY((*log)->commit());
    }
    auto log = store().begin();
    QVERIFY(log);
    QVERIFY(*(*log)->approval("approving", "a"));
    QVERIFY(!*(*log)->approval("other", "a"));
    const auto open = (*log)->openApproval(approvalOf("approving", {}, {}), 1100ms);
    QVERIFY(open && *open);
    QCOMPARE((*open)->id, std::string("c"));
    QVERIFY(!*(*log)->openApproval(approvalOf("approving", {}, {}), 5000ms));
    auto view = store().reader();
    QVERIFY(view);
    ApprovalsQuery query;
    query.tenant = "approving";
    query.rowsMax = 2;
    const auto first = (*view)->approvals(query);
    QVERIFY(first);
    QCOMPARE(first->size(), std::size_t{2});
    QCOMPARE(first->front().id, std::string("c"));
    query.beforeTime = first->back().created;
    query.beforeId = first->back().id;
    QCOMPARE((*view)->approvals(query)->size(), std::size_t{1});
    ApprovalsQuery pending;
    pending.tenant = "approving";
    pending.isOnlyPending = true;
    pending.now = 1100ms;
    QCOMPARE((*view)->approvals(pending)->size(), std::size_t{2});
}

void StoreContract::owner_withAttributes_keepsThem()
{
    const Core::UserId user{"attributed", "anna"};
    {
        auto log = store().begin();
        QVERIFY(log);
        auto owner = (*log)->owner(user, 1000ms);
        QVERIFY(owner);
        (*owner)->attributes = R"({"region":"eu"})";
        (*owner)->isChanged = true;
        QVERIFY((*log)->commit());
    }
    auto view = store().reader();
    QVERIFY(view);
    QCOMPARE(*(*view)->userAttributes(user), std::string(R"({"region":"eu"})"));
    QCOMPARE(*(*view)->userAttributes({"elsewhere", "anna"}), std::string());
}

void StoreContract::owner_withDocuments_countsTheirBytes()
{
    const Core::UserId user{"counted", "anna"};
    const auto write = [&](const std::string &text, std::uint64_t seq) {
        auto log = store().begin();
        auto owner = (*log)->owner(user, 1000ms);
        const auto before = static_cast<std::int64_t>((*owner)->storedBytes);
        auto row = (*log)->document(**owner, {"notes", "k"});
        Core::DeviceId device;
        device.bytes.fill(1);
        (*row)->tracked = {};
        (*row)->tracked.document.context.add({device, seq});
        (*row)->tracked.document.at("f").siblings.push_back({{device, seq}, Core::Hlc{seq}, Core::Value(text)});
        (*row)->tracked.fieldSeqs = {seq};
        (*row)->seq = seq;
        (*row)->lastDevice = device;
        (*row)->isChanged = true;
        const std::int64_t grown = *(*log)->grownBytes(**owner);
        Core::ignore((*log)->commit(), "what came of it is read below");
        auto next = store().begin();
        const auto after = static_cast<std::int64_t>((*(*next)->owner(user, 1000ms))->storedBytes);
        return after - before == grown ? grown : -1'000'000;
    };
    QVERIFY(write(std::string(1000, 'x'), 1) > 1000);
    QVERIFY(write("less", 2) < -900);
    auto view = store().reader();
    QVERIFY(view);
    QVERIFY((*view)->documentCounts()->at("notes") >= 1);
}

void StoreContract::notes_ofUsers_areTheirOwn()
{
    const Core::UserId anna{"noted", "anna"};
    const Core::UserId bert{"noted", "bert"};
    const auto note = [](const char *id, int created) {
        return NoteRow{id, "ann", std::chrono::milliseconds(created), "text of " + std::string(id)};
    };
    {
        auto log = store().begin();
        QVERIFY(log);
        const OwnerRow &owner = **(*log)->owner(anna, 1000ms);
        QVERIFY((*log)->addNote(owner, note("a", 1)) && (*log)->addNote(owner, note("b", 3)) && (*log)->addNote(owner, note("c", 3)));
        QVERIFY((*log)->addNote(**(*log)->owner(bert, 1000ms), note("a", 2)));
        QVERIFY((*log)->commit());
    }
    {
        // Lost with its transaction.
        auto log = store().begin();
        QVERIFY(log && (*log)->removeNote(**(*log)->owner(anna, 1000ms), "a"));
    }
    reopen();
    NotesQuery query;
    query.user = anna;
    query.rowsMax = 2;
    auto view = store().reader();
    QVERIFY(view);
    QVERIFY(*(*view)->notes(query) == (std::vector{note("c", 3), note("b", 3)}));
    query.beforeTime = 3ms;
    query.beforeId = "b";
    QVERIFY(*(*view)->notes(query) == std::vector{note("a", 1)});
    query.user = {"elsewhere", "anna"};
    QVERIFY((*view)->notes(query)->empty());
    {
        auto log = store().begin();
        QVERIFY(log);
        const OwnerRow &owner = **(*log)->owner(anna, 1000ms);
        QCOMPARE(*(*log)->noteCount(owner), std::uint64_t(3));
        QVERIFY(*(*log)->note(owner, "b") == note("b", 3));
        QVERIFY(!*(*log)->note(owner, "z"));
        QVERIFY((*log)->removeNote(owner, "b"));
        QVERIFY((*log)->commit());
    }
    {
        auto log = store().begin();
        QVERIFY(log && *(*log)->erase(bert, 1000ms) && (*log)->commit());
    }
    auto later = store().reader();
    QVERIFY(later);
    NotesQuery all;
    all.user = anna;
    QCOMPARE((*later)->notes(all)->size(), std::size_t(2));
    all.user = bert;
    QVERIFY((*later)->notes(all)->empty());
}

}  // namespace Satchel::Test
