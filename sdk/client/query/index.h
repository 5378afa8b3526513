// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/query/conditions.h"
#include "core/valueorder.h"

#include <QHash>
#include <QStringList>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace Satchel::Queries {

/// A document's place in an index: what it shows of the index's fields, and its key.
struct Row {
    std::vector<Core::Value> values;
    QString key;
};
using RowPtr = std::shared_ptr<const Row>;

/// Where a span of an index begins or ends: rows whose first values are these, and, if given, whose next one is of this kind.
struct Bound {
    std::vector<Core::Value> values;
    std::optional<Core::ValueKind> nextKind;
};

/// By the values, then by the key in code points; each direction may be turned round.
class RowOrder {
public:
    using is_transparent = void;

    RowOrder(std::vector<bool> descending, bool isKeyDescending);

    [[nodiscard]] bool operator()(const RowPtr &a, const RowPtr &b) const { return isBefore(*a, *b); }
    [[nodiscard]] bool operator()(const RowPtr &row, const Bound &bound) const { return std::is_lt(compare(*row, bound)); }
    [[nodiscard]] bool operator()(const Bound &bound, const RowPtr &row) const { return std::is_gt(compare(*row, bound)); }
    [[nodiscard]] bool isBefore(const Row &a, const Row &b) const;

private:
    /// Bounds are of ascending indexes.
    [[nodiscard]] static std::weak_ordering compare(const Row &row, const Bound &bound);

    std::vector<bool> m_descending;  ///< of each value
    bool m_isKeyDescending;
};

/// The documents of a collection that match some conditions, or all, in an order. Follows when it is told which documents have changed.
class Index {
public:
    using Rows = std::set<RowPtr, RowOrder>;

    /// `shelf` outlives the index.
    Index(const Live::Shelf &shelf, std::vector<std::string> fields, RowOrder order, std::vector<Condition> conditions = {});

    [[nodiscard]] const std::vector<std::string> &fields() const { return m_fields; }
    [[nodiscard]] const Rows &rows() const { return m_rows; }
    /// Null if the document is not in the index.
    [[nodiscard]] RowPtr rowOf(const QString &key) const { return m_rowOfKey.value(key); }
    /// Takes the document as it is now. The row stays the same object while its values do.
    void follow(const QString &key);
    /// The same for many; those of an index that is empty are sorted once.
    void follow(const QStringList &keys);

private:
    /// Null if it does not belong here.
    [[nodiscard]] RowPtr makeRow(const QString &key) const;

    const Live::Shelf &m_shelf;
    std::vector<std::string> m_fields;
    RowOrder m_order;
    std::vector<Condition> m_conditions;
    Rows m_rows;
    QHash<QString, RowPtr> m_rowOfKey;
};

}  // namespace Satchel::Queries
