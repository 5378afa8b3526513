// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "backoff.h"

#include <algorithm>

namespace Satchel::Sync {

std::chrono::milliseconds Backoff::next(std::chrono::milliseconds retryAfter)
{
    const auto upTo = [this](std::chrono::milliseconds limit) {
        const auto range = static_cast<std::uint64_t>(limit.count()) + 1;
        return std::chrono::milliseconds(static_cast<std::int64_t>(m_random() % range));
    };
    const auto cap = m_cap;
    m_cap = std::min(m_cap * 2, capMax);
    return retryAfter.count() > 0 ? retryAfter + upTo(retryAfter / 4) : upTo(cap);
}

}  // namespace Satchel::Sync
