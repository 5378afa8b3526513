// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "qmlclient.h"

#include <Satchel/collection.h>

#include <QMetaEnum>

namespace Satchel {

QmlClient::QmlClient(QObject *parent)
    : QObject(parent)
{
}

QmlClient::~QmlClient() = default;

void QmlClient::componentComplete()
{
    if (m_source) {
        return;
    }
    ClientOptions options;
    options.serverUrl = m_serverUrl;
    options.tenant = m_tenant;
    options.user = m_user;
    options.storeFolder = m_storeFolder;
    options.key = !m_keyFile.isEmpty()      ? StoreKeySource::keyFile(m_keyFile)
                  : !m_passphrase.isEmpty() ? StoreKeySource::passphrase(m_passphrase)
                                            : StoreKeySource::keychain();
    options.tokenProvider = [this] {
        if (m_token.isEmpty()) {
            return readyResult<QString>(failure(Error(Error::Code::Unauthenticated, Error::Reason::TokenMissing,
                                                      QStringLiteral("Client.token is not set"), Error::Retry::AfterSignIn)));
        }
        return readyResult<QString>(m_token);
    };
    m_own = std::make_unique<Client>(options);
    m_source = m_own.get();
    listen();
    report(m_source->open());
}

void QmlClient::setSource(Client *source)
{
    if (source == m_source) {
        return;
    }
    if (m_source) {
        m_source->disconnect(this);
    }
    m_own.reset();
    m_source = source;
    if (m_source) {
        listen();
    } else {
        Q_EMIT sourceChanged();
    }
}

void QmlClient::listen()
{
    connect(m_source, &Client::openChanged, this, &QmlClient::openChanged);
    connect(m_source, &Client::conflictsChanged, this, &QmlClient::conflictsChanged);
    connect(m_source, &Client::writeRefused, this,
            [this](const QuarantinedWrite &write) { Q_EMIT writeRefused(write.collection, write.key, write.error.message()); });
    Q_EMIT sourceChanged();
    Q_EMIT openChanged();
    Q_EMIT conflictsChanged();
}

void QmlClient::setToken(const QString &token)
{
    if (token == m_token) {
        return;
    }
    m_token = token;
    Q_EMIT tokenChanged();
    if (m_source) {
        m_source->probe();
    }
}

QVariantList QmlClient::conflicts() const
{
    QVariantList list;
    const QList<Conflict> conflicts = m_source ? m_source->conflicts() : QList<Conflict>();
    for (const Conflict &conflict : conflicts) {
        QVariantList candidates;
        for (const ConflictCandidate &candidate : conflict.candidates) {
            candidates.append(QVariantMap{{QStringLiteral("value"), candidate.value},
                                          {QStringLiteral("isRemoval"), candidate.isRemoval},
                                          {QStringLiteral("deviceId"), candidate.deviceId},
                                          {QStringLiteral("isThisDevice"), candidate.isThisDevice},
                                          {QStringLiteral("writtenAt"), candidate.writtenAt},
                                          {QStringLiteral("isProvisional"), candidate.isProvisional}});
        }
        list.append(QVariantMap{{QStringLiteral("collection"), conflict.collection},
                                {QStringLiteral("key"), conflict.key},
                                {QStringLiteral("field"), conflict.field},
                                {QStringLiteral("candidates"), candidates}});
    }
    return list;
}

void QmlClient::set(const QString &collection, const QString &key, const QVariantMap &fields)
{
    if (m_source) {
        report(m_source->collection(collection)->set(key, fields));
    }
}

void QmlClient::update(const QString &collection, const QString &key, const QVariantMap &fields)
{
    if (m_source) {
        report(m_source->collection(collection)->update(key, fields));
    }
}

void QmlClient::remove(const QString &collection, const QString &key)
{
    if (m_source) {
        report(m_source->collection(collection)->remove(key));
    }
}

void QmlClient::increment(const QString &collection, const QString &key, const QString &field, qlonglong delta)
{
    if (m_source) {
        report(m_source->collection(collection)->increment(key, field, delta));
    }
}

void QmlClient::resolve(const QString &collection, const QString &key, const QString &field, const QVariantMap &candidate)
{
    if (m_source) {
        const bool isRemoval = candidate.value(QStringLiteral("isRemoval")).toBool();
        const QVariant value = candidate.value(QStringLiteral("value"));
        report(m_source->resolve(collection, key, field, isRemoval ? std::nullopt : std::optional(value)));
    }
}

QVariantMap QmlClient::why(const QString &collection, const QString &key) const
{
    if (!m_source) {
        return {};
    }
    const Explanation told = m_source->why(collection, key);
    const QMetaEnum causes = QMetaEnum::fromType<Explanation::Cause>();
    return {{QStringLiteral("cause"), QString::fromLatin1(causes.valueToKey(int(told.cause)))},
            {QStringLiteral("summary"), told.summary},
            {QStringLiteral("nextStep"), told.nextStep},
            {QStringLiteral("pendingCount"), told.pendingCount},
            {QStringLiteral("error"), told.error ? told.error->message() : QString()}};
}

void QmlClient::report(const QFuture<Result<void>> &written)
{
    QFuture<Result<void>> future = written;
    // The client is the context, since it is there when its futures finish: `then` does not bear one that has gone.
    future.then(m_source.data(), [guard = QPointer(this), number = ++m_writeCount](const Result<void> &result) {
        // One that was refused on the spot is told before an earlier one has become durable.
        if (guard && number >= guard->m_toldWrite) {
            guard->m_toldWrite = number;
            guard->setErrorMessage(result ? QString() : result.error().message());
        }
    });
}

void QmlClient::setErrorMessage(const QString &message)
{
    if (message != m_errorMessage) {
        m_errorMessage = message;
        Q_EMIT errorMessageChanged();
    }
}

}  // namespace Satchel
