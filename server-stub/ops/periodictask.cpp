// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "periodictask.h"

#include <utility>

namespace Satchel::Server {

void PeriodicTask::start(std::chrono::milliseconds interval, std::function<void()> step)
{
    m_thread = std::thread([this, interval, step = std::move(step)] {
        std::unique_lock lock(m_mutex);
        while (!m_wake.wait_for(lock, interval, [this] { return m_isStopping; })) {
            lock.unlock();
            step();
            lock.lock();
        }
    });
}

void PeriodicTask::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_one();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

bool PeriodicTask::isStopping() const
{
    const std::lock_guard lock(m_mutex);
    return m_isStopping;
}

}  // namespace Satchel::Server
