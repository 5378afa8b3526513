// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <unordered_set>

namespace Satchel::Server {

class Counter;

/// What waits to be sent to slow readers, all of them together. Each has a bound of its own; many of them could still fill the memory, so
/// beyond a bound of the sum whoever has most waiting is told to leave, until the rest is within it. Thread-safe.
class Backlog {
public:
    /// One reader's part. Is set and destroyed on one thread; the backlog outlives it.
    class Share {
    public:
        /// `leave` is called at most once, on any thread and maybe while the share is being destroyed: it only passes the word on.
        Share(Backlog &backlog, std::function<void()> leave)
            : m_backlog(backlog)
            , m_leave(std::move(leave))
        {
        }
        ~Share() { set(0); }
        Share(const Share &) = delete;
        Share &operator=(const Share &) = delete;

        /// So many bytes wait now.
        void set(std::size_t bytes) { m_backlog.set(*this, bytes); }
        void add(std::size_t bytes) { set(m_bytes + bytes); }

    private:
        friend class Backlog;
        Backlog &m_backlog;
        std::function<void()> m_leave;
        std::size_t m_bytes = 0;  ///< written under the lock, on the share's thread
        bool m_isLeaving = false;
    };

    /// `cut` counts who was told to leave.
    Backlog(std::size_t bytesMax, Counter &cut)
        : m_bytesMax(bytesMax)
        , m_cut(cut)
    {
    }

    /// Of all, those who leave too.
    [[nodiscard]] std::size_t bytes() const;

private:
    void set(Share &share, std::size_t bytes);
    [[nodiscard]] Share *largest() const;

    const std::size_t m_bytesMax;
    Counter &m_cut;
    mutable std::mutex m_mutex;
    std::unordered_set<Share *> m_waiting;  ///< those with bytes
    std::size_t m_bytes = 0;
    std::size_t m_leavingBytes = 0;
};

}  // namespace Satchel::Server
