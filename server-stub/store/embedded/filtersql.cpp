// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "filtersql.h"

#include <algorithm>
#include <optional>

namespace Satchel::Server {

using Core::Filter;
using Core::FilterOp;

namespace {

std::string_view symbolOf(FilterOp op)
{
    switch (op) {
    case FilterOp::NotEqual:
        return " <> ?";
    case FilterOp::Less:
        return " < ?";
    case FilterOp::LessOrEqual:
        return " <= ?";
    case FilterOp::Greater:
        return " > ?";
    case FilterOp::GreaterOrEqual:
        return " >= ?";
    default:
        return " = ?";
    }
}

/// The least text that is greater than all that begin with this one; none if there is no greater one.
std::optional<std::string> behindAllWith(std::string prefix)
{
    while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFFU) {
        prefix.pop_back();
    }
    if (prefix.empty()) {
        return std::nullopt;
    }
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
    return prefix;
}

class Writer {
public:
    Writer(const FilterColumns &columns, FilterSql &out)
        : m_columns(columns)
        , m_out(out)
    {
    }

    void write(const Filter &filter)
    {
        switch (filter.kind) {
        case Filter::Kind::All:
            m_out.text += "1";
            break;
        case Filter::Kind::And:
            writeAll(filter.operands, " AND ");
            break;
        case Filter::Kind::Or:
            writeAll(filter.operands, " OR ");
            break;
        case Filter::Kind::Not:
            m_out.text += "NOT (";
            write(filter.operands.front());
            m_out.text += ")";
            break;
        case Filter::Kind::Free:
            writeFree(filter.text);
            break;
        case Filter::Kind::Term:
            writeTerm(filter);
            break;
        }
    }

private:
    void writeAll(const std::vector<Filter> &operands, std::string_view between)
    {
        m_out.text += "(";
        for (std::size_t i = 0; i < operands.size(); ++i) {
            m_out.text += i == 0 ? "" : between;
            write(operands[i]);
        }
        m_out.text += ")";
    }

    void writeFree(const std::string &text)
    {
        m_out.text += "(";
        for (std::size_t i = 0; i < m_columns.freeTexts.size(); ++i) {
            m_out.text += i == 0 ? "" : " OR ";
            writeContains(m_columns.freeTexts[i], text);
        }
        m_out.text += ")";
    }

    void writeContains(std::string_view expression, const std::string &text)
    {
        m_out.text += "instr(" + std::string(expression) + ", ?) > 0";
        m_out.values.emplace_back(text);
    }

    void writeTerm(const Filter &term)
    {
        const std::string expression(m_columns.expressions[term.field]);
        if (m_columns.fields[term.field].type != Core::FilterType::Text) {
            m_out.text += expression;
            m_out.text += symbolOf(term.op);
            m_out.values.emplace_back(term.number);
            return;
        }
        const bool isSeek = static_cast<std::ptrdiff_t>(term.field) == m_columns.seekField;
        const std::string lower = isSeek ? "+" + expression : expression;
        switch (term.op) {
        case FilterOp::Prefix:
            writePrefix(expression, lower, term.text);
            break;
        case FilterOp::Suffix:
            if (term.text.empty()) {
                m_out.text += "1";
                break;
            }
            m_out.text += "(length(" + expression + ") >= ? AND substr(" + expression + ", -?) = ?)";
            m_out.values.emplace_back(static_cast<std::int64_t>(term.text.size()));
            m_out.values.emplace_back(static_cast<std::int64_t>(term.text.size()));
            m_out.values.emplace_back(term.text);
            break;
        case FilterOp::Contains:
            writeContains(expression, term.text);
            break;
        default:
            m_out.text += term.op == FilterOp::Greater || term.op == FilterOp::GreaterOrEqual ? lower : expression;
            m_out.text += symbolOf(term.op);
            m_out.values.emplace_back(term.text);
            break;
        }
    }

    void writePrefix(const std::string &expression, const std::string &lower, const std::string &prefix)
    {
        m_out.text += "(" + lower + " >= ?";
        m_out.values.emplace_back(prefix);
        if (auto end = behindAllWith(prefix)) {
            m_out.text += " AND " + expression + " < ?";
            m_out.values.emplace_back(std::move(*end));
        }
        m_out.text += ")";
    }

    const FilterColumns &m_columns;
    FilterSql &m_out;
};

/// Calls for every term that all rows must meet.
template <typename F>
void forEachRequired(const Filter &filter, std::size_t field, F function)
{
    if (filter.kind == Filter::Kind::Term && filter.field == field) {
        function(filter);
    } else if (filter.kind == Filter::Kind::And) {
        for (const Filter &operand : filter.operands) {
            forEachRequired(operand, field, function);
        }
    }
}

}  // namespace

void FilterSql::bindTo(Query &query) const
{
    for (const auto &value : values) {
        std::visit(
            [&query](const auto &one) {
                if constexpr (std::is_same_v<std::decay_t<decltype(one)>, std::string>) {
                    query << std::string_view(one);
                } else {
                    query << one;
                }
            },
            value);
    }
}

FilterSql sqlOf(const Filter &filter, const FilterColumns &columns)
{
    FilterSql out;
    Writer(columns, out).write(filter);
    return out;
}

const std::string *requiredText(const Filter &filter, std::size_t field)
{
    const std::string *out = nullptr;
    forEachRequired(filter, field, [&out](const Filter &term) {
        if (out == nullptr && term.op == FilterOp::Equal) {
            out = &term.text;
        }
    });
    return out;
}

bool isExcluded(const Filter &filter, std::size_t field, std::int64_t number)
{
    bool out = false;
    forEachRequired(filter, field, [&](const Filter &term) { out = out || (term.op == FilterOp::NotEqual && term.number == number); });
    return out;
}

NumberBounds requiredBounds(const Filter &filter, std::size_t field)
{
    NumberBounds out;
    forEachRequired(filter, field, [&out](const Filter &term) {
        const bool isAbove = term.op == FilterOp::Greater;
        const bool isBelow = term.op == FilterOp::Less;
        if (isAbove || term.op == FilterOp::GreaterOrEqual || term.op == FilterOp::Equal) {
            out.first = std::max(out.first, isAbove && term.number < INT64_MAX ? term.number + 1 : term.number);
        }
        if (isBelow || term.op == FilterOp::LessOrEqual || term.op == FilterOp::Equal) {
            out.last = std::min(out.last, isBelow && term.number > INT64_MIN ? term.number - 1 : term.number);
        }
    });
    return out;
}

}  // namespace Satchel::Server
