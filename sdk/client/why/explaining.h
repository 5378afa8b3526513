// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/live/entry.h"
#include "client/sync/enginetypes.h"

#include <Satchel/explanation.h>

#include <optional>
#include <vector>

namespace Satchel {

/// What an explanation is drawn from.
struct WhyFacts {
    /// Null: nothing is known under the key.
    const Live::Entry *entry = nullptr;
    /// Refused writes to the document, the last one first.
    std::vector<const Sync::Quarantined *> refused;
    Core::DeviceId device;
    bool hasServer = false;
    bool isPaused = false;
    bool isConnected = false;
    std::optional<Core::Error> blockedReason;
};

/// Pure; all but `policy` and the converted refusals, which are the caller's.
[[nodiscard]] Explanation explain(const WhyFacts &facts);

}  // namespace Satchel
