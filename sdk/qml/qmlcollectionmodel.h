// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "clientlink.h"

#include <Satchel/collectionmodel.h>

#include <QVariantList>
#include <QtQml/QQmlParserStatus>
#include <QtQml/qqmlregistration.h>

namespace Satchel {

/// `CollectionModel` in QML.
///
///     ListView {
///         model: CollectionModel {
///             client: client
///             collection: "tasks"
///             where: [["done", "==", false]]
///             orderBy: ["-due", "title"]
///             fields: ["title", "due"]
///         }
///         delegate: Label { required property string title; text: title }
///     }
class QmlCollectionModel : public Satchel::CollectionModel, public QQmlParserStatus {
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_NAMED_ELEMENT(CollectionModel)
    Q_PROPERTY(Satchel::QmlClient *client READ client WRITE setClient NOTIFY sourceChanged)
    Q_PROPERTY(QString collection MEMBER m_collection NOTIFY sourceChanged)
    /// Lists of field, comparison ("==", "!=", "<", "<=", ">", ">=", "beginsWith", "contains") and value; all have to hold.
    Q_PROPERTY(QVariantList where MEMBER m_where NOTIFY sourceChanged)
    /// Fields; with a minus before it, the greatest first.
    Q_PROPERTY(QStringList orderBy MEMBER m_orderBy NOTIFY sourceChanged)
    /// 0: all.
    Q_PROPERTY(int limit MEMBER m_limit NOTIFY sourceChanged)
    /// What is wrong with the query, or empty.
    Q_PROPERTY(QString errorMessage READ errorMessage NOTIFY errorMessageChanged)

public:
    explicit QmlCollectionModel(QObject *parent = nullptr);

    [[nodiscard]] QmlClient *client() const { return m_link.client(); }
    void setClient(QmlClient *client);
    [[nodiscard]] QString errorMessage() const { return m_errorMessage; }

    void classBegin() override { m_isComplete = false; }
    void componentComplete() override;

Q_SIGNALS:
    void sourceChanged();
    void errorMessageChanged();

private:
    void ask();

    ClientLink m_link;
    QString m_collection;
    QVariantList m_where;
    QStringList m_orderBy;
    int m_limit = 0;
    QString m_errorMessage;
    bool m_isComplete = true;
};

}  // namespace Satchel
