// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstdint>
#include <string>

namespace Satchel::WorldCheck {

/// The one source of chance (SplitMix64). The same seed gives the same numbers on every platform.
class Rng {
public:
    explicit Rng(std::uint64_t seed)
        : m_state(seed)
    {
    }

    std::uint64_t next()
    {
        std::uint64_t z = (m_state += 0x9E3779B97F4A7C15U);
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }
    /// From 0 to end - 1; 0 if end is 0.
    std::uint64_t below(std::uint64_t end) { return end == 0 ? 0 : next() % end; }
    std::int64_t between(std::int64_t first, std::int64_t last)
    {
        return first + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first) + 1));
    }
    bool chance(unsigned percent) { return below(100) < percent; }
    std::string bytes(std::size_t count)
    {
        std::string out;
        while (out.size() < count) {
            const std::uint64_t word = next();
            out.append(reinterpret_cast<const char *>(&word), sizeof word);
        }
        out.resize(count);
        return out;
    }

private:
    std::uint64_t m_state;
};

}  // namespace Satchel::WorldCheck
