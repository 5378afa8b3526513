// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <algorithm>
#include <chrono>
#include <compare>
#include <cstdint>

namespace Satchel::Core {

/// Hybrid logical clock reading (Kulkarni et al. 2014): 48 bits of milliseconds since 1970 UTC, 16 bits of logical counter.
/// The logical part carries into the milliseconds when it overflows, so `next()` is always greater; only at the end of the 48 bits (the
/// year 10889) it stays, rather than begin again at 1970.
struct Hlc {
    std::uint64_t packed = 0;

    [[nodiscard]] static Hlc fromParts(std::uint64_t milliseconds, std::uint16_t logical);
    [[nodiscard]] std::uint64_t milliseconds() const { return packed >> 16U; }
    [[nodiscard]] std::uint16_t logical() const { return static_cast<std::uint16_t>(packed & 0xFFFFU); }
    [[nodiscard]] Hlc next() const { return Hlc{packed + (packed != UINT64_MAX ? 1U : 0U)}; }

    friend auto operator<=>(const Hlc &, const Hlc &) = default;
};

/// A device's clock. Readings strictly increase whatever the wall clock does. Holds no clock of its own: callers pass the wall time.
class HlcClock {
public:
    HlcClock() = default;
    /// Continues after `last`, the greatest reading that was ever given out or seen (kept by the store).
    /// With a random `salt` below 2^15, each millisecond's logical part begins there, so that two copies of one store, which write under
    /// the same dots, do not give them the same stamps as well (docs/decisions/0006); and so do the first readings after `last` and after a
    /// stamp from elsewhere, for a wall clock that lags behind them.
    explicit HlcClock(Hlc last, std::uint16_t salt = 0)
        : m_salt(salt)
    {
        observe(last);
    }

    /// A new reading: max(wall + salt, last + 1). A wall time before 1970 counts as 0, one past 48 bits as the maximum.
    [[nodiscard]] Hlc tick(std::chrono::milliseconds wallSinceEpoch);
    /// Takes in a stamp received from elsewhere; later readings are greater than it.
    void observe(Hlc seen);
    [[nodiscard]] Hlc last() const { return m_last; }

private:
    Hlc m_last;
    std::uint16_t m_salt = 0;
};

}  // namespace Satchel::Core
