// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The filter line of every list: `user:an* seen>-7d (conflicts>0 OR NOT platform:android) "free text"`. docs/filters.md is its reference.
/// Pure and thread-safe.
namespace Satchel::Core {

inline constexpr std::size_t filterBytesMax = 2048;
inline constexpr std::size_t filterTermsMax = 64;
inline constexpr std::size_t filterDepthMax = 16;

enum class FilterType : std::uint8_t {
    Text,    ///< bytes, compared as they are
    Number,  ///< int64
    Time,    ///< milliseconds since 1970
    Flag,    ///< yes or no
    Name,    ///< one of `FilterField::names`; compared as its number there
};

/// A column that a list can be filtered by.
struct FilterField {
    std::string_view name;
    FilterType type = FilterType::Text;
    std::string_view help;                         ///< for completion
    std::span<const std::string_view> names = {};  ///< of FilterType::Name
    std::span<const std::int64_t> numbers = {};    ///< what each name stands for
};

enum class FilterOp : std::uint8_t { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, Prefix, Suffix, Contains };

/// A parsed filter: a tree.
struct Filter {
    enum class Kind : std::uint8_t {
        All,   ///< no condition
        And,   ///< of `operands`, two or more
        Or,    ///< of `operands`, two or more
        Not,   ///< of the one operand
        Term,  ///< `field` `op` `text` or `number`
        Free,  ///< `text` is contained in a column that free text is looked for in
    };

    Kind kind = Kind::All;
    std::vector<Filter> operands;
    std::size_t field = 0;  ///< index of the list's fields
    FilterOp op = FilterOp::Equal;
    std::string text;         ///< of FilterType::Text, and of Free
    std::int64_t number = 0;  ///< of the other types

    [[nodiscard]] bool isAll() const { return kind == Kind::All; }
    friend bool operator==(const Filter &, const Filter &) = default;
};

/// Where a text is no filter, and what to do about it.
struct FilterError {
    std::size_t column = 0;  ///< from 1, in characters
    std::size_t length = 0;  ///< characters, for a mark under them; at least 1
    std::string message;     ///< a sentence without its place
};

/// Relative times count from `now`.
[[nodiscard]] tl::expected<Filter, FilterError> parseFilter(std::string_view text, std::span<const FilterField> fields,
                                                            std::chrono::milliseconds now);
/// INVALID_ARGUMENT/MALFORMED_INPUT: "filter, column 7: ...".
[[nodiscard]] Error toError(const FilterError &error);

/// What a row says of its fields; `text` for FilterType::Text, `number` for the others.
struct FilterRow {
    std::function<std::string_view(std::size_t field)> text;
    std::function<std::int64_t(std::size_t field)> number;
    std::vector<std::string_view> freeTexts;
};

[[nodiscard]] bool matches(const Filter &filter, std::span<const FilterField> fields, const FilterRow &row);

}  // namespace Satchel::Core
