// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "clientlink.h"
#include "statevalues.h"

#include <Satchel/document.h>

#include <QPointer>
#include <QVariantMap>
#include <QtQml/QQmlParserStatus>
#include <QtQml/qqmlregistration.h>

namespace Satchel {

/// `StateDocument` in QML: one document whose fields are properties of `values`, read by bindings and written by assignment.
///
///     StateDocument {
///         id: editor
///         client: client
///         collection: "preferences"
///         key: "editor"
///         defaults: ({ theme: "light", fontSize: 12 })
///     }
///     Switch { checked: editor.values.theme === "dark"; onToggled: editor.values.theme = checked ? "dark" : "light" }
///
/// A field without a default becomes a property when it is first there. What is assigned before the client is open is written when it is.
/// What the client refuses is shown again as it was.
class StateDocument : public QObject, public QQmlParserStatus {
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_ELEMENT
    Q_PROPERTY(Satchel::QmlClient *client READ client WRITE setClient NOTIFY clientChanged)
    Q_PROPERTY(QString collection READ collection WRITE setCollection NOTIFY collectionChanged)
    Q_PROPERTY(QString key READ key WRITE setKey NOTIFY keyChanged)
    Q_PROPERTY(QVariantMap defaults READ defaults WRITE setDefaults NOTIFY defaultsChanged)
    /// A StateValues; of no type that tools know, since its properties are the document's.
    Q_PROPERTY(QVariant values READ values CONSTANT)
    Q_PROPERTY(bool exists READ exists NOTIFY changed)
    Q_PROPERTY(bool pending READ isPending NOTIFY changed)

public:
    explicit StateDocument(QObject *parent = nullptr);

    [[nodiscard]] QmlClient *client() const { return m_link.client(); }
    void setClient(QmlClient *client);
    [[nodiscard]] QString collection() const { return m_collection; }
    void setCollection(const QString &collection);
    [[nodiscard]] QString key() const { return m_key; }
    void setKey(const QString &key);
    [[nodiscard]] QVariantMap defaults() const { return m_defaults; }
    void setDefaults(const QVariantMap &defaults);
    [[nodiscard]] QVariant values() { return QVariant::fromValue<QObject *>(&m_values); }
    [[nodiscard]] bool exists() const { return m_document && m_document->exists(); }
    [[nodiscard]] bool isPending() const;

    Q_INVOKABLE void remove();

    void classBegin() override { m_isComplete = false; }
    void componentComplete() override;

Q_SIGNALS:
    void clientChanged();
    void collectionChanged();
    void keyChanged();
    void defaultsChanged();
    void changed();

private:
    /// Watches what client, collection and key name now.
    void attach();
    void show();
    /// Writes what was assigned, once the client is open.
    void write();

    ClientLink m_link;
    QString m_collection;
    QString m_key;
    QVariantMap m_defaults;
    QVariantMap m_assigned;
    StateValues m_values;
    QPointer<Document> m_document;
    bool m_isComplete = true;
};

}  // namespace Satchel
