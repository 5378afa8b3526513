// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/ops/metrics.h"

#include <string>

namespace Satchel::Server {

/// What is so at one moment.
struct Gauges {
    std::size_t connections = 0;
    std::size_t sessions = 0;
    std::size_t backlogBytes = 0;
    std::size_t queuedMutations = 0;
    std::size_t queuedJobs = 0;
    std::size_t queuedReads = 0;
    std::uint64_t storeBytes = 0;
    bool isReadOnly = false;
    std::chrono::milliseconds startedAt{0};  ///< since 1970
};

/// The text exposition format of Prometheus, version 0.0.4.
inline constexpr const char *metricsContentType = "text/plain; version=0.0.4; charset=utf-8";
[[nodiscard]] std::string metricsPage(const Metrics &metrics, const Gauges &gauges);

}  // namespace Satchel::Server
