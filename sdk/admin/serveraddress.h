// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <QString>
#include <QUrl>

namespace Satchel::Admin {

/// Where a server is: scheme, host, port and an optional path prefix; never half-valid.
/// Plain http is accepted for a loopback host only, because the operator's token travels with every call.
class ServerAddress {
public:
    /// Accepts what people type: "localhost:8080", "https://satchel.example.org", "http://[::1]:9000/prefix/". A missing scheme is https,
    /// on a loopback host http. INVALID_ARGUMENT/MALFORMED_INPUT for what is no address, FAILED_PRECONDITION for http to another machine,
    /// and for user info, query or fragment, which would end up in logs.
    [[nodiscard]] static Core::Result<ServerAddress> parse(const QString &text);

    /// Without a trailing slash, user info, query or fragment.
    [[nodiscard]] const QUrl &url() const { return m_url; }
    /// Address of a path ("/satchel.v1.Users/List") on the server.
    [[nodiscard]] QUrl at(const QString &path) const;
    [[nodiscard]] bool isLoopback() const { return m_isLoopback; }
    /// "host:port" for people.
    [[nodiscard]] QString displayName() const;

    friend bool operator==(const ServerAddress &, const ServerAddress &) = default;

private:
    ServerAddress(QUrl url, bool isLoopback)
        : m_url(std::move(url))
        , m_isLoopback(isLoopback)
    {
    }

    QUrl m_url;
    bool m_isLoopback;
};

}  // namespace Satchel::Admin
