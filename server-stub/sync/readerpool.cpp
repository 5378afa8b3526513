// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "readerpool.h"

namespace Satchel::Server {

using Core::ErrorReason;

ReaderPool::ReaderPool(Store &store, std::size_t threads, std::size_t queuedMax)
    : m_store(store)
    , m_queuedMax(queuedMax)
{
    for (std::size_t i = 0; i < threads; ++i) {
        m_threads.emplace_back([this] { work(); });
    }
}

ReaderPool::~ReaderPool()
{
    stop();
}

void ReaderPool::run(Read read)
{
    std::optional<Core::Error> refused;
    {
        const std::lock_guard lock(m_mutex);
        if (m_isStopping) {
            refused = Core::unavailable(ErrorReason::ShuttingDown, "the server is going down", std::chrono::milliseconds(1000));
        } else if (m_queue.size() >= m_queuedMax) {
            refused = Core::unavailable(ErrorReason::Overloaded, "too many reads are waiting", std::chrono::milliseconds(1000));
        } else {
            m_queue.push_back(std::move(read));
        }
    }
    if (refused) {
        read(Core::failure(std::move(*refused)));
        return;
    }
    m_wake.notify_one();
}

std::size_t ReaderPool::queuedReads() const
{
    const std::lock_guard lock(m_mutex);
    return m_queue.size();
}

double ReaderPool::fullness() const
{
    return static_cast<double>(queuedReads()) / static_cast<double>(std::max<std::size_t>(m_queuedMax, 1));
}

void ReaderPool::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    for (std::thread &thread : m_threads) {
        if (thread.joinable()) {
            thread.join();
        }
    }
}

void ReaderPool::work()
{
    std::unique_ptr<ReadView> view;
    while (true) {
        Read read;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return !m_queue.empty() || m_isStopping; });
            if (m_queue.empty()) {
                return;
            }
            read = std::move(m_queue.front());
            m_queue.pop_front();
        }
        give(read, view);
    }
}

bool ReaderPool::runOne()
{
    Read read;
    {
        const std::lock_guard lock(m_mutex);
        if (m_queue.empty()) {
            return false;
        }
        read = std::move(m_queue.front());
        m_queue.pop_front();
    }
    give(read, m_view);
    return true;
}

void ReaderPool::give(const Read &read, std::unique_ptr<ReadView> &view)
{
    if (!view || !view->isUsable()) {
        view.reset();
        auto opened = m_store.reader();
        if (!opened) {
            read(Core::failure(std::move(opened.error())));
            return;
        }
        view = std::move(*opened);
    }
    read(view.get());
}

}  // namespace Satchel::Server
