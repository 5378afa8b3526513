// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storecontract.h"

#include "server-stub/sync/pushrules.h"

#include <QTest>

namespace Satchel::Test {

namespace {

using namespace Server;

const Core::DocumentId document{"play", "k"};
constexpr std::chrono::milliseconds begin{1'800'000'000'000};

Core::DeviceId writer()
{
    Core::DeviceId id;
    id.bytes.fill(4);
    return id;
}

std::chrono::milliseconds timeOf(std::uint64_t seq)
{
    return begin + std::chrono::milliseconds(10 * seq);
}

/// Event n puts n into the field, in a transaction of its own.
void fill(Store &store, const Core::UserId &user, std::uint64_t events)
{
    Core::HlcClock clock;
    for (std::uint64_t i = 1; i <= events; ++i) {
        auto log = store.begin();
        OwnerRow &owner = **(*log)->owner(user, timeOf(i));
        if (i == 1) {
            QVERIFY((*log)->addDevice(owner, writer()));
        }
        Core::Mutation mutation;
        mutation.dot = {writer(), i};
        mutation.stamp = Core::Hlc::fromParts(static_cast<std::uint64_t>(timeOf(i).count()), 0);
        mutation.document = document;
        if (i > 1) {
            mutation.context.add({writer(), i - 1});
        }
        mutation.ops = {Core::PutOp{"f", Core::Value(static_cast<std::int64_t>(i))}};
        const PushRules rules(PushSettings{}, store.policies());
        QVERIFY(rules.write(**log, owner, owner.devices.at(writer()), mutation, clock, timeOf(i)));
        QVERIFY((*log)->commit());
    }
}

std::optional<Core::Value> valueOf(const Core::Result<DocumentRow> &row)
{
    const Core::FieldState *state = row ? row->tracked.document.find("f") : nullptr;
    return state != nullptr ? state->siblings.front().value : std::nullopt;
}

}  // namespace

void StoreContract::history_ofADocument_isWhatItWas()
{
    const Core::UserId anna{"t", "whole history"};
    fill(store(), anna, 5);
    const auto view = store().reader();
    const auto policies = store().policies();
    const auto extent = (*view)->logExtent(anna);
    QVERIFY(extent && extent->isKnown && extent->head == 5 && extent->begin == 0);
    QVERIFY(!(*view)->logExtent({"t", "nobody"})->isKnown);
    QCOMPARE((*view)->documentAt(anna, document, 0, *policies)->seq, std::uint64_t(0));
    for (std::uint64_t seq = 1; seq <= 5; ++seq) {
        QVERIFY(valueOf((*view)->documentAt(anna, document, seq, *policies)) == Core::Value(static_cast<std::int64_t>(seq)));
        QCOMPARE(*(*view)->seqAt(anna, timeOf(seq)), seq);
        const auto event = (*view)->event(anna, {writer(), seq});
        QVERIFY(event && *event && (*event)->seq == seq && (*event)->previousSeq == seq - 1 && (*event)->received == timeOf(seq));
    }
    QCOMPARE((*view)->documentAt(anna, document, 6, *policies).error().code, Core::ErrorCode::InvalidArgument);
    const auto page = (*view)->events({anna, document, 4, 2});
    QVERIFY(page && page->size() == 2 && page->front().event.seq == 4 && page->back().event.seq == 3);
    const auto whole = (*view)->events({anna, std::nullopt, UINT64_MAX, 10});
    QVERIFY(whole && whole->size() == 5);
    const auto documents = (*view)->documentsAt({anna, {}, std::nullopt, 2, 10}, *policies);
    QVERIFY(documents && documents->documents.size() == 1 && documents->documents.front().seq == 2 && !documents->last);
}

void StoreContract::history_behindCompaction_isExpired()
{
    const Core::UserId anna{"t", "compacted history"};
    fill(store(), anna, 5);
    {
        auto log = store().begin();
        OwnerRow &owner = **(*log)->owner(anna, begin);
        QCOMPARE(*(*log)->compact(owner, {3, timeOf(9), 10}), std::size_t(3));
        QVERIFY((*log)->commit());
    }
    const auto view = store().reader();
    const auto policies = store().policies();
    const auto expired = (*view)->documentAt(anna, document, 2, *policies);
    QVERIFY(!expired);
    QCOMPARE(expired.error().code, Core::ErrorCode::OutOfRange);
    QCOMPARE(expired.error().reason, Core::ErrorReason::HistoryExpired);
    for (std::uint64_t seq = 3; seq <= 5; ++seq) {
        QVERIFY(valueOf((*view)->documentAt(anna, document, seq, *policies)) == Core::Value(static_cast<std::int64_t>(seq)));
    }
    QCOMPARE((*view)->seqAt(anna, begin).error().reason, Core::ErrorReason::HistoryExpired);
}

void StoreContract::checkpoint_ofARow_isGoneOnFrom()
{
    const Core::UserId anna{"t", "checkpoint"};
    fill(store(), anna, 2);
    {
        auto log = store().begin();
        OwnerRow &owner = **(*log)->owner(anna, begin);
        DocumentRow &row = **(*log)->document(owner, document);
        row.tracked.document.at("f").siblings.front().value = Core::Value("brought back");
        const std::uint64_t previous = row.seq;
        row.seq = ++owner.head;
        row.updated = timeOf(row.seq);
        row.isChanged = true;
        owner.isChanged = true;
        QVERIFY((*log)->appendCheckpoint(owner, row, previous));
        QVERIFY((*log)->commit());
    }
    const auto view = store().reader();
    const auto policies = store().policies();
    QVERIFY(valueOf((*view)->documentAt(anna, document, 3, *policies)) == Core::Value("brought back"));
    QVERIFY(valueOf((*view)->documentAt(anna, document, 2, *policies)) == Core::Value(2));
    const auto page = (*view)->events({anna, document, UINT64_MAX, 10});
    QVERIFY(page && page->size() == 3 && page->front().isBroughtBack && page->front().event.seq == 3);
    QCOMPARE(*(*view)->seqAt(anna, timeOf(3)), std::uint64_t(3));
}

}  // namespace Satchel::Test
