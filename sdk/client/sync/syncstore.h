// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/sync/enginetypes.h"
#include "core/result.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace Satchel::Sync {

/// What the state machine needs of a store. Each change is one durable transaction: when it returns, an Ack or a Push may rely on it.
class SyncStore {
public:
    struct Facts {
        Core::DeviceId device;
        std::uint64_t lastCounter = 0;
        std::uint64_t settledThrough = 0;
        std::uint64_t pendingCount = 0;
        std::uint64_t quarantineCount = 0;
        Wire::Cursor cursor;
        std::string lease;
        std::uint64_t policyVersion = 0;
        bool isInSnapshot = false;
        bool isEpochSnapshot = false;  ///< of a restored server
        bool hasRecoveries = false;
        std::chrono::milliseconds lastSynced{0};  ///< as last kept
    };

    virtual ~SyncStore() = default;

    [[nodiscard]] virtual Facts facts() const = 0;
    /// Pending mutations after `counter` up to both limits; at least one if there is one.
    [[nodiscard]] virtual Core::Result<std::vector<Core::Mutation>> pendingAfter(std::uint64_t counter, std::size_t countMax,
                                                                                 std::size_t bytesMax) = 0;
    /// Takes in what became of the pending mutations up to and including `through`.
    [[nodiscard]] virtual Core::Result<StoreChange> settle(const Wire::Pushed &pushed, std::uint64_t through) = 0;
    /// Brings deltas into the bases and moves the cursor. The caller has checked that they begin at the cursor.
    [[nodiscard]] virtual Core::Result<StoreChange> take(const Wire::Changes &changes) = 0;
    /// Lease, policies, limits, epoch; begins a snapshot where the server says so.
    [[nodiscard]] virtual Core::Result<StoreChange> storeWelcome(const Wire::Welcome &welcome) = 0;
    [[nodiscard]] virtual Core::Result<StoreChange> storePolicies(const Core::PolicySet &policies) = 0;
    /// Documents that the restored server may lack something of.
    [[nodiscard]] virtual Core::Result<std::vector<Wire::DocumentDelta>> toRecover(std::size_t countMax, std::size_t bytesMax) = 0;
    /// They were offered and answered; they are offered no more.
    [[nodiscard]] virtual Core::Result<void> markRecovered(const std::vector<Wire::DocumentDelta> &documents) = 0;
    [[nodiscard]] virtual Core::Result<void> keepLastSynced(std::chrono::milliseconds wallClock) = 0;
};

}  // namespace Satchel::Sync
