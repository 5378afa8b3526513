// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "filter.h"

namespace Satchel::Core {

/// What stands behind a field's name.
struct FilterOperand {
    std::size_t field = 0;
    std::string op;
    std::string text;
    bool hasStarBefore = false;
    bool hasStarBehind = false;
};

struct FilterValueError {
    bool isOfOperator = false;  ///< else of the value
    std::string message;
};

/// The condition as a filter: a term, or of ranges and days two.
[[nodiscard]] tl::expected<Filter, FilterValueError> comparisonOf(const FilterField &field, const FilterOperand &operand,
                                                                  std::chrono::milliseconds now);

/// Whether a colon behind this is within a time of day: 2026-11-23T18 or 2026-11-23T18:00, also as the end of a range.
[[nodiscard]] bool isDateBeforeColon(std::string_view text);

}  // namespace Satchel::Core
