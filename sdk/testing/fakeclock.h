// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/ops/clock.h"

#include <atomic>
#include <chrono>
#include <functional>

namespace Satchel::Testing {

/// A wall clock that stands still until the test moves it; thread-safe. The server's clock, and by device() those of devices that run
/// ahead or behind.
class FakeClock : public Server::Clock {
public:
    /// Begins at 2026-01-01T00:00:00Z.
    FakeClock() = default;

    [[nodiscard]] std::chrono::milliseconds now() const override { return std::chrono::milliseconds(m_now.load()); }
    void advance(std::chrono::milliseconds by) { m_now += by.count(); }

    /// For ClientOptions::wallClock; valid as long as this clock.
    [[nodiscard]] std::function<std::chrono::milliseconds()> device(std::chrono::milliseconds skew = {}) const
    {
        return [this, skew] { return now() + skew; };
    }

private:
    std::atomic<std::int64_t> m_now{1'767'225'600'000};
};

}  // namespace Satchel::Testing
