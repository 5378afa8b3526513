// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "expirer.h"

#include <future>
#include <memory>
#include <utility>

namespace Satchel::Server {

Expirer::Expirer(Store &store, PushPipeline &pipeline, const Clock &clock, ExpirySettings settings, std::function<bool()> isPaused)
    : m_store(store)
    , m_pipeline(pipeline)
    , m_clock(clock)
    , m_settings(settings)
    , m_isPaused(std::move(isPaused))
{
}

Core::Result<ExpiryReport> Expirer::pass()
{
    ExpiryReport report;
    const auto policies = m_pipeline.serverPolicies();
    for (const auto &[collection, own] : policies->collections) {
        if (!own.timeToLive) {
            continue;
        }
        if (auto passed = passOver(collection, m_clock.now() - *own.timeToLive, report); !passed) {
            return Core::failure(std::move(passed.error()));
        }
    }
    return report;
}

Core::Result<void> Expirer::passOver(const std::string &collection, std::chrono::milliseconds updatedUntil, ExpiryReport &report)
{
    auto view = m_store.reader();
    if (!view) {
        return Core::failure(std::move(view.error()));
    }
    UnchangedQuery query{collection, updatedUntil, 0, {}, m_settings.batchDocumentsMax};
    std::int64_t lastOwner = 0;
    while (!m_task.isStopping()) {
        auto found = (*view)->unchanged(query);
        if (!found) {
            return Core::failure(std::move(found.error()));
        }
        for (std::size_t i = 0; i < found->size() && !m_task.isStopping();) {
            const UnchangedDocument &first = (*found)[i];
            ExpireRequest request{first.user, collection, {}};
            for (; i < found->size() && (*found)[i].owner == first.owner; ++i) {
                request.keys.push_back(std::move((*found)[i].key));
            }
            query.afterOwner = first.owner;
            query.afterKey = request.keys.back();
            auto gone = expire(std::move(request));
            if (!gone) {
                return Core::failure(std::move(gone.error()));
            }
            report.documentCount += *gone;
            report.userCount += *gone > 0 && first.owner != lastOwner ? 1U : 0U;
            lastOwner = *gone > 0 ? first.owner : lastOwner;
        }
        if (found->size() < m_settings.batchDocumentsMax) {
            break;
        }
    }
    return {};
}

Core::Result<std::size_t> Expirer::expire(ExpireRequest request)
{
    const auto promise = std::make_shared<std::promise<ExpireAnswer>>();
    m_pipeline.expire(std::move(request), [promise](ExpireAnswer answer) { promise->set_value(std::move(answer)); });
    const ExpireAnswer answer = promise->get_future().get();
    if (answer) {
        return answer->documentCount;
    }
    // A user who was erased since has nothing any more.
    return answer.error().reason == Core::ErrorReason::UserGone ? Core::Result<std::size_t>(0U) : Core::failure(answer.error());
}

void Expirer::start(Told told)
{
    m_task.start(m_settings.interval, [this, told = std::move(told)] {
        if (!m_isPaused || !m_isPaused()) {
            told(pass());
        }
    });
}

}  // namespace Satchel::Server
