// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "clientlink.h"

#include <Satchel/settings.h>

#include <QSet>
#include <QtQml/QQmlParserStatus>
#include <QtQml/qqmlregistration.h>

#include <memory>

namespace Satchel {

/// `Settings` in QML, as QtCore's and Qt.labs.settings': the properties that an app declares in it are kept, here on all devices of the
/// user.
///
///     Settings {
///         client: client
///         category: "window"
///         property alias width: window.width
///         property bool sidebar: true
///     }
///
/// What is kept replaces the declared values when the client is open; what the app has changed before wins. Changes of other devices
/// arrive as changes of the properties.
class QmlSettings : public QObject, public QQmlParserStatus {
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_NAMED_ELEMENT(Settings)
    Q_PROPERTY(Satchel::QmlClient *client READ client WRITE setClient NOTIFY clientChanged)
    /// Read when the object is complete.
    Q_PROPERTY(QString category MEMBER m_category NOTIFY categoryChanged)
    Q_PROPERTY(QString collection MEMBER m_collection NOTIFY collectionChanged)

public:
    explicit QmlSettings(QObject *parent = nullptr);
    ~QmlSettings() override;

    [[nodiscard]] QmlClient *client() const { return m_link.client(); }
    void setClient(QmlClient *client);

    /// For keys without a property, in the category.
    [[nodiscard]] Q_INVOKABLE QVariant value(const QString &key, const QVariant &defaultValue = {}) const;
    Q_INVOKABLE void setValue(const QString &key, const QVariant &value);
    /// As Settings::sync().
    Q_INVOKABLE void sync();

    void classBegin() override { m_isComplete = false; }
    void componentComplete() override;

Q_SIGNALS:
    void clientChanged();
    void categoryChanged();
    void collectionChanged();

private Q_SLOTS:
    /// A property that the app has declared was changed, by whomever.
    void keepChanged();

private:
    void attach();
    void exchange();
    void read(const QString &name);

    ClientLink m_link;
    QString m_category;
    QString m_collection = QStringLiteral("settings");
    std::unique_ptr<Settings> m_settings;
    QVariantMap m_known;
    QSet<QString> m_changed;
    bool m_isComplete = true;
    bool m_isReading = false;
};

}  // namespace Satchel
