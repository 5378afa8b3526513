// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "backlog.h"

#include "server-stub/ops/metrics.h"

#include <vector>

namespace Satchel::Server {

std::size_t Backlog::bytes() const
{
    const std::lock_guard lock(m_mutex);
    return m_bytes;
}

void Backlog::set(Share &share, std::size_t bytes)
{
    std::vector<std::function<void()>> leaves;
    {
        const std::lock_guard lock(m_mutex);
        m_bytes += bytes - share.m_bytes;
        m_leavingBytes += share.m_isLeaving ? bytes - share.m_bytes : 0;
        share.m_bytes = bytes;
        if (bytes == 0) {
            m_waiting.erase(&share);
        } else {
            m_waiting.insert(&share);
        }
        while (m_bytes - m_leavingBytes > m_bytesMax) {
            Share *most = largest();
            most->m_isLeaving = true;
            m_leavingBytes += most->m_bytes;
            m_cut.add();
            leaves.push_back(std::move(most->m_leave));
        }
    }
    for (const auto &leave : leaves) {
        leave();
    }
}

/// Of those who have not been told yet.
Backlog::Share *Backlog::largest() const
{
    Share *most = nullptr;
    for (Share *share : m_waiting) {
        if (!share->m_isLeaving && (most == nullptr || share->m_bytes > most->m_bytes)) {
            most = share;
        }
    }
    return most;
}

}  // namespace Satchel::Server
