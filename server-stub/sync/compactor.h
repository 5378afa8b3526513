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

struct CompactionSettings {
    std::chrono::hours historyKept{
        24 * 365};  ///< events younger than this stay; 0: all of them, for ever; a policy may say else for its collection
    std::chrono::hours deviceTimeout{24 * 365};  ///< a device away for longer is not waited for
    std::chrono::minutes interval{60};           ///< between two passes
};

/// What one pass over all users did.
struct CompactionReport {
    std::size_t userCount = 0;
    std::size_t eventCount = 0;
};

/// Shortens the logs of all users, one transaction of a bounded size at a time through the pipeline, so that pushes get their turn.
class Compactor {
public:
    using Told = std::function<void(const Core::Result<CompactionReport> &)>;

    Compactor(Store &store, PushPipeline &pipeline, const Clock &clock, CompactionSettings settings);
    /// Stops as stop() does.
    ~Compactor() { stop(); }
    Compactor(const Compactor &) = delete;
    Compactor &operator=(const Compactor &) = delete;

    /// One pass now; blocks. The pipeline needs its thread.
    [[nodiscard]] Core::Result<CompactionReport> pass();
    /// A pass each interval, on a thread of its own, which tells what each did.
    void start(Told told);
    /// After the transaction that is under way. Before the pipeline stops.
    void stop() { m_task.stop(); }

private:
    [[nodiscard]] Core::Result<std::size_t> compactUser(const CompactRequest &request);

    Store &m_store;
    PushPipeline &m_pipeline;
    const Clock &m_clock;
    CompactionSettings m_settings;
    PeriodicTask m_task;
};

}  // namespace Satchel::Server
