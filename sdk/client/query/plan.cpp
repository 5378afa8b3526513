// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "plan.h"

#include <algorithm>

namespace Satchel::Queries {

namespace {

const Condition *equalityOn(const Asked &asked, const std::string &field)
{
    const auto it = std::find_if(asked.conditions.begin(), asked.conditions.end(), [&](const Condition &condition) {
        return condition.field == field && condition.comparison == Query::Equal;
    });
    return it == asked.conditions.end() ? nullptr : &*it;
}

bool isKeyDescending(const Asked &asked)
{
    return !asked.orders.empty() && asked.orders.back().isDescending;
}

/// Text that comes behind all that begin with `text`; empty if there is none.
std::string behind(std::string text)
{
    while (!text.empty() && static_cast<unsigned char>(text.back()) == 0xFF) {
        text.pop_back();
    }
    if (!text.empty()) {
        text.back() = static_cast<char>(static_cast<unsigned char>(text.back()) + 1);
    }
    return text;
}

void raise(Plan &plan, const Bound &prefix, const Core::Value &value, bool isIncluded)
{
    const bool isTighter = plan.low.values.size() == prefix.values.size() || std::is_lt(compareValues(plan.low.values.back(), value));
    if (isTighter) {
        plan.low = prefix;
        plan.low.values.push_back(value);
        plan.isLowIncluded = isIncluded;
    }
}

void lower(Plan &plan, const Bound &prefix, const Core::Value &value, bool isIncluded)
{
    const bool isTighter = plan.high.values.size() == prefix.values.size() || std::is_gt(compareValues(plan.high.values.back(), value));
    if (isTighter) {
        plan.high = prefix;
        plan.high.values.push_back(value);
        plan.isHighIncluded = isIncluded;
    }
}

/// Narrows the span to what a condition on the field behind the prefix allows; false if it allows all.
bool narrow(Plan &plan, const Bound &prefix, const Condition &condition)
{
    switch (condition.comparison) {
    case Query::Less:
    case Query::LessOrEqual:
        lower(plan, prefix, condition.value, condition.comparison == Query::LessOrEqual);
        break;
    case Query::Greater:
    case Query::GreaterOrEqual:
        raise(plan, prefix, condition.value, condition.comparison == Query::GreaterOrEqual);
        break;
    case Query::BeginsWith:
        raise(plan, prefix, condition.value, true);
        if (std::string end = behind(*condition.value.as<std::string>()); !end.empty()) {
            lower(plan, prefix, Core::Value(std::move(end)), false);
        }
        break;
    case Query::Equal:
    case Query::NotEqual:
    case Query::Contains:
        return false;
    }
    // Each of these matches values of one kind only.
    const Core::ValueKind kind = kindOf(condition.value);
    if (plan.low.values.size() == prefix.values.size()) {
        plan.low.nextKind = kind;
    }
    if (plan.high.values.size() == prefix.values.size()) {
        plan.high.nextKind = kind;
    }
    return true;
}

/// How much of the work the index takes off; 0: none.
int worthOf(Plan &plan, const Asked &asked)
{
    const std::vector<std::string> &fields = plan.index->fields();
    Bound prefix;
    for (const std::string &field : fields) {
        const Condition *equality = equalityOn(asked, field);
        if (equality == nullptr) {
            break;
        }
        prefix.values.push_back(equality->value);
    }
    plan.low = prefix;
    plan.high = prefix;
    const std::size_t fixed = prefix.values.size();
    bool isNarrowed = false;
    for (const Condition &condition : asked.conditions) {
        isNarrowed = (fixed < fields.size() && condition.field == fields[fixed] && narrow(plan, prefix, condition)) || isNarrowed;
    }

    std::vector<std::string> ordered;
    bool isOneWay = true;
    for (const Asked::Order &order : asked.orders) {
        if (equalityOn(asked, order.field) == nullptr) {
            ordered.push_back(order.field);
            isOneWay = isOneWay && order.isDescending == isKeyDescending(asked);
        }
    }
    plan.isInOrder = isOneWay && std::equal(fields.begin() + std::ptrdiff_t(fixed), fields.end(), ordered.begin(), ordered.end());
    plan.isReversed = plan.isInOrder && isKeyDescending(asked);

    constexpr int inOrderWorth = 1000;
    return (plan.isInOrder ? inOrderWorth : 0) + 2 * int(fixed) + (isNarrowed ? 1 : 0);
}

}  // namespace

RowOrder orderOf(const Asked &asked)
{
    std::vector<bool> descending;
    for (const Asked::Order &order : asked.orders) {
        descending.push_back(order.isDescending);
    }
    return {std::move(descending), isKeyDescending(asked)};
}

std::vector<std::string> orderFields(const Asked &asked)
{
    std::vector<std::string> fields;
    for (const Asked::Order &order : asked.orders) {
        fields.push_back(order.field);
    }
    return fields;
}

Plan makePlan(const Asked &asked, const std::vector<std::unique_ptr<Index>> &indexes)
{
    Plan best;
    int bestWorth = 0;
    for (const auto &index : indexes) {
        Plan plan;
        plan.index = index.get();
        if (const int worth = worthOf(plan, asked); worth > bestWorth) {
            best = std::move(plan);
            bestWorth = worth;
        }
    }
    return best;
}

bool visitAfter(const Plan &plan, const RowPtr &after, const std::function<bool(const RowPtr &)> &visit)
{
    const Index::Rows &rows = plan.index->rows();
    auto low = plan.isLowIncluded ? rows.lower_bound(plan.low) : rows.upper_bound(plan.low);
    auto high = plan.isHighIncluded ? rows.upper_bound(plan.high) : rows.lower_bound(plan.high);
    if (low == rows.end() || (high != rows.end() && !rows.key_comp()(*low, *high))) {
        return true;
    }
    if (plan.isReversed) {
        auto it = after ? rows.lower_bound(after) : high;
        while (it != low) {
            if (!visit(*--it)) {
                return false;
            }
        }
        return true;
    }
    for (auto it = after ? rows.upper_bound(after) : low; it != high; ++it) {
        if (!visit(*it)) {
            return false;
        }
    }
    return true;
}

}  // namespace Satchel::Queries
