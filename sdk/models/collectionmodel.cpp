// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include <Satchel/collectionmodel.h>

#include <Satchel/collection.h>

#include <QPointer>

#include <algorithm>

namespace Satchel {

struct CollectionModel::Private {
    QPointer<LiveQuery> query;
    QStringList fields;
    bool isEditable = false;

    /// Index in `fields` of what a cell or a role stands for; -1 for anything else.
    [[nodiscard]] qsizetype fieldOf(const QModelIndex &index, int role) const
    {
        const bool isCell = role == Qt::DisplayRole || role == Qt::EditRole;
        const qsizetype field = isCell ? index.column() : role - FirstFieldRole;
        return field >= 0 && field < fields.size() ? field : -1;
    }
};

CollectionModel::CollectionModel(QObject *parent)
    : QAbstractItemModel(parent)
    , d(std::make_unique<Private>())
{
}

CollectionModel::~CollectionModel() = default;

void CollectionModel::setSource(Collection *collection, const Query &query)
{
    const int before = count();
    beginResetModel();
    delete d->query;
    d->query = collection != nullptr ? collection->query(query, this) : nullptr;
    endResetModel();
    if (LiveQuery *list = d->query) {
        connect(list, &LiveQuery::aboutToInsert, this, [this](int first, int last) { beginInsertRows({}, first, last); });
        connect(list, &LiveQuery::inserted, this, &CollectionModel::endInsertRows);
        connect(list, &LiveQuery::aboutToRemove, this, [this](int first, int last) { beginRemoveRows({}, first, last); });
        connect(list, &LiveQuery::removed, this, &CollectionModel::endRemoveRows);
        connect(list, &LiveQuery::aboutToMove, this,
                [this](int from, int to) { beginMoveRows({}, from, from, {}, to > from ? to + 1 : to); });
        connect(list, &LiveQuery::moved, this, &CollectionModel::endMoveRows);
        connect(list, &LiveQuery::changed, this, [this](int row) { Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1)); });
        connect(list, &LiveQuery::countChanged, this, &CollectionModel::countChanged);
    }
    if (before != count()) {
        Q_EMIT countChanged();
    }
}

LiveQuery *CollectionModel::query() const
{
    return d->query;
}

QStringList CollectionModel::fields() const
{
    return d->fields;
}

void CollectionModel::setFields(const QStringList &fields)
{
    if (fields == d->fields) {
        return;
    }
    beginResetModel();
    d->fields = fields;
    endResetModel();
    Q_EMIT fieldsChanged();
}

bool CollectionModel::isEditable() const
{
    return d->isEditable;
}

void CollectionModel::setEditable(bool isEditable)
{
    if (isEditable != d->isEditable) {
        d->isEditable = isEditable;
        Q_EMIT editableChanged();
    }
}

int CollectionModel::count() const
{
    return d->query ? d->query->count() : 0;
}

QVariantMap CollectionModel::get(int row) const
{
    return d->query ? d->query->fields(row) : QVariantMap();
}

QString CollectionModel::key(int row) const
{
    return d->query ? d->query->key(row) : QString();
}

int CollectionModel::indexOf(const QString &key) const
{
    return d->query ? d->query->indexOf(key) : -1;
}

QModelIndex CollectionModel::index(int row, int column, const QModelIndex &parent) const
{
    return hasIndex(row, column, parent) ? createIndex(row, column) : QModelIndex();
}

QModelIndex CollectionModel::parent(const QModelIndex & /*child*/) const
{
    return {};
}

int CollectionModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

int CollectionModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : std::max(1, int(d->fields.size()));
}

QVariant CollectionModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (role == KeyRole || (d->fields.isEmpty() && role == Qt::DisplayRole)) {
        return key(index.row());
    }
    if (role == DocumentRole) {
        return get(index.row());
    }
    const qsizetype field = d->fieldOf(index, role);
    return field < 0 ? QVariant() : get(index.row()).value(d->fields[field]);
}

bool CollectionModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    const qsizetype field = d->fieldOf(index, role);
    if (!d->isEditable || role == Qt::DisplayRole || field < 0 || !checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return false;
    }
    Collection *collection = d->query->collection();
    if (collection == nullptr) {
        return false;
    }
    const QFuture<Result<void>> written = collection->update(key(index.row()), {{d->fields[field], value}});
    // What is wrong with the write itself is known at once.
    return written.resultCount() == 0 || written.result().has_value();
}

Qt::ItemFlags CollectionModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractItemModel::flags(index);
    return index.isValid() && d->isEditable && !d->fields.isEmpty() ? flags | Qt::ItemIsEditable : flags;
}

QVariant CollectionModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount()) {
        return QAbstractItemModel::headerData(section, orientation, role);
    }
    return d->fields.isEmpty() ? QStringLiteral("key") : d->fields[section];
}

QHash<int, QByteArray> CollectionModel::roleNames() const
{
    QHash<int, QByteArray> names = {{KeyRole, QByteArrayLiteral("key")}, {DocumentRole, QByteArrayLiteral("document")}};
    for (qsizetype i = 0; i < d->fields.size(); ++i) {
        names.insert(FirstFieldRole + int(i), d->fields[i].toUtf8());
    }
    return names;
}

}  // namespace Satchel
