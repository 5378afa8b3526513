// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"
#include "server-stub/ops/metrics.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace Satchel::Server {

/// How much of what the server can bear is in use, and what is turned away for it: the newest work first, by kind, admin calls before
/// readings, those before pushes, those before new sessions; never health. Filled before the first question; thread-safe after that.
class Load {
public:
    /// Something that can be full: 0 empty, 1 full. Thread-safe and quick.
    using Share = std::function<double()>;

    explicit Load(Metrics &metrics)
        : m_metrics(metrics)
    {
    }
    void add(Share share) { m_shares.push_back(std::move(share)); }

    /// The fullest of all.
    [[nodiscard]] double pressure() const
    {
        double most = 0;
        for (const Share &share : m_shares) {
            most = std::max(most, share());
        }
        return most;
    }
    [[nodiscard]] bool isOver() const { return pressure() >= limitOf(Work::Admin); }
    /// UNAVAILABLE/OVERLOADED with the time to wait if work of this kind is turned away now, which counts it.
    [[nodiscard]] std::optional<Core::Error> turnAway(Work work) const
    {
        const double now = pressure();
        if (now < limitOf(work)) {
            return std::nullopt;
        }
        m_metrics.shed.of(work).add();
        return Core::unavailable(Core::ErrorReason::Overloaded, "the server has more to do than it can",
                                 std::chrono::milliseconds(static_cast<std::int64_t>(1000 + 4000 * std::min(now, 2.0))));
    }
    /// The pressure from which on a kind of work is turned away.
    [[nodiscard]] static double limitOf(Work work)
    {
        switch (work) {
        case Work::Admin:
            return 0.5;
        case Work::Pull:
            return 0.65;
        case Work::Push:
            return 0.8;
        case Work::Auth:
            return 0.95;
        case Work::Health:
            break;
        }
        return std::numeric_limits<double>::infinity();
    }

private:
    Metrics &m_metrics;
    std::vector<Share> m_shares;
};

}  // namespace Satchel::Server
