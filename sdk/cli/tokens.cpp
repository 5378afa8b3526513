// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "tokens.h"

#include <Satchel/json.h>

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QPromise>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QNetworkRequest>

#include <memory>

namespace Satchel::Cli {

namespace {

constexpr int answerTimeoutMs = 10000;

QFuture<Result<QString>> ready(Result<QString> result)
{
    QPromise<Result<QString>> promise;
    promise.start();
    promise.addResult(std::move(result));
    promise.finish();
    return promise.future();
}

Error missing(const QString &message)
{
    return {Error::Code::Unauthenticated, Error::Reason::TokenMissing, message, Error::Retry::AfterSignIn};
}

Result<QString> readToken(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return failure(missing(QStringLiteral("%1: %2").arg(path, file.errorString())));
    }
    return QString::fromUtf8(file.readAll()).trimmed();
}

QFuture<Result<QString>> askDevelopmentServer(const Arguments &arguments)
{
    auto promise = std::make_shared<QPromise<Result<QString>>>();
    promise->start();
    QUrl url = arguments.server;
    url.setPath(QStringLiteral("/v1/dev/token"));
    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setTransferTimeout(answerTimeoutMs);
    const QJsonObject body{{QStringLiteral("sub"), arguments.user},
                           {QStringLiteral("tenant"), arguments.tenant},
                           {QStringLiteral("roles"), QJsonArray{QStringLiteral("user")}}};
    auto *network = new QNetworkAccessManager;
    QNetworkReply *reply = network->post(request, QJsonDocument(body).toJson(QJsonDocument::Compact));
    QObject::connect(reply, &QNetworkReply::finished, network, [network, reply, promise] {
        if (!reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).isValid()) {
            promise->addResult(failure(Error(Error::Code::Unavailable, Error::Reason::NetworkUnreachable,
                                             QStringLiteral("the server cannot be reached"), Error::Retry::Later)));
            promise->finish();
            network->deleteLater();
            return;
        }
        const QString token = fromJson(reply->readAll()).value_or(QVariantMap()).value(QStringLiteral("token")).toString();
        promise->addResult(token.isEmpty() ? Result<QString>(failure(missing(QStringLiteral("the server gives no development token"))))
                                           : Result<QString>(token));
        promise->finish();
        network->deleteLater();
    });
    return promise->future();
}

}  // namespace

TokenProvider tokenProvider(const Arguments &arguments)
{
    if (!arguments.tokenFile.isEmpty()) {
        return [path = arguments.tokenFile] { return ready(readToken(path)); };
    }
    if (!arguments.token.isEmpty()) {
        return [token = arguments.token] { return ready(token); };
    }
    if (arguments.isDevTokenAsked) {
        return [arguments] { return askDevelopmentServer(arguments); };
    }
    return [] { return ready(failure(missing(QStringLiteral("the server asks who you are: give a token with --token-file")))); };
}

}  // namespace Satchel::Cli
