// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace Satchel::Sync {

/// Full jitter (each wait is uniform between zero and a cap that doubles): 250 ms to 60 s. Spreads devices that were cut off together.
class Backoff {
public:
    static constexpr std::chrono::milliseconds capMin{250};
    static constexpr std::chrono::milliseconds capMax{60'000};

    /// `random` gives uniform 64-bit numbers.
    explicit Backoff(std::function<std::uint64_t()> random)
        : m_random(std::move(random))
    {
    }

    /// The next wait. A server's `retryAfter` wins: the wait is then that and up to a quarter more.
    [[nodiscard]] std::chrono::milliseconds next(std::chrono::milliseconds retryAfter);
    void reset() { m_cap = capMin; }

private:
    std::function<std::uint64_t()> m_random;
    std::chrono::milliseconds m_cap = capMin;
};

}  // namespace Satchel::Sync
