// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/store/localstore.h"
#include "client/store/redot.h"
#include "client/sync/enginetypes.h"
#include "client/sync/syncengine.h"

#include <functional>
#include <optional>
#include <vector>

/// What the engine's thread decides about writes, apart from threads, events and sockets.
namespace Satchel::Sync {

using Done = std::function<void(Core::Result<void>)>;

struct WriteCommand {
    std::vector<Core::MutationPtr> mutations;  ///< one or more, that become durable together
    Done durable;
};

/// Writes that share a transaction, and those that cannot be in it.
struct WriteGroup {
    std::vector<Core::MutationPtr> mutations;
    std::vector<Done> durable;  ///< of the mutations; to be called with the group's outcome
    std::vector<Done> refused;  ///< to be called with LocalStore::gapError()
};

/// Takes what follows the store's last counter. A write behind one that failed has a counter that is not its turn any more: it fails by
/// itself, and not those that begin again.
[[nodiscard]] WriteGroup makeGroup(const SyncStore::Facts &facts, std::vector<WriteCommand> writes);

struct GroupOutcome {
    Core::Result<void> writes;  ///< what to tell the writers, once this function has returned
    Core::Result<void> group;   ///< a failure: nothing of it has happened, neither writes nor frames
};

/// One transaction of the store for the mutations and for what `giveFrames` makes the state machine do.
[[nodiscard]] GroupOutcome commitGroup(LocalStore &store, const std::vector<Core::MutationPtr> &mutations,
                                       const std::function<void()> &giveFrames);

/// After a group that failed: drops the actions that relied on it. The tickets of those who were to be told that they are in sync.
[[nodiscard]] std::vector<std::uint64_t> dropUndone(SyncEngine &engine);

/// Writes that were made while the store got its new identity, under that identity; `change` names them as pending too. Nothing happened to
/// the store if there is no `change`.
void adoptHeld(std::vector<WriteCommand> &held, std::optional<StoreChange> &change, const Redot &redot, const BaseLookup &baseOf);

}  // namespace Satchel::Sync
