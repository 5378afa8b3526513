// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "writegroup.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace Satchel::Sync {

WriteGroup makeGroup(const SyncStore::Facts &facts, std::vector<WriteCommand> writes)
{
    WriteGroup group;
    std::uint64_t next = facts.lastCounter + 1;
    group.mutations.reserve(writes.size());
    group.durable.reserve(writes.size());
    for (WriteCommand &write : writes) {
        if (write.mutations.front()->dot != Core::Dot{facts.device, next}) {
            group.refused.push_back(std::move(write.durable));
            continue;
        }
        next += write.mutations.size();
        std::ranges::move(write.mutations, std::back_inserter(group.mutations));
        if (write.durable) {
            group.durable.push_back(std::move(write.durable));
        }
    }
    return group;
}

GroupOutcome commitGroup(LocalStore &store, const std::vector<Core::MutationPtr> &mutations, const std::function<void()> &giveFrames)
{
    GroupOutcome outcome;
    outcome.group = store.beginGroup();
    if (outcome.group) {
        outcome.writes = store.appendOutbox(mutations);
        giveFrames();
        outcome.group = store.endGroup();
    }
    if (!outcome.group) {
        outcome.writes = outcome.group;
    }
    return outcome;
}

std::vector<std::uint64_t> dropUndone(SyncEngine &engine)
{
    std::vector<std::uint64_t> tickets;
    for (const SyncEngine::Action &action : engine.takeActions()) {
        if (const auto *reached = std::get_if<SyncEngine::SyncReached>(&action)) {
            tickets.push_back(reached->ticket);
        }
    }
    return tickets;
}

void adoptHeld(std::vector<WriteCommand> &held, std::optional<StoreChange> &change, const Redot &redot, const BaseLookup &baseOf)
{
    if (!change) {
        return;
    }
    const Core::Document none;
    for (WriteCommand &write : held) {
        for (Core::MutationPtr &mutation : write.mutations) {
            const Core::Document *base = baseOf ? baseOf(mutation->document) : nullptr;
            const SettledMark settled = settledMarkIn(base == nullptr ? none : *base, redot.from);
            mutation = std::make_shared<const Core::Mutation>(redotted(*mutation, redot, settled));
            change->identity->lastCounter = mutation->dot.counter;
            change->identity->pending.push_back(mutation);
        }
    }
}

}  // namespace Satchel::Sync
