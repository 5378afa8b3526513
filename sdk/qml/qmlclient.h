// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "qmlsyncstatus.h"

#include <Satchel/client.h>

#include <QPointer>
#include <QUrl>
#include <QVariantMap>
#include <QtQml/QQmlParserStatus>
#include <QtQml/qqmlregistration.h>

#include <memory>

namespace Satchel {

/// `Client` in QML: a Satchel::Client made from properties, or one that the app has made in C++ (`source`).
///
///     Client {
///         id: client
///         serverUrl: "https://sync.example.com"
///         user: "anna"
///         token: session.token
///     }
///
/// It opens when it is complete. Options are read then; of later changes only `token` counts, which sync goes on with. Without `keyFile`
/// and `passphrase` the key is kept in the system's keychain.
class QmlClient : public QObject, public QQmlParserStatus {
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_NAMED_ELEMENT(Client)
    Q_PROPERTY(Satchel::Client *source READ source WRITE setSource NOTIFY sourceChanged)
    Q_PROPERTY(QUrl serverUrl MEMBER m_serverUrl NOTIFY optionsChanged)
    Q_PROPERTY(QString tenant MEMBER m_tenant NOTIFY optionsChanged)
    Q_PROPERTY(QString user MEMBER m_user NOTIFY optionsChanged)
    Q_PROPERTY(QString keyFile MEMBER m_keyFile NOTIFY optionsChanged)
    Q_PROPERTY(QString passphrase MEMBER m_passphrase NOTIFY optionsChanged)
    Q_PROPERTY(QString storeFolder MEMBER m_storeFolder NOTIFY optionsChanged)
    Q_PROPERTY(QString token READ token WRITE setToken NOTIFY tokenChanged)
    Q_PROPERTY(bool open READ isOpen NOTIFY openChanged)
    Q_PROPERTY(QString errorMessage READ errorMessage NOTIFY errorMessageChanged)
    Q_PROPERTY(Satchel::SyncStatus *syncStatus READ syncStatus NOTIFY sourceChanged)
    Q_PROPERTY(QVariantList conflicts READ conflicts NOTIFY conflictsChanged)

public:
    explicit QmlClient(QObject *parent = nullptr);
    ~QmlClient() override;

    /// Null before the client is complete.
    [[nodiscard]] Client *source() const { return m_source; }
    /// Takes an app's own client, which stays the app's to open and to delete.
    void setSource(Client *source);
    [[nodiscard]] QString token() const { return m_token; }
    void setToken(const QString &token);
    [[nodiscard]] bool isOpen() const { return m_source && m_source->isOpen(); }
    /// Why it did not open, or why the last write of this object failed; empty after one that did not.
    [[nodiscard]] QString errorMessage() const { return m_errorMessage; }
    [[nodiscard]] SyncStatus *syncStatus() const { return m_source ? m_source->syncStatus() : nullptr; }
    /// Maps of collection, key, field and candidates: maps of value, isRemoval, deviceId, isThisDevice, writtenAt, isProvisional.
    [[nodiscard]] QVariantList conflicts() const;

    /// As those of Collection. What becomes of it: errorMessage, writeRefused().
    Q_INVOKABLE void set(const QString &collection, const QString &key, const QVariantMap &fields);
    Q_INVOKABLE void update(const QString &collection, const QString &key, const QVariantMap &fields);
    Q_INVOKABLE void remove(const QString &collection, const QString &key);
    Q_INVOKABLE void increment(const QString &collection, const QString &key, const QString &field, qlonglong delta = 1);
    /// `candidate` is one of those in conflicts, or a map of `value` with one of the app's own.
    Q_INVOKABLE void resolve(const QString &collection, const QString &key, const QString &field, const QVariantMap &candidate);
    /// Client::why(): cause (as text), summary, nextStep, pendingCount, error.
    [[nodiscard]] Q_INVOKABLE QVariantMap why(const QString &collection, const QString &key) const;

    void classBegin() override {}
    void componentComplete() override;

Q_SIGNALS:
    void sourceChanged();
    void optionsChanged();
    void tokenChanged();
    void openChanged();
    void errorMessageChanged();
    void conflictsChanged();
    void writeRefused(const QString &collection, const QString &key, const QString &message);

private:
    void listen();
    void report(const QFuture<Result<void>> &written);
    void setErrorMessage(const QString &message);

    QUrl m_serverUrl;
    QString m_tenant = QStringLiteral("default");
    QString m_user;
    QString m_keyFile;
    QString m_passphrase;
    QString m_storeFolder;
    QString m_token;
    QString m_errorMessage;
    quint64 m_writeCount = 0;
    quint64 m_toldWrite = 0;
    std::unique_ptr<Client> m_own;
    QPointer<Client> m_source;
};

}  // namespace Satchel
