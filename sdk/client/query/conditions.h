// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/live/entry.h"
#include "core/result.h"

#include <Satchel/query.h>

#include <string>
#include <vector>

namespace Satchel::Queries {

/// A condition of a query on what documents hold.
struct Condition {
    std::string field;
    Query::Comparison comparison = Query::Equal;
    Core::Value value;
};

/// A query that can be asked.
struct Asked {
    struct Order {
        std::string field;
        bool isDescending = false;
    };
    std::vector<Condition> conditions;
    std::vector<Order> orders;
    int limit = 0;
};

/// INVALID_ARGUMENT: which condition or order is wrong, and how.
[[nodiscard]] Core::Result<Asked> toAsked(const Query &query);

/// What the document shows of a field; null where there is none.
[[nodiscard]] Core::Value valueOf(const Live::Entry &entry, const std::string &field);
/// Whether the document exists and all conditions hold of it.
[[nodiscard]] bool matches(const Live::Entry &entry, const std::vector<Condition> &conditions);

}  // namespace Satchel::Queries
