// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace Satchel::Server {

/// How much of something may come in a second, and at once after a while of nothing. 0: as much as wanted.
struct Rate {
    double perSecond = 0;
    double burst = 0;

    /// With what comes in `seconds` at once.
    [[nodiscard]] static Rate of(std::int64_t perSecond, double seconds)
    {
        return {static_cast<double>(perSecond), static_cast<double>(perSecond) * seconds};
    }
};

/// Token buckets by name, in bounded memory: the fullest ones are forgotten first, which forgives them nothing. Thread-safe.
class RateLimiter {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::size_t bucketsMax = 20'000;

    explicit RateLimiter(Rate rate)
        : m_rate(rate)
    {
    }

    [[nodiscard]] bool isLimited() const { return m_rate.perSecond > 0; }
    /// Nothing if it may go on; else how long to wait. What costs more than the burst passes a full bucket, and is paid for afterwards.
    [[nodiscard]] std::optional<std::chrono::milliseconds> take(const std::string &name, double cost, Time now);
    [[nodiscard]] std::size_t size() const;

private:
    struct Bucket {
        double level = 0;
        Time filledAt;
    };
    void forgetFull(Time now);
    [[nodiscard]] double levelOf(const Bucket &bucket, Time now) const;

    Rate m_rate;
    mutable std::mutex m_mutex;
    std::unordered_map<std::string, Bucket> m_buckets;
};

}  // namespace Satchel::Server
