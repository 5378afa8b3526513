// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/ops/clock.h"

#include <atomic>
#include <chrono>

namespace Satchel::Testing {

/// A wall clock that stands still until the test moves it, forwards or backwards; thread-safe. For the server, and for each device one.
class FakeClock : public Server::Clock {
public:
    /// Begins at 2026-01-01T00:00:00Z.
    FakeClock() = default;

    [[nodiscard]] std::chrono::milliseconds now() const override { return std::chrono::milliseconds(m_now.load()); }
    void advance(std::chrono::milliseconds by) { m_now += by.count(); }

private:
    std::atomic<std::int64_t> m_now{1'767'225'600'000};
};

}  // namespace Satchel::Testing
