// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace Satchel::Server {

/// A step that is done again and again on a thread of its own.
class PeriodicTask {
public:
    PeriodicTask() = default;
    /// Stops as stop() does.
    ~PeriodicTask() { stop(); }
    PeriodicTask(const PeriodicTask &) = delete;
    PeriodicTask &operator=(const PeriodicTask &) = delete;

    /// Once; the first step is an interval from now.
    void start(std::chrono::milliseconds interval, std::function<void()> step);
    /// After the step that is under way, which may ask isStopping() to end early.
    void stop();
    [[nodiscard]] bool isStopping() const;

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    std::thread m_thread;
};

}  // namespace Satchel::Server
