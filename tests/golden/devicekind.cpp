// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "goldenstore.h"

#include "client/store/localstore.h"
#include "client/store/schema.h"
#include "core/merge.h"

namespace Satchel::Golden {

namespace {

using namespace std::chrono_literals;
using Core::DocumentId;
using Core::Dot;
using Core::PutOp;

const Core::UserId user{"golden", "anna@example.com"};

Core::Result<std::unique_ptr<Sync::LocalStore>> openStore(const std::filesystem::path &path)
{
    Sync::LocalStore::Options options;
    options.path = path;
    options.user = user;
    options.freshDevice = deviceOf(0xaa);
    options.wallClock = [] { return 1'700'000'123'456ms; };
    return Sync::LocalStore::open(std::move(options), goldenKey());
}

Core::VersionVector seen(std::initializer_list<Dot> dots)
{
    Core::VersionVector vector;
    for (const Dot &dot : dots) {
        vector.add(dot);
    }
    return vector;
}

Wire::DocumentDelta delta(std::uint64_t seq, const std::vector<Core::Mutation> &mutations)
{
    Wire::DocumentDelta made;
    made.id = mutations.front().document;
    made.seq = seq;
    const Core::PolicySet policies = goldenPolicies();
    for (const Core::Mutation &mutation : mutations) {
        Core::apply(made.state, mutation, policies.of(made.id.collection));
    }
    return made;
}

std::vector<Wire::DocumentDelta> documents()
{
    const Core::DeviceId a = deviceOf(0x0a);
    const Core::DeviceId b = deviceOf(0x0b);
    const DocumentId progress{"progress", "walk"};
    const DocumentId draft{"drafts", "letter"};
    std::vector<Wire::DocumentDelta> made{
        delta(1, {mutationOf({a, 1}, {"preferences", "editor"}, {PutOp{"theme", "dark"}, PutOp{"all", valueOfEveryType()}})}),
        delta(2, {mutationOf({a, 2}, {"preferences", std::string("k\0\xc3\xa9", 4)}, {PutOp{"long", std::string(10'000, 'x')}})}),
        delta(5, {mutationOf({a, 3}, progress, {Core::IncrementOp{"xp", 40}, Core::AddOp{"badges", "first"}, Core::AddOp{"badges", 7}}),
                  mutationOf({b, 1}, progress, {Core::IncrementOp{"xp", -3}, Core::RemoveOp{"xp", {{{a, 3}, 40}}}}, seen({{a, 3}})),
                  mutationOf({b, 2}, progress, {Core::DiscardOp{"badges", "first"}}, seen({{a, 3}, {b, 1}}))}),
        delta(8, {mutationOf({a, 4}, draft, {PutOp{"text", "left"}}), mutationOf({b, 3}, draft, {PutOp{"text", "right"}}),
                  mutationOf({b, 4}, draft, {Core::RemoveOp{"gone", {}}}, seen({{b, 3}}))}),
    };
    for (std::uint64_t i = 0; i < 40; ++i) {
        made.push_back(
            delta(10 + i, {mutationOf({a, 5 + i}, {"notes", "n" + std::to_string(i)}, {PutOp{"i", static_cast<std::int64_t>(i)}})}));
    }
    return made;
}

std::vector<Core::MutationPtr> writes(const Core::DeviceId &own)
{
    Core::Mutation strong = mutationOf({own, 3}, {"wallet", "coins"}, {PutOp{"count", 5}});
    strong.expected = Core::Expectation{Dot{deviceOf(0x0b), 9}};
    Core::Mutation replaced = mutationOf({own, 4}, {"session", "window"}, {PutOp{"x", 1}, Core::RemoveOp{"y", {}}});
    replaced.scope = Core::Scope::Document;
    Core::Mutation renamed = mutationOf({own, 5}, {"notes", "n1"}, {PutOp{"i", "pending"}}, seen({{deviceOf(0x0a), 6}}));
    renamed.origin = Core::Origin{{deviceOf(0xcc), 77}, Core::Hlc{123456789}};
    std::vector<Core::MutationPtr> made;
    for (Core::Mutation &mutation : std::vector<Core::Mutation>{
             mutationOf({own, 1}, {"notes", "settled"}, {PutOp{"by", "me"}}),
             mutationOf({own, 2}, {"notes", "refused"}, {Core::IncrementOp{"i", 2}}), strong, replaced, renamed,
             mutationOf({own, 6}, {"progress", "walk"}, {Core::IncrementOp{"xp", 11}, Core::AddOp{"badges", 1.5}})}) {
        made.push_back(std::make_shared<const Core::Mutation>(std::move(mutation)));
    }
    return made;
}

class Device final : public Kind {
public:
    [[nodiscard]] std::string name() const override { return "device"; }
    [[nodiscard]] std::span<const CipherDb::Migration> schema() const override { return Sync::storeMigrations(); }
    [[nodiscard]] Core::Result<void> make(const std::filesystem::path &path) const override;
    [[nodiscard]] Core::Result<std::string> dump(const std::filesystem::path &path) const override;
};

/// Documents and refused writes from a first server, then the beginning of a snapshot from another epoch, which leaves some to be
/// recovered.
Core::Result<void> Device::make(const std::filesystem::path &path) const
{
    auto opened = openStore(path);
    if (!opened) {
        return Core::failure(opened.error());
    }
    Sync::LocalStore &store = **opened;
    Wire::Welcome first;
    first.epoch = 11;
    first.head = 50;
    first.lease = std::string("lease\0of the first", 18);
    first.policies = goldenPolicies();
    first.limits.keyBytesMax = 400;
    first.resume = Wire::Resume::Snapshot;
    first.snapshotReason = Wire::SnapshotReason::NewDevice;
    Wire::Settled refusal;
    refusal.counter = 2;
    refusal.refusal = Core::invalidArgument(Core::ErrorReason::FieldKindMismatch, "not a counter: i");
    Wire::Welcome restored = first;
    restored.epoch = 12;
    restored.head = 30;
    restored.lease = "lease of the second";
    restored.policies.reset();
    restored.snapshotReason = Wire::SnapshotReason::EpochChanged;
    auto all = documents();
    const std::vector<Wire::DocumentDelta> again{all.begin() + 4, all.begin() + 14};
    const auto dropChange = [](const Sync::StoreChange & /*change*/) {};
    return store.storeWelcome(first)
        .and_then([&](const auto &) { return store.take(Wire::Changes{0, 50, std::move(all), false}); })
        .map(dropChange)
        .and_then([&] { return store.appendOutbox(writes(deviceOf(0xaa))); })
        .and_then([&] { return store.settle(Wire::Pushed{1, 2, {51, 0}, {refusal}}, 2); })
        .map(dropChange)
        .and_then([&] { return store.keepLastSynced(1'700'000'000'777ms); })
        .and_then([&] { return store.storeWelcome(restored); })
        .map(dropChange)
        .and_then([&] { return store.take(Wire::Changes{0, 20, again, true}); })
        .map(dropChange);
}

Core::Result<std::string> Device::dump(const std::filesystem::path &path) const
{
    auto store = openStore(path);
    if (!store) {
        return Core::failure(store.error());
    }
    const auto opened = (*store)->loadAll();
    if (!opened) {
        return Core::failure(opened.error());
    }
    const auto recoveries = (*store)->toRecover(SIZE_MAX, SIZE_MAX);
    if (!recoveries) {
        return Core::failure(recoveries.error());
    }
    const auto facts = (*store)->facts();
    std::string text = "device " + opened->device.toHex() + " lastCounter=" + std::to_string(opened->lastCounter) +
                       " settledThrough=" + std::to_string(facts.settledThrough) +
                       " lastStamp=" + std::to_string(opened->lastStamp.packed) + "\n";
    text += "progress epoch=" + std::to_string(facts.cursor.epoch) + " seq=" + std::to_string(facts.cursor.seq) +
            " lease=" + textOf(facts.lease) + " isInSnapshot=" + std::to_string(facts.isInSnapshot) +
            " isEpochSnapshot=" + std::to_string(facts.isEpochSnapshot) + " lastSynced=" + std::to_string(facts.lastSynced.count()) + "\n";
    const Core::Limits &limits = opened->limits;
    text += "limits";
    for (const std::size_t limit : {limits.documentBytesMax, limits.fieldCountMax, static_cast<std::size_t>(limits.nestingMax),
                                    limits.keyBytesMax, limits.collectionBytesMax, limits.fieldNameBytesMax, limits.mutationBytesMax,
                                    limits.contextEntriesMax, limits.frameBytesMax, limits.decompressedFrameBytesMax}) {
        text += " " + std::to_string(limit);
    }
    text += "\npolicies " + textOf(opened->policies) + "\n";
    for (const auto &[id, document] : opened->documents) {
        text += "document " + textOf(id) + " " + textOf(document, opened->policies.of(id.collection)) + "\n";
    }
    for (const Core::MutationPtr &mutation : opened->pending) {
        text += "pending " + textOf(*mutation) + "\n";
    }
    for (const Sync::Quarantined &refused : opened->quarantine) {
        text += "quarantined " + textOf(refused.mutation) + " at=" + std::to_string(refused.refusedAt.count()) + " " +
                textOf(refused.reason) + "\n";
    }
    for (const Wire::DocumentDelta &recovery : *recoveries) {
        text += "recovery " + textOf(recovery.id) + "\n";
    }
    return text;
}

}  // namespace

const Kind &deviceKind()
{
    static const Device kind;
    return kind;
}

}  // namespace Satchel::Golden
