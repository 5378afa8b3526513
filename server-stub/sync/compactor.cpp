// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "compactor.h"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

namespace Satchel::Server {

namespace {

constexpr std::size_t usersMax = 1000;  // of one reading

/// 0: nothing of it is old enough, ever.
std::chrono::milliseconds keptSince(std::chrono::milliseconds now, std::chrono::hours kept)
{
    return kept.count() == 0 ? std::chrono::milliseconds::min() : now - kept;
}

}  // namespace

Compactor::Compactor(Store &store, PushPipeline &pipeline, const Clock &clock, CompactionSettings settings)
    : m_store(store)
    , m_pipeline(pipeline)
    , m_clock(clock)
    , m_settings(settings)
{
}

Core::Result<CompactionReport> Compactor::pass()
{
    CompactionReport report;
    CompactRequest request;
    request.keepSince = keptSince(m_clock.now(), m_settings.historyKept);
    request.deviceSince = m_clock.now() - m_settings.deviceTimeout;
    std::chrono::milliseconds latest = request.keepSince;
    for (const auto &[collection, own] : m_pipeline.serverPolicies()->collections) {
        if (own.historyKept) {
            request.keepSinceOf[collection] = keptSince(m_clock.now(), *own.historyKept);
            latest = std::max(latest, request.keepSinceOf[collection]);
        }
    }
    if (latest == std::chrono::milliseconds::min()) {
        return report;
    }
    auto view = m_store.reader();
    if (!view) {
        return Core::failure(std::move(view.error()));
    }
    CompactableQuery query{latest, 0, usersMax};
    while (!m_task.isStopping()) {
        auto users = (*view)->compactable(query);
        if (!users) {
            return Core::failure(std::move(users.error()));
        }
        for (const CompactableUser &user : *users) {
            request.user = user.user;
            auto gone = compactUser(request);
            if (!gone) {
                return Core::failure(std::move(gone.error()));
            }
            report.userCount += *gone > 0 ? 1U : 0U;
            report.eventCount += *gone;
            query.afterId = user.id;
        }
        if (users->size() < usersMax) {
            break;
        }
    }
    return report;
}

Core::Result<std::size_t> Compactor::compactUser(const CompactRequest &request)
{
    std::size_t count = 0;
    for (bool isDone = false; !isDone && !m_task.isStopping();) {
        const auto promise = std::make_shared<std::promise<CompactAnswer>>();
        m_pipeline.compact(request, [promise](CompactAnswer answer) { promise->set_value(std::move(answer)); });
        const CompactAnswer answer = promise->get_future().get();
        if (!answer) {
            return Core::failure(answer.error());
        }
        count += answer->eventCount;
        isDone = answer->isDone;
    }
    return count;
}

void Compactor::start(Told told)
{
    m_task.start(m_settings.interval, [this, told = std::move(told)] { told(pass()); });
}

}  // namespace Satchel::Server
