// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "transportselector.h"

#include <algorithm>
#include <array>

namespace Satchel::Sync {
namespace {

using namespace std::chrono_literals;
constexpr std::array<std::chrono::minutes, 3> retrySteps{1min, 5min, 15min};

}  // namespace

Carrier TransportSelector::choose(Time now) const
{
    switch (m_choice) {
    case CarrierChoice::WebSocketOnly:
        return Carrier::WebSocket;
    case CarrierChoice::PollingOnly:
        return Carrier::Polling;
    case CarrierChoice::Automatic:
        break;
    }
    return m_retryAt && now < *m_retryAt ? Carrier::Polling : Carrier::WebSocket;
}

void TransportSelector::fallBack(Time now)
{
    if (m_choice != CarrierChoice::Automatic) {
        return;
    }
    const auto step = static_cast<std::size_t>(std::min<int>(m_fallBacks, static_cast<int>(retrySteps.size()) - 1));
    m_retryAt = now + retrySteps.at(step);
    m_fallBacks += 1;
    // After a fall-back one failed try is enough to poll on.
    m_upgradeFailures = upgradeFailuresMax - 1;
}

void TransportSelector::upgradeFailed(Time now)
{
    m_upgradeFailures += 1;
    if (m_upgradeFailures >= upgradeFailuresMax) {
        fallBack(now);
    }
}

void TransportSelector::stalled(Time now)
{
    fallBack(now);
}

void TransportSelector::proven()
{
    probe();
}

void TransportSelector::probe()
{
    m_upgradeFailures = 0;
    m_fallBacks = 0;
    m_retryAt.reset();
}

}  // namespace Satchel::Sync
