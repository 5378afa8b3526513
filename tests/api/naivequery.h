// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/collection.h>
#include <Satchel/query.h>

#include <QDateTime>
#include <QList>
#include <QRandomGenerator>
#include <QStringList>
#include <QVariant>

#include <algorithm>
#include <utility>

/// What a query means, looked up in all documents one by one, without anything of the library's.
namespace Satchel::Test {

inline int kindOf(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Bool:
        return 1;
    case QMetaType::LongLong:
    case QMetaType::Double:
        return 2;
    case QMetaType::QDateTime:
        return 3;
    case QMetaType::QString:
        return 4;
    case QMetaType::QVariantList:
        return 6;
    default:
        return 0;
    }
}

/// -1, 0, 1; the pool below has no values that this would not tell apart.
inline int compare(const QVariant &a, const QVariant &b)
{
    const auto sign = [](auto x, auto y) { return x < y ? -1 : (y < x ? 1 : 0); };
    if (kindOf(a) != kindOf(b)) {
        return sign(kindOf(a), kindOf(b));
    }
    switch (kindOf(a)) {
    case 1:
        return sign(a.toBool(), b.toBool());
    case 2:
        return sign(a.toDouble(), b.toDouble());
    case 3:
        return sign(a.toDateTime(), b.toDateTime());
    case 4:
        return sign(a.toString().toUcs4(), b.toString().toUcs4());
    case 6: {
        const QVariantList left = a.toList();
        const QVariantList right = b.toList();
        for (qsizetype i = 0; i < left.size() && i < right.size(); ++i) {
            if (const int item = compare(left[i], right[i]); item != 0) {
                return item;
            }
        }
        return sign(left.size(), right.size());
    }
    default:
        return 0;
    }
}

inline bool holds(const Query::Condition &condition, const QVariant &shown)
{
    const int order = compare(shown, condition.value);
    const bool isSameKind = kindOf(shown) == kindOf(condition.value);
    switch (condition.comparison) {
    case Query::Equal:
        return order == 0;
    case Query::NotEqual:
        return order != 0;
    case Query::Less:
        return isSameKind && order < 0;
    case Query::LessOrEqual:
        return isSameKind && order <= 0;
    case Query::Greater:
        return isSameKind && order > 0;
    case Query::GreaterOrEqual:
        return isSameKind && order >= 0;
    case Query::BeginsWith:
        return isSameKind && shown.toString().startsWith(condition.value.toString());
    case Query::Contains:
        if (kindOf(shown) == 6) {
            const QVariantList items = shown.toList();
            return std::any_of(items.begin(), items.end(), [&](const QVariant &item) { return compare(item, condition.value) == 0; });
        }
        return isSameKind && kindOf(shown) == 4 && shown.toString().contains(condition.value.toString());
    }
    return false;
}

inline QStringList naiveAnswer(const Collection &collection, const Query &query)
{
    const auto documents = collection.list();
    const auto conditions = query.conditions();
    const auto orders = query.orders();
    QStringList keys;
    for (auto it = documents.begin(); it != documents.end(); ++it) {
        const bool isMatch = std::all_of(conditions.begin(), conditions.end(),
                                         [&](const Query::Condition &condition) { return holds(condition, it->value(condition.field)); });
        if (isMatch) {
            keys.append(it.key());
        }
    }
    std::sort(keys.begin(), keys.end(), [&](const QString &a, const QString &b) {
        for (const Query::Order &order : orders) {
            const int compared = compare(documents[a].value(order.field), documents[b].value(order.field));
            if (compared != 0) {
                return (compared < 0) == (order.direction == Qt::AscendingOrder);
            }
        }
        const bool isDescending = !orders.isEmpty() && orders.last().direction == Qt::DescendingOrder;
        return isDescending ? b.toUcs4() < a.toUcs4() : a.toUcs4() < b.toUcs4();
    });
    return query.limit() > 0 ? keys.mid(0, query.limit()) : keys;
}

/// Random documents and queries about the same few fields, keys and values, so that they meet.
class Dice {
public:
    Dice(quint32 seed, QStringList fields)
        : m_random(seed)
        , m_fields(std::move(fields))
    {
    }
    int below(int bound) { return int(m_random.bounded(bound)); }
    template <typename T>
    T pick(const QList<T> &list)
    {
        return list[below(int(list.size()))];
    }

    QVariant value()
    {
        static const QList<QVariant> pool = {1LL,
                                             2LL,
                                             3LL,
                                             2.0,
                                             2.5,
                                             -7LL,
                                             true,
                                             false,
                                             QVariant::fromValue(nullptr),
                                             QStringLiteral("a"),
                                             QStringLiteral("ab"),
                                             QStringLiteral("b"),
                                             QStringLiteral("\uFFFD"),
                                             QStringLiteral("\U0001F600"),
                                             QVariantList{1LL, QStringLiteral("a")},
                                             QDateTime::fromMSecsSinceEpoch(5, Qt::UTC),
                                             QDateTime::fromMSecsSinceEpoch(9, Qt::UTC)};
        return pick(pool);
    }
    QString key() { return QStringLiteral("k%1").arg(below(24)); }

    Query query()
    {
        static const QList<Query::Comparison> ordering = {Query::Less, Query::LessOrEqual, Query::Greater, Query::GreaterOrEqual};
        Query query;
        for (int i = below(3); i > 0; --i) {
            const QString field = pick(m_fields);
            QVariant wanted = value();
            const bool isOrdered = kindOf(wanted) != 0 && kindOf(wanted) != 6;
            switch (below(4)) {
            case 0:
                if (isOrdered) {
                    query.where(field, pick(ordering), wanted);
                }
                break;
            case 1:
                query.where(field, Query::BeginsWith, pick(QList<QString>{QStringLiteral("a"), QStringLiteral("\uFFFD"), QString()}));
                break;
            case 2:
                query.where(field, below(2) == 0 ? Query::NotEqual : Query::Contains, kindOf(wanted) == 6 ? QVariant(1LL) : wanted);
                break;
            default:
                query.where(field, Query::Equal, wanted);
            }
        }
        for (int i = below(3); i > 0; --i) {
            query.orderBy(pick(m_fields), below(2) == 0 ? Qt::AscendingOrder : Qt::DescendingOrder);
        }
        return query.limit(below(2) == 0 ? 0 : 1 + below(8));
    }

private:
    QRandomGenerator m_random;
    QStringList m_fields;
};

}  // namespace Satchel::Test
