// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "index.h"

#include "client/values.h"

#include <algorithm>

namespace Satchel::Queries {

namespace {

bool areSame(const std::vector<Core::Value> &a, const std::vector<Core::Value> &b)
{
    // To the bit, not by order: a row that is kept stands for what the document shows.
    return a == b;
}

}  // namespace

RowOrder::RowOrder(std::vector<bool> descending, bool isKeyDescending)
    : m_descending(std::move(descending))
    , m_isKeyDescending(isKeyDescending)
{
}

bool RowOrder::isBefore(const Row &a, const Row &b) const
{
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        const auto order = compareValues(a.values[i], b.values[i]);
        if (std::is_neq(order)) {
            return std::is_lt(order) != m_descending[i];
        }
    }
    return m_isKeyDescending ? isBeforeInUtf8(b.key, a.key) : isBeforeInUtf8(a.key, b.key);
}

std::weak_ordering RowOrder::compare(const Row &row, const Bound &bound)
{
    for (std::size_t i = 0; i < bound.values.size(); ++i) {
        if (const auto order = compareValues(row.values[i], bound.values[i]); std::is_neq(order)) {
            return order;
        }
    }
    return bound.nextKind ? Core::kindOf(row.values[bound.values.size()]) <=> *bound.nextKind : std::weak_ordering::equivalent;
}

Index::Index(const Live::Shelf &shelf, std::vector<std::string> fields, RowOrder order, std::vector<Condition> conditions)
    : m_shelf(shelf)
    , m_fields(std::move(fields))
    , m_order(order)
    , m_conditions(std::move(conditions))
    , m_rows(std::move(order))
{
}

RowPtr Index::makeRow(const QString &key) const
{
    const Live::Entry *entry = m_shelf.find(key);
    if (entry == nullptr || !matches(*entry, m_conditions)) {
        return nullptr;
    }
    auto row = std::make_shared<Row>();
    row->key = key;
    row->values.reserve(m_fields.size());
    for (const std::string &field : m_fields) {
        row->values.push_back(valueOf(*entry, field));
    }
    return row;
}

void Index::follow(const QString &key)
{
    RowPtr row = makeRow(key);
    const auto known = m_rowOfKey.find(key);
    if (known != m_rowOfKey.end()) {
        if (row && areSame(row->values, (*known)->values)) {
            return;
        }
        m_rows.erase(*known);
        m_rowOfKey.erase(known);
    }
    if (row) {
        m_rows.insert(row);
        m_rowOfKey.insert(key, std::move(row));
    }
}

void Index::follow(const QStringList &keys)
{
    if (!m_rows.empty()) {
        for (const QString &key : keys) {
            follow(key);
        }
        return;
    }
    std::vector<RowPtr> made;
    made.reserve(std::size_t(keys.size()));
    for (const QString &key : keys) {
        if (RowPtr row = makeRow(key)) {
            m_rowOfKey.insert(key, row);
            made.push_back(std::move(row));
        }
    }
    std::sort(made.begin(), made.end(), m_order);
    m_rows = Rows(made.begin(), made.end(), m_order);
}

}  // namespace Satchel::Queries
