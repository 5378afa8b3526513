// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "transport.h"

#include <QHostAddress>
#include <QRandomGenerator>

namespace Satchel::Sync {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::Retry;

Core::Result<void> checkServerUrl(const QUrl &url)
{
    if (url.scheme() == QLatin1String("https")) {
        return {};
    }
    if (url.scheme() != QLatin1String("http")) {
        return Core::failure(
            Core::invalidArgument(ErrorReason::MalformedInput, "the server's URL must begin with https:// (or http:// on this machine)"));
    }
    const QHostAddress address(url.host());
    if (url.host() == QLatin1String("localhost") || (!address.isNull() && address.isLoopback())) {
        return {};
    }
    return Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::None,
                                         "the server is not on this machine and its URL is not https://; nothing was sent",
                                         Retry::AfterChange));
}

QString syncPath(const QUrl &server)
{
    QString path = server.path();
    while (path.endsWith(QLatin1Char('/'))) {
        path.chop(1);
    }
    return path + QLatin1String("/v1/sync");
}

namespace {

/// Hex digits, not all of them 0: that many bits are never all 0.
QByteArray randomHex(int words)
{
    QByteArray out;
    for (int i = 0; i < words; ++i) {
        out += QByteArray::number(QRandomGenerator::system()->generate64(), 16).rightJustified(16, '0');
    }
    return out;
}

}  // namespace

QByteArray newTraceId()
{
    return randomHex(2);
}

QByteArray traceParent(const QByteArray &traceId)
{
    return "00-" + traceId + '-' + randomHex(1) + "-00";
}

Core::Error errorFromStatus(int status)
{
    switch (status) {
    case 401:
        return Core::makeError(ErrorCode::Unauthenticated, ErrorReason::TokenInvalid, "the server did not take the token",
                               Retry::AfterSignIn);
    case 403:
        return Core::makeError(ErrorCode::PermissionDenied, ErrorReason::PolicyDenied, "the server does not let this user sync",
                               Retry::AfterChange);
    case 408:
    case 504:
        return Core::unavailable(ErrorReason::NetworkTimeout, "the server answered too late");
    case 429:
        return Core::unavailable(ErrorReason::Overloaded, "the server asks to wait");
    case 500:
    case 502:
    case 503:
        return Core::unavailable(ErrorReason::Overloaded, "the server cannot answer now");
    default:
        return Core::unavailable(ErrorReason::NotSatchelServer,
                                 "HTTP status " + std::to_string(status) + " is not an answer of a Satchel server");
    }
}

}  // namespace Satchel::Sync
