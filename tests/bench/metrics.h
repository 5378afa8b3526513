// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstdint>
#include <string_view>

namespace Satchel::Bench {

/// One measured figure as one JSON object on a line of standard output: {"metric", "value", "unit", "n"}.
void printMetric(std::string_view metric, double value, std::string_view unit, std::int64_t n);

}  // namespace Satchel::Bench
