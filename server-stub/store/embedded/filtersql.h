// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/filter.h"
#include "sql.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace Satchel::Server {

/// Which SQL expression a list's field is, and where free text is looked for. Expressions are the server's own texts; what a filter says is
/// bound, never written into SQL.
struct FilterColumns {
    std::span<const Core::FilterField> fields;
    std::span<const std::string_view> expressions;  ///< one a field
    std::span<const std::string_view> freeTexts;
    /// The field that a page's beginning bounds from below already: its lower bounds in the filter shall not be what the index is searched
    /// by. -1: none.
    std::ptrdiff_t seekField = -1;
};

/// A condition and what it binds, in the order of its question marks.
struct FilterSql {
    std::string text;
    std::vector<std::variant<std::int64_t, std::string>> values;

    void bindTo(Query &query) const;
};

/// "1" for a filter without conditions.
[[nodiscard]] FilterSql sqlOf(const Core::Filter &filter, const FilterColumns &columns);

/// The text of the first condition field:text that every row must meet; nullptr: none.
[[nodiscard]] const std::string *requiredText(const Core::Filter &filter, std::size_t field);

/// What every row's number in this field is bound by, both ends included.
struct NumberBounds {
    std::int64_t first = INT64_MIN;
    std::int64_t last = INT64_MAX;
};
/// A number that is excluded does not bound.
[[nodiscard]] NumberBounds requiredBounds(const Core::Filter &filter, std::size_t field);

/// Whether no row may have this number in this field.
[[nodiscard]] bool isExcluded(const Core::Filter &filter, std::size_t field, std::int64_t number);

}  // namespace Satchel::Server
