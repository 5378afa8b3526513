// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "hlc.h"

#include "sabotage.h"

#include <algorithm>
#include <limits>

namespace Satchel::Core {

namespace {

constexpr std::uint64_t millisecondsMax = (std::uint64_t{1} << 48U) - 1;

}  // namespace

Hlc Hlc::fromParts(std::uint64_t milliseconds, std::uint16_t logical)
{
    return Hlc{(std::min(milliseconds, millisecondsMax) << 16U) | logical};
}

Hlc HlcClock::tick(std::chrono::milliseconds wallSinceEpoch)
{
    const auto wall = static_cast<std::uint64_t>(std::max<std::chrono::milliseconds::rep>(wallSinceEpoch.count(), 0));
    m_last = isSabotaged(Sabotage::ClockGoesBack) ? Hlc::fromParts(wall, m_salt) : std::max(Hlc::fromParts(wall, m_salt), m_last.next());
    return m_last;
}

void HlcClock::observe(Hlc seen)
{
    // Copies see the same stamps: from there, too, each goes on at a distance of its own.
    if (seen > m_last) {
        m_last = Hlc{seen.packed + std::min<std::uint64_t>(m_salt, UINT64_MAX - seen.packed)};
    }
}

}  // namespace Satchel::Core
