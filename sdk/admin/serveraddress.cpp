// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "serveraddress.h"

#include <QHostAddress>

using namespace Qt::StringLiterals;

namespace Satchel::Admin {

namespace {

constexpr qsizetype addressCharactersMax = 2048;

bool isLoopbackHost(const QString &host)
{
    if (host.compare(u"localhost"_s, Qt::CaseInsensitive) == 0) {
        return true;
    }
    const QHostAddress address(host);
    return !address.isNull() && address.isLoopback();
}

Core::Error notAnAddress()
{
    return Core::invalidArgument(Core::ErrorReason::MalformedInput, "the server address is not of the form https://host:port");
}

}  // namespace

Core::Result<ServerAddress> ServerAddress::parse(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty() || trimmed.size() > addressCharactersMax) {
        return Core::failure(notAnAddress());
    }
    const bool hasScheme = trimmed.contains(u"://"_s);
    QUrl url(hasScheme ? trimmed : u"https://"_s + trimmed, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != u"https"_s && url.scheme() != u"http"_s)) {
        return Core::failure(notAnAddress());
    }
    const bool isLoopback = isLoopbackHost(url.host());
    if (!hasScheme && isLoopback) {
        url.setScheme(u"http"_s);
    }
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment()) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::MalformedInput,
                                             "the server address must not hold a user name, a query or a fragment",
                                             Core::Retry::AfterChange));
    }
    if (url.scheme() == u"http"_s && !isLoopback) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::PolicyDenied,
                                             "plain http would show the token to the network; use https, or a loopback address",
                                             Core::Retry::AfterChange));
    }
    QString path = url.path();
    while (path.endsWith(u'/')) {
        path.chop(1);
    }
    url.setPath(path);
    return ServerAddress(url, isLoopback);
}

QUrl ServerAddress::at(const QString &path) const
{
    QUrl url = m_url;
    url.setPath(m_url.path() + path);
    return url;
}

QString ServerAddress::displayName() const
{
    return m_url.authority() + m_url.path();
}

}  // namespace Satchel::Admin
