// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <atomic>
#include <mutex>
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

private:
    std::mutex m_mutex;
    std::vector<Message> m_messages;
    bool m_isWoken = false;
    std::atomic<bool> m_hasMessages = false;
};

}  // namespace Satchel::Sync
