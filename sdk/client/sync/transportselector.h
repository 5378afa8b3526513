// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/sync/enginetypes.h"

#include <chrono>
#include <optional>

namespace Satchel::Sync {

/// Chooses the carrier: WebSocket, until two upgrades in a row fail or a proxy swallows frames; then polling, with another try at WebSocket
/// after 1, 5 and then every 15 minutes. Times are the caller's monotonic ones.
class TransportSelector {
public:
    using Time = std::chrono::milliseconds;
    static constexpr int upgradeFailuresMax = 2;

    explicit TransportSelector(CarrierChoice choice)
        : m_choice(choice)
    {
    }

    [[nodiscard]] Carrier choose(Time now) const;
    /// When a device that polls should try WebSocket again.
    [[nodiscard]] std::optional<Time> retryAt() const { return m_retryAt; }

    /// Something answered, but not as a WebSocket server does.
    void upgradeFailed(Time now);
    /// The connection was there and frames went into nowhere.
    void stalled(Time now);
    /// A WebSocket session has been Live long enough to be trusted.
    void proven();
    /// The network has changed: what was learned about the old one is void.
    void probe();

private:
    void fallBack(Time now);

    CarrierChoice m_choice;
    int m_upgradeFailures = 0;
    int m_fallBacks = 0;
    std::optional<Time> m_retryAt;
};

}  // namespace Satchel::Sync
