// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/query/index.h"

#include <functional>
#include <memory>
#include <vector>

namespace Satchel::Queries {

/// How a query is answered by an index of the collection.
struct Plan {
    /// Null: none helps, every document has to be looked at.
    const Index *index = nullptr;
    /// Whether its rows come in the query's order, or in its reverse; if not they are candidates only.
    bool isInOrder = false;
    bool isReversed = false;
    /// The part of the index in which results can be.
    Bound low;
    bool isLowIncluded = true;
    Bound high;
    bool isHighIncluded = true;
};

/// The order of a query's results, for rows with the values of `orderFields()`.
[[nodiscard]] RowOrder orderOf(const Asked &asked);
[[nodiscard]] std::vector<std::string> orderFields(const Asked &asked);

/// The index that leaves the least to do.
[[nodiscard]] Plan makePlan(const Asked &asked, const std::vector<std::unique_ptr<Index>> &indexes);

/// Visits the plan's part of its index from behind `after`, or from its beginning if that is null, until `visit` answers false or the end
/// is there, which it answers with true.
[[nodiscard]] bool visitAfter(const Plan &plan, const RowPtr &after, const std::function<bool(const RowPtr &)> &visit);

}  // namespace Satchel::Queries
