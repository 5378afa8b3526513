// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/store/store.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace Satchel::Server {

/// Runs reads on threads of their own, each with its own connection.
class ReaderPool {
public:
    using Read = std::function<void(Core::Result<ReadView *>)>;

    /// Without threads whoever owns the pool calls runOne().
    ReaderPool(Store &store, std::size_t threads, std::size_t queuedMax);
    ~ReaderPool();
    ReaderPool(const ReaderPool &) = delete;
    ReaderPool &operator=(const ReaderPool &) = delete;

    /// Calls `read` once, with a view on a reader's thread, or with UNAVAILABLE on the caller's when the queue is full or the pool stops.
    void run(Read read);
    /// For a pool without threads: the oldest read, on the caller's thread. False if none waits.
    bool runOne();
    [[nodiscard]] std::size_t queuedReads() const;
    /// Of what may wait: 0 nothing, 1 all.
    [[nodiscard]] double fullness() const;
    /// Finishes what was queued.
    void stop();

private:
    void work();
    void give(const Read &read, std::unique_ptr<ReadView> &view);

    Store &m_store;
    std::size_t m_queuedMax;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Read> m_queue;
    bool m_isStopping = false;
    std::unique_ptr<ReadView> m_view;  ///< of runOne()
    std::vector<std::thread> m_threads;
};

}  // namespace Satchel::Server
