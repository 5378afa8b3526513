// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/document.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/mutation.h"
#include "core/policy.h"
#include "wire/frames.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What store, sync and the engine's boundary tell each other: plain values, no Qt.
namespace Satchel::Sync {

/// States of docs/architecture.md, "Device".
enum class State : std::uint8_t { Offline, Connecting, CatchingUp, Live, Degraded };
enum class Carrier : std::uint8_t { None, WebSocket, Polling };

/// Which carriers may be used.
enum class CarrierChoice : std::uint8_t { Automatic, WebSocketOnly, PollingOnly };

/// A refused or orphaned mutation, kept until a person or the app decides.
struct Quarantined {
    Core::Mutation mutation;
    Core::Error reason;
    std::chrono::milliseconds refusedAt{0};
};

/// What came of a damaged store: docs/damage.md.
struct Recovery {
    std::string damage;        ///< pages and frames, for people
    std::string damagedStore;  ///< where the damaged file lies now
    std::uint64_t pendingSalvaged = 0;
    std::uint64_t pendingLost = 0;  ///< gaps between the counters of those salvaged; what was behind the last is not known
    std::uint64_t quarantineSalvaged = 0;
    std::uint64_t documentsSalvaged = 0;
    std::uint64_t documentsMissing = 0;  ///< known by name only, until the server sends them
    friend bool operator==(const Recovery &, const Recovery &) = default;
};

/// Everything that LiveState begins with.
struct OpenedStore {
    Core::DeviceId device;
    std::uint64_t lastCounter = 0;
    Core::Hlc lastStamp;
    std::uint16_t clockSalt = 0;  ///< random with every opening; see Core::HlcClock
    Core::PolicySet policies;
    Core::Limits limits;
    Wire::Cursor cursor;
    std::vector<std::pair<Core::DocumentId, Core::Document>> documents;  ///< bases
    std::vector<Core::MutationPtr> pending;                              ///< outbox, in counter order
    std::vector<Quarantined> quarantine;
    std::optional<Recovery> recovery;  ///< the store was damaged, and this is what is left of it
};

/// A document's base as the server has it now.
struct BaseChange {
    Core::DocumentId id;
    std::optional<Core::Document> base;  ///< nothing: the document is not there any more
};

/// A document as the server knows it; null if nothing was ever heard of it.
using BaseLookup = std::function<const Core::Document *(const Core::DocumentId &)>;

/// What one transaction of the store changed, in one piece, so that no reader ever sees half of it.
struct StoreChange {
    std::vector<BaseChange> bases;
    std::uint64_t settledThrough = 0;  ///< the outbox holds nothing up to this counter any more; 0: unchanged
    std::vector<Quarantined> quarantined;
    Core::Hlc greatestStamp;  ///< to be observed by the writer's clock
    std::optional<Core::PolicySet> policies;
    std::optional<Core::Limits> limits;
    Wire::Cursor cursor;
    /// After DEVICE_CLONED: the new identity and the outbox under new dots; replaces LiveState's pending whole.
    struct NewIdentity {
        Core::DeviceId device;
        std::vector<Core::MutationPtr> pending;
        std::uint64_t lastCounter = 0;
    };
    std::optional<NewIdentity> identity;
};

struct EngineStatus {
    State state = State::Offline;
    Carrier carrier = Carrier::None;
    std::optional<Core::Error> blockedReason;  ///< why it is not Live, where that is known
    std::uint64_t pendingCount = 0;
    std::uint64_t quarantineCount = 0;
    std::chrono::milliseconds lastSynced{0};  ///< wall clock at the last moment with nothing pending and nothing behind; 0: never
    bool isTestServer = false;
    friend bool operator==(const EngineStatus &, const EngineStatus &) = default;
};

}  // namespace Satchel::Sync
