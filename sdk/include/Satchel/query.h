// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/error.h>
#include <Satchel/satchelglobal.h>

#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QVariant>

#include <memory>
#include <optional>

namespace Satchel {

class Collection;

/// Which documents of a collection, and in what order. A plain value of any thread; Collection::query() and find() ask it.
///
///     Satchel::Query open;
///     open.where("done", Satchel::Query::Equal, false).orderBy("due").limit(50);
///
/// Fields are the documents' own (top-level) fields. Values are ordered: null and fields that are not there, false, true, numbers by
/// value (1 and 1.0 are the same), times, texts by code points, bytes, lists, maps.
class SATCHEL_EXPORT Query {
    Q_GADGET
public:
    enum Comparison {
        Equal,     ///< a null matches fields that are not there, too
        NotEqual,  ///< all that Equal leaves
        Less,      ///< this and the next three match values of the same kind only: a number is not less than a text
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        BeginsWith,  ///< texts
        Contains,    ///< a text with this text in it; a list or set with this element
    };
    Q_ENUM(Comparison)

    struct Condition {
        QString field;
        Comparison comparison = Equal;
        QVariant value;
        friend bool operator==(const Condition &, const Condition &) = default;
    };
    struct Order {
        QString field;
        Qt::SortOrder direction = Qt::AscendingOrder;
        friend bool operator==(const Order &, const Order &) = default;
    };

    /// All conditions hold of each result.
    Query &where(const QString &field, Comparison comparison, const QVariant &value);
    /// By the first field, then by the next. Documents that are equal in all, and those of a query without an order, come by their keys'
    /// code points; descending if the last order is.
    Query &orderBy(const QString &field, Qt::SortOrder direction = Qt::AscendingOrder);
    /// The first so many; 0: all.
    Query &limit(int count);

    [[nodiscard]] QList<Condition> conditions() const { return m_conditions; }
    [[nodiscard]] QList<Order> orders() const { return m_orders; }
    [[nodiscard]] int limit() const { return m_limit; }

    friend bool operator==(const Query &, const Query &) = default;

private:
    QList<Condition> m_conditions;
    QList<Order> m_orders;
    int m_limit = 0;
};

/// The results of a query, kept up to date: a list of keys whose changes are told one by one, each as small as it can be. Made by
/// Collection::query(). Of the client's thread.
///
/// With an index (ClientOptions::indexes) whose fields are those of the Equal conditions followed by those of the order, the first results
/// cost what they are, not what the collection has. An index that begins with fields of conditions narrows what is looked at. Without one,
/// every document is looked at once.
///
/// Results follow the documents in the next turn of the event loop, as Collection::changed() does. Much at once is worked off in slices of
/// a few milliseconds between other events, so that no transaction from the server, however large, holds up the app's thread: meanwhile
/// the list is consistent in itself, and behind the documents.
class SATCHEL_EXPORT LiveQuery : public QObject {
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(bool upToDate READ isUpToDate NOTIFY upToDateChanged)

public:
    ~LiveQuery() override;

    [[nodiscard]] Query query() const;
    /// Null when the client is gone; the list then stays as it was, and fields() is empty.
    [[nodiscard]] Collection *collection() const;
    /// INVALID_ARGUMENT: the query cannot be asked (a value that no field can hold; Less and the like of something without an order;
    /// a negative limit), and the list stays empty.
    [[nodiscard]] std::optional<Error> error() const;
    /// Whether the list shows all documents as they were at the last Collection::changed().
    [[nodiscard]] bool isUpToDate() const;

    [[nodiscard]] int count() const;
    [[nodiscard]] QString key(int row) const;
    [[nodiscard]] QStringList keys() const;
    /// -1 if it is not in the list.
    [[nodiscard]] int indexOf(const QString &key) const;
    /// As Collection::get() would answer now; empty if the document is gone and its row has not followed yet.
    [[nodiscard]] QVariantMap fields(int row) const;

Q_SIGNALS:
    /// Before and after each change of the list; rows count from 0, `last` is included.
    void aboutToInsert(int first, int last);
    void inserted(int first, int last);
    void aboutToRemove(int first, int last);
    void removed(int first, int last);
    /// `to` is the row that it has afterwards.
    void aboutToMove(int from, int to);
    void moved(int from, int to);
    /// A document has other fields than before, and its place is the same. One that moves and changes is signalled for both.
    void changed(int row);
    void countChanged();
    void upToDateChanged();

private:
    friend class Collection;
    struct Private;
    explicit LiveQuery(std::unique_ptr<Private> d, QObject *parent);
    std::unique_ptr<Private> d;
};

}  // namespace Satchel
