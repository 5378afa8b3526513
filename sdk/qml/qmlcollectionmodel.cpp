// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "qmlcollectionmodel.h"

#include <Satchel/collection.h>

#include <QHash>
#include <QJSValue>

#include <utility>

namespace Satchel {

namespace {

/// Nothing and a message where the list of a condition is none.
std::optional<Query> toQuery(const QVariantList &where, const QStringList &orderBy, int limit, QString &message)
{
    static const QHash<QString, Query::Comparison> comparisons = {
        {QStringLiteral("=="), Query::Equal},
        {QStringLiteral("!="), Query::NotEqual},
        {QStringLiteral("<"), Query::Less},
        {QStringLiteral("<="), Query::LessOrEqual},
        {QStringLiteral(">"), Query::Greater},
        {QStringLiteral(">="), Query::GreaterOrEqual},
        {QStringLiteral("beginsWith"), Query::BeginsWith},
        {QStringLiteral("contains"), Query::Contains},
    };
    Query query;
    for (const QVariant &item : where) {
        const QVariantList condition = item.toList();
        if (condition.size() != 3 || !comparisons.contains(condition[1].toString())) {
            message = QStringLiteral(
                "CollectionModel.where takes lists of a field, a comparison (== != < <= > >= beginsWith contains) and a value");
            return std::nullopt;
        }
        query.where(condition[0].toString(), comparisons.value(condition[1].toString()), condition[2]);
    }
    for (const QString &order : orderBy) {
        const bool isDescending = order.startsWith(QLatin1Char('-'));
        query.orderBy(isDescending ? order.mid(1) : order, isDescending ? Qt::DescendingOrder : Qt::AscendingOrder);
    }
    return query.limit(limit);
}

}  // namespace

QmlCollectionModel::QmlCollectionModel(QObject *parent)
    : CollectionModel(parent)
{
    connect(this, &QmlCollectionModel::sourceChanged, this, &QmlCollectionModel::ask);
}

void QmlCollectionModel::setClient(QmlClient *client)
{
    if (m_link.set(client, this, &QmlCollectionModel::ask)) {
        Q_EMIT sourceChanged();
    }
}

void QmlCollectionModel::componentComplete()
{
    m_isComplete = true;
    ask();
}

void QmlCollectionModel::ask()
{
    if (!m_isComplete) {
        return;
    }
    Client *source = m_link.source();
    QString message;
    const auto query = toQuery(m_where, m_orderBy, m_limit, message);
    const bool canAsk = source != nullptr && query && !m_collection.isEmpty();
    setSource(canAsk ? source->collection(m_collection) : nullptr, query.value_or(Query()));
    if (canAsk && this->query()->error()) {
        message = this->query()->error()->message();
    }
    if (std::exchange(m_errorMessage, message) != message) {
        Q_EMIT errorMessageChanged();
    }
}

}  // namespace Satchel
