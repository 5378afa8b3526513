// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "conditions.h"

#include "client/live/livestate.h"
#include "client/values.h"
#include "core/valueorder.h"
#include "core/view.h"

#include <algorithm>
#include <utility>

namespace Satchel::Queries {

namespace {

Core::Result<std::string> fieldName(const QString &field)
{
    if (field.isEmpty()) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::InvalidName, "a query's field has no name"));
    }
    return toUtf8(field, "a query's field name");
}

bool hasOrder(const Core::Value &value)
{
    const Core::ValueKind kind = Core::kindOf(value);
    return kind != Core::ValueKind::Null && kind != Core::ValueKind::List && kind != Core::ValueKind::Map;
}

Core::Result<void> check(const Condition &condition)
{
    const auto refuse = [&](const std::string &what) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::None, "the query's condition on " + condition.field + " " + what));
    };
    switch (condition.comparison) {
    case Query::Equal:
    case Query::NotEqual:
        return {};
    case Query::Less:
    case Query::LessOrEqual:
    case Query::Greater:
    case Query::GreaterOrEqual:
        return hasOrder(condition.value) ? Core::Result<void>() : refuse("compares with a value that has no less and more");
    case Query::BeginsWith:
        return condition.value.type() == Core::Value::Type::String ? Core::Result<void>() : refuse("needs a text to begin with");
    case Query::Contains:
        return condition.value.isScalar() ? Core::Result<void>() : refuse("looks for a list or map; it can look for a single value");
    }
    return refuse("has a comparison that this version does not know");
}

bool contains(const Core::Value &shown, const Core::Value &wanted)
{
    if (const auto *list = shown.as<Core::Value::List>()) {
        return std::any_of(list->begin(), list->end(), [&](const Core::Value &item) { return std::is_eq(compareValues(item, wanted)); });
    }
    const auto *text = shown.as<std::string>();
    const auto *part = wanted.as<std::string>();
    return text != nullptr && part != nullptr && text->find(*part) != std::string::npos;
}

bool holds(const Condition &condition, const Core::Value &shown)
{
    const auto ordered = [&](auto isWanted) {
        return Core::kindOf(shown) == Core::kindOf(condition.value) && isWanted(compareValues(shown, condition.value));
    };
    switch (condition.comparison) {
    case Query::Equal:
        return std::is_eq(compareValues(shown, condition.value));
    case Query::NotEqual:
        return std::is_neq(compareValues(shown, condition.value));
    case Query::Less:
        return ordered([](std::weak_ordering order) { return std::is_lt(order); });
    case Query::LessOrEqual:
        return ordered([](std::weak_ordering order) { return std::is_lteq(order); });
    case Query::Greater:
        return ordered([](std::weak_ordering order) { return std::is_gt(order); });
    case Query::GreaterOrEqual:
        return ordered([](std::weak_ordering order) { return std::is_gteq(order); });
    case Query::BeginsWith: {
        const auto *text = shown.as<std::string>();
        return text != nullptr && text->starts_with(*condition.value.as<std::string>());
    }
    case Query::Contains:
        return contains(shown, condition.value);
    }
    return false;
}

}  // namespace

Core::Result<Asked> toAsked(const Query &query)
{
    Asked asked;
    const auto conditions = query.conditions();
    for (const Query::Condition &given : conditions) {
        auto field = fieldName(given.field);
        auto value = field ? toValue(given.value) : Core::Result<Core::Value>(Core::failure(field.error()));
        if (!value) {
            return Core::failure(std::move(value.error()));
        }
        Condition condition{std::move(*field), given.comparison, std::move(*value)};
        if (auto checked = check(condition); !checked) {
            return Core::failure(std::move(checked.error()));
        }
        asked.conditions.push_back(std::move(condition));
    }
    const auto orders = query.orders();
    for (const Query::Order &given : orders) {
        auto field = fieldName(given.field);
        if (!field) {
            return Core::failure(std::move(field.error()));
        }
        asked.orders.push_back({std::move(*field), given.direction == Qt::DescendingOrder});
    }
    if (query.limit() < 0) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::None, "the query's limit is negative; 0 is for all"));
    }
    asked.limit = query.limit();
    return asked;
}

Core::Value valueOf(const Live::Entry &entry, const std::string &field)
{
    const Core::FieldState *state = entry.view().find(field);
    if (state == nullptr) {
        return {};
    }
    return Core::shownValue(*state, entry.shelf->policy.kindOf(field)).value_or(Core::Value());
}

bool matches(const Live::Entry &entry, const std::vector<Condition> &conditions)
{
    return Live::LiveState::exists(entry) && std::all_of(conditions.begin(), conditions.end(), [&](const Condition &condition) {
               return holds(condition, valueOf(entry, condition.field));
           });
}

}  // namespace Satchel::Queries
