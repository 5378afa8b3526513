// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/query.h>
#include <Satchel/satchelglobal.h>

#include <QtCore/QAbstractItemModel>
#include <QtCore/QStringList>

#include <memory>

namespace Satchel {

class Collection;

/// The results of a query as an item model: a row for each document, a column and a role for each field asked for. For views of Widgets and
/// for QML alike, where a delegate reads `model.title`.
///
///     Satchel::CollectionModel model;
///     model.setFields({"title", "due"});
///     model.setSource(client.collection("tasks"), Satchel::Query().orderBy("due"));
///     view->setModel(&model);
///
/// Changes come as single insertions, removals, moves and changes of rows, and keep selections and scroll positions: the model is reset by
/// setSource() and setFields() alone. However much arrives, the app's thread is not held up; see LiveQuery. Of the client's thread; when
/// the client is gone its rows stay and hold nothing.
class SATCHEL_EXPORT CollectionModel : public QAbstractItemModel {
    Q_OBJECT
    Q_PROPERTY(QStringList fields READ fields WRITE setFields NOTIFY fieldsChanged)
    Q_PROPERTY(bool editable READ isEditable WRITE setEditable NOTIFY editableChanged)
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Role {
        KeyRole = Qt::UserRole,              ///< "key"
        DocumentRole,                        ///< "document": all fields, as Collection::get() gives them
        FirstFieldRole = Qt::UserRole + 16,  ///< the first of fields(), named as it is; the next ones follow
    };
    Q_ENUM(Role)

    explicit CollectionModel(QObject *parent = nullptr);
    ~CollectionModel() override;

    /// What the rows are; null: nothing. A query that cannot be asked gives no rows, and query()->error() says why.
    void setSource(Collection *collection, const Query &query = {});
    /// Null without a source.
    [[nodiscard]] LiveQuery *query() const;

    /// Columns and roles. Without any there is one column, of the keys. A field named "key" or "document" is reached by its column.
    [[nodiscard]] QStringList fields() const;
    void setFields(const QStringList &fields);
    /// Whether views may edit: setData() then updates the document, as Collection::update() would. Off at first.
    [[nodiscard]] bool isEditable() const;
    void setEditable(bool isEditable);

    [[nodiscard]] int count() const;
    /// All fields of a row's document; empty for a row that is not there.
    [[nodiscard]] Q_INVOKABLE QVariantMap get(int row) const;
    [[nodiscard]] Q_INVOKABLE QString key(int row) const;
    /// -1 if the document is not in the model.
    [[nodiscard]] Q_INVOKABLE int indexOf(const QString &key) const;

    using QObject::parent;
    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &child) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    /// Of a cell (Qt::EditRole) or by a field's role. False if it is not editable, or if the document cannot hold the value, which leaves
    /// it as it is; a write that fails later is told as any is: Client::writeRefused().
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void fieldsChanged();
    void editableChanged();
    void countChanged();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel
