// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "metrics.h"

#include <cinttypes>
#include <cstdio>

namespace Satchel::Bench {

void printMetric(std::string_view metric, double value, std::string_view unit, std::int64_t n)
{
    std::printf("{\"metric\": \"%.*s\", \"value\": %.6g, \"unit\": \"%.*s\", \"n\": %" PRId64 "}\n", static_cast<int>(metric.size()),
                metric.data(), value, static_cast<int>(unit.size()), unit.data(), n);
    std::fflush(stdout);
}

}  // namespace Satchel::Bench
