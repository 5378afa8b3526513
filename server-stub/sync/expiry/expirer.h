// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/ops/clock.h"
#include "server-stub/ops/periodictask.h"
#include "server-stub/store/store.h"
#include "server-stub/sync/pushpipeline.h"

#include <chrono>
#include <cstddef>
#include <functional>

namespace Satchel::Server {

struct ExpirySettings {
    std::size_t batchDocumentsMax = 100;                 ///< removed in one transaction
    std::chrono::milliseconds interval{10 * 60 * 1000};  ///< between two passes
};

/// What one pass over all users did.
struct ExpiryReport {
    std::size_t userCount = 0;
    std::size_t documentCount = 0;
};

/// Removes documents whose collection's `ttl` has passed, one transaction of a bounded size at a time through the pipeline, so that pushes
/// get their turn.
class Expirer {
public:
    using Told = std::function<void(const Core::Result<ExpiryReport> &)>;

    /// `isPaused`: asked before each pass of start(); nothing is removed as long as it says true.
    Expirer(Store &store, PushPipeline &pipeline, const Clock &clock, ExpirySettings settings, std::function<bool()> isPaused = {});
    ~Expirer() { stop(); }
    Expirer(const Expirer &) = delete;
    Expirer &operator=(const Expirer &) = delete;

    /// One pass now; blocks. The pipeline needs its thread.
    [[nodiscard]] Core::Result<ExpiryReport> pass();
    /// A pass each interval, on a thread of its own, which tells what each did.
    void start(Told told);
    /// After the transaction that is under way. Before the pipeline stops.
    void stop() { m_task.stop(); }

private:
    [[nodiscard]] Core::Result<void> passOver(const std::string &collection, std::chrono::milliseconds updatedUntil, ExpiryReport &report);
    [[nodiscard]] Core::Result<std::size_t> expire(ExpireRequest request);

    Store &m_store;
    PushPipeline &m_pipeline;
    const Clock &m_clock;
    ExpirySettings m_settings;
    std::function<bool()> m_isPaused;
    PeriodicTask m_task;
};

}  // namespace Satchel::Server
