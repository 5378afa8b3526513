// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace Satchel::Sync {

/// Hands messages from one thread to another in order. The lock is held for a push_back or a swap only, so neither side waits for the
/// other's work; the receiver is woken once for all that has gathered, which is what makes a write cheap for its caller and commits large
/// for the disk.
template <typename Message>
class Mailbox {
public:
    /// True if the receiver must be woken: it has taken everything before this.
    [[nodiscard]] bool push(Message message)
    {
        const std::lock_guard lock(m_mutex);
        m_messages.push_back(std::move(message));
        m_hasMessages.store(true, std::memory_order_relaxed);
        if (m_isWaiting) {
            m_arrival.notify_one();
        }
        return !std::exchange(m_isWoken, true);
    }
    /// Into an empty vector, whose memory the next messages get: one that is used for each call saves growing new ones.
    void takeAll(std::vector<Message> &messages)
    {
        const std::lock_guard lock(m_mutex);
        m_isWoken = false;
        m_hasMessages.store(false, std::memory_order_relaxed);
        m_messages.swap(messages);
    }
    /// The receiver is going to look by itself and needs no waking until it has taken what there is.
    void stayAwake()
    {
        const std::lock_guard lock(m_mutex);
        m_isWoken = true;
    }
    [[nodiscard]] bool hasMessages() const { return m_hasMessages.load(std::memory_order_relaxed); }
    /// Blocks the receiver until there are messages or the time has come; takeAll() has to follow. What comes within `spin` costs no
    /// falling asleep and being woken.
    void wait(std::chrono::steady_clock::time_point until, std::chrono::nanoseconds spin)
    {
        stayAwake();
        const auto spinUntil = std::min(until, std::chrono::steady_clock::now() + spin);
        while (!hasMessages() && std::chrono::steady_clock::now() < spinUntil) {
            std::this_thread::yield();
        }
        std::unique_lock lock(m_mutex);
        m_isWaiting = true;
        m_arrival.wait_until(lock, until, [this] { return !m_messages.empty(); });
        m_isWaiting = false;
    }

private:
    std::mutex m_mutex;
    std::vector<Message> m_messages;
    std::condition_variable m_arrival;
    bool m_isWaiting = false;
    bool m_isWoken = false;
    std::atomic<bool> m_hasMessages = false;
};

}  // namespace Satchel::Sync
