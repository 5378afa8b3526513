// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "ratelimiter.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace Satchel::Server {

double RateLimiter::levelOf(const Bucket &bucket, Time now) const
{
    const double seconds = std::max(0.0, std::chrono::duration<double>(now - bucket.filledAt).count());
    return std::min(m_rate.burst, bucket.level + seconds * m_rate.perSecond);
}

std::optional<std::chrono::milliseconds> RateLimiter::take(const std::string &name, double cost, Time now)
{
    if (!isLimited()) {
        return std::nullopt;
    }
    const std::lock_guard lock(m_mutex);
    auto found = m_buckets.find(name);
    if (found == m_buckets.end()) {
        if (m_buckets.size() >= bucketsMax) {
            forgetFull(now);
        }
        found = m_buckets.emplace(name, Bucket{m_rate.burst, now}).first;
    }
    Bucket &bucket = found->second;
    const double level = levelOf(bucket, now);
    const double needed = std::min(cost, m_rate.burst);
    if (level < needed) {
        const double seconds = (needed - level) / m_rate.perSecond;
        return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000)));
    }
    bucket = {level - cost, now};
    return std::nullopt;
}

std::size_t RateLimiter::size() const
{
    const std::lock_guard lock(m_mutex);
    return m_buckets.size();
}

/// Under the lock. Half of the table goes, the fullest buckets, so that this is done seldom.
void RateLimiter::forgetFull(Time now)
{
    std::vector<double> levels;
    levels.reserve(m_buckets.size());
    for (const auto &[name, bucket] : m_buckets) {
        levels.push_back(levelOf(bucket, now));
    }
    const auto middle = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2);
    std::nth_element(levels.begin(), middle, levels.end());
    const double limit = *middle;
    std::size_t kept = 0;
    std::erase_if(m_buckets, [&](const auto &each) {
        const bool isGoing = levelOf(each.second, now) >= limit || kept >= bucketsMax / 2;
        kept += isGoing ? 0 : 1;
        return isGoing;
    });
}

}  // namespace Satchel::Server
