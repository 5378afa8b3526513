// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace Satchel::Sync {

/// Hands messages from one thread to another in order. The lock is held for a push_back or a swap only, so neither side waits for the other's
/// work; the receiver is woken once for all that has gathered, which is what makes a write cheap for its caller and commits large for the disk.
template <typename Message>
class Mailbox {
public:
    /// True if the receiver must be woken: it has taken everything before this.
    [[nodiscard]] bool push(Message message)
    {
        const std::lock_guard lock(m_mutex);
        m_messages.push_back(std::move(message));
        return !std::exchange(m_isWoken, true);
    }
    [[nodiscard]] std::vector<Message> takeAll()
    {
        const std::lock_guard lock(m_mutex);
        m_isWoken = false;
        return std::exchange(m_messages, {});
    }

private:
    std::mutex m_mutex;
    std::vector<Message> m_messages;
    bool m_isWoken = false;
};

}  // namespace Satchel::Sync
