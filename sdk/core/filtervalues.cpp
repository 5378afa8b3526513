// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "filtervalues.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace Satchel::Core {

namespace {

using std::chrono::milliseconds;

constexpr std::string_view timeHelp = "a time is now, -7d (also s, m, h, w), 2026-11-23 or 2026-11-23T18:00 (UTC)";

/// From its first to its last millisecond; a number is one.
struct Range {
    std::int64_t first = 0;
    std::int64_t last = 0;
};

template <typename T>
std::optional<T> wholeNumber(std::string_view text)
{
    T out{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return out;
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count)
{
    if (at + count > text.size() ||
        !std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(at + count),
                     [](char c) { return c >= '0' && c <= '9'; })) {
        return std::nullopt;
    }
    return wholeNumber<int>(text.substr(at, count));
}

std::optional<Range> relativeTime(std::string_view text, milliseconds now)
{
    if (text.size() < 3 || text.front() != '-') {
        return std::nullopt;
    }
    constexpr std::pair<char, std::int64_t> units[] = {{'s', 1000}, {'m', 60'000}, {'h', 3'600'000}, {'d', 86'400'000}, {'w', 604'800'000}};
    const auto unit = std::find_if(std::begin(units), std::end(units), [&](const auto &one) { return one.first == text.back(); });
    const auto count = wholeNumber<std::int64_t>(text.substr(1, text.size() - 2));
    constexpr std::int64_t countMax = 1'000'000;
    if (unit == std::end(units) || !count || *count < 0 || *count > countMax) {
        return std::nullopt;
    }
    const std::int64_t then = now.count() - *count * unit->second;
    return Range{then, then};
}

/// 2026-11-23, 2026-11-23T18:00, 2026-11-23T18:00:30, with or without Z.
std::optional<Range> calendarTime(std::string_view text)
{
    if (!text.empty() && text.back() == 'Z') {
        text.remove_suffix(1);
    }
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    if (!year || !month || !day || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) {
        return std::nullopt;
    }
    const std::int64_t midnight = milliseconds(std::chrono::sys_days(date).time_since_epoch()).count();
    constexpr std::size_t dateLength = 10;
    constexpr std::size_t minuteLength = 16;
    constexpr std::size_t secondLength = 19;
    if (text.size() == dateLength) {
        return Range{midnight, midnight + 86'400'000 - 1};
    }
    const auto hour = digits(text, 11, 2);
    const auto minute = digits(text, 14, 2);
    const bool isSecond = text.size() == secondLength;
    const auto second = isSecond ? digits(text, 17, 2) : std::optional<int>(0);
    if ((!isSecond && text.size() != minuteLength) || text[dateLength] != 'T' || !hour || !minute || !second || text[13] != ':' ||
        (isSecond && text[minuteLength] != ':') || *hour > 23 || *minute > 59 || *second > 59) {
        return std::nullopt;
    }
    const std::int64_t first = midnight + ((*hour * 60 + *minute) * 60 + *second) * std::int64_t{1000};
    return Range{first, first + (isSecond ? 1000 : 60'000) - 1};
}

std::optional<Range> rangeOf(const FilterField &field, std::string_view text, milliseconds now)
{
    if (field.type == FilterType::Number) {
        const auto number = wholeNumber<std::int64_t>(text);
        return number ? std::optional<Range>(Range{*number, *number}) : std::nullopt;
    }
    if (text == "now") {
        return Range{now.count(), now.count()};
    }
    const auto relative = relativeTime(text, now);
    return relative ? relative : calendarTime(text);
}

Filter termOf(std::size_t field, FilterOp op, std::int64_t number)
{
    Filter out;
    out.kind = Filter::Kind::Term;
    out.field = field;
    out.op = op;
    out.number = number;
    return out;
}

Filter both(Filter::Kind kind, Filter first, Filter second)
{
    Filter out;
    out.kind = kind;
    out.operands.push_back(std::move(first));
    out.operands.push_back(std::move(second));
    return out;
}

std::optional<FilterOp> opOf(std::string_view text)
{
    constexpr std::pair<std::string_view, FilterOp> ops[] = {
        {":", FilterOp::Equal},   {"=", FilterOp::Equal},        {"!=", FilterOp::NotEqual},      {"<", FilterOp::Less},
        {">", FilterOp::Greater}, {"<=", FilterOp::LessOrEqual}, {">=", FilterOp::GreaterOrEqual}};
    const auto found = std::find_if(std::begin(ops), std::end(ops), [&](const auto &one) { return one.first == text; });
    return found == std::end(ops) ? std::nullopt : std::optional<FilterOp>(found->second);
}

bool isOrdering(FilterOp op)
{
    return op != FilterOp::Equal && op != FilterOp::NotEqual;
}

tl::unexpected<FilterValueError> wrongValue(std::string message)
{
    return tl::unexpected(FilterValueError{false, std::move(message)});
}

tl::expected<Filter, FilterValueError> textComparison(const FilterOperand &operand, FilterOp op)
{
    Filter out;
    out.kind = Filter::Kind::Term;
    out.field = operand.field;
    out.op = op;
    out.text = operand.text;
    if (!operand.hasStarBefore && !operand.hasStarBehind) {
        return out;
    }
    if (isOrdering(op)) {
        return tl::unexpected(FilterValueError{true, "a text with * cannot be ordered; write field:text*"});
    }
    out.op = operand.hasStarBefore ? (operand.hasStarBehind ? FilterOp::Contains : FilterOp::Suffix) : FilterOp::Prefix;
    if (op == FilterOp::NotEqual) {
        Filter negated;
        negated.kind = Filter::Kind::Not;
        negated.operands.push_back(std::move(out));
        return negated;
    }
    return out;
}

tl::expected<Filter, FilterValueError> namedComparison(const FilterField &field, const FilterOperand &operand, FilterOp op)
{
    if (isOrdering(op)) {
        return tl::unexpected(FilterValueError{true, std::string(field.name) + " takes : and != only"});
    }
    if (field.type == FilterType::Flag) {
        if (operand.text == "yes" || operand.text == "no") {
            return termOf(operand.field, op, operand.text == "yes" ? 1 : 0);
        }
        return wrongValue(std::string(field.name) + " is yes or no");
    }
    std::string allowed;
    for (std::size_t i = 0; i < field.names.size(); ++i) {
        if (field.names[i] == operand.text) {
            return termOf(operand.field, op, field.numbers[i]);
        }
        allowed += (allowed.empty() ? "" : ", ") + std::string(field.names[i]);
    }
    return wrongValue(std::string(field.name) + " is one of " + allowed);
}

Filter rangedComparison(std::size_t field, FilterOp op, const Range &range)
{
    switch (op) {
    case FilterOp::Less:
    case FilterOp::GreaterOrEqual:
        return termOf(field, op, range.first);
    case FilterOp::Greater:
    case FilterOp::LessOrEqual:
        return termOf(field, op, range.last);
    default:
        break;
    }
    const bool isEqual = op == FilterOp::Equal;
    if (range.first == range.last) {
        return termOf(field, op, range.first);
    }
    return isEqual ? both(Filter::Kind::And, termOf(field, FilterOp::GreaterOrEqual, range.first),
                          termOf(field, FilterOp::LessOrEqual, range.last))
                   : both(Filter::Kind::Or, termOf(field, FilterOp::Less, range.first), termOf(field, FilterOp::Greater, range.last));
}

/// a..b, a.. or ..b; both ends belong to it.
tl::expected<Filter, FilterValueError> spanComparison(const FilterField &field, const FilterOperand &operand, FilterOp op, std::size_t dots,
                                                      milliseconds now)
{
    if (op != FilterOp::Equal) {
        return tl::unexpected(FilterValueError{true, "a range goes with : only, as in " + std::string(field.name) + ":" + operand.text});
    }
    const std::string_view text = operand.text;
    const std::string_view from = text.substr(0, dots);
    const std::string_view to = text.substr(dots + 2);
    const auto first = rangeOf(field, from, now);
    const auto last = rangeOf(field, to, now);
    if ((!from.empty() && !first) || (!to.empty() && !last) || (from.empty() && to.empty())) {
        return wrongValue(field.type == FilterType::Time ? "this is no range of times; " + std::string(timeHelp)
                                                         : std::string("this is no range of numbers; write 1..9, 1.. or ..9"));
    }
    if (to.empty()) {
        return termOf(operand.field, FilterOp::GreaterOrEqual, first->first);
    }
    Filter end = termOf(operand.field, FilterOp::LessOrEqual, last->last);
    return from.empty() ? end : both(Filter::Kind::And, termOf(operand.field, FilterOp::GreaterOrEqual, first->first), std::move(end));
}

}  // namespace

bool isDateBeforeColon(std::string_view text)
{
    constexpr std::size_t hourLength = 13;
    constexpr std::size_t minuteLength = 16;
    if (const std::size_t dots = text.rfind(".."); dots != std::string_view::npos) {
        text.remove_prefix(dots + 2);
    }
    const bool isLong = text.size() == minuteLength;
    return (text.size() == hourLength || isLong) && digits(text, 0, 4) && text[4] == '-' && text[7] == '-' && text[10] == 'T' &&
           digits(text, 11, 2) && (!isLong || text[13] == ':');
}

tl::expected<Filter, FilterValueError> comparisonOf(const FilterField &field, const FilterOperand &operand, milliseconds now)
{
    const auto op = opOf(operand.op);
    if (!op) {
        return tl::unexpected(FilterValueError{true, operand.op + " is no comparison; there are : = != < <= > >="});
    }
    if (field.type == FilterType::Text) {
        return textComparison(operand, *op);
    }
    if (operand.hasStarBefore || operand.hasStarBehind) {
        return wrongValue("* is for texts; " + std::string(field.name) + " is none");
    }
    if (field.type == FilterType::Flag || field.type == FilterType::Name) {
        return namedComparison(field, operand, *op);
    }
    if (const std::size_t dots = operand.text.find(".."); dots != std::string::npos) {
        return spanComparison(field, operand, *op, dots, now);
    }
    const auto range = rangeOf(field, operand.text, now);
    if (!range) {
        return wrongValue(field.type == FilterType::Time ? std::string(timeHelp) : std::string(field.name) + " is a whole number");
    }
    return rangedComparison(operand.field, *op, *range);
}

}  // namespace Satchel::Core
