// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "testing/fakeclock.h"

#include "core/policy.h"
#include "server-stub/server.h"

#include <QString>
#include <QStringList>
#include <QUrl>

#include <chrono>
#include <memory>

namespace Satchel::Testing {

/// The real server on an ephemeral store, in this process.
class InProcessServer {
public:
    /// `policies`: the text of a policy file; empty: none. A server that does not start ends the process with a message: no test can go on.
    explicit InProcessServer(const FakeClock &clock, const QByteArray &policies = {});
    ~InProcessServer();

    /// For real sockets.
    [[nodiscard]] QUrl url() const;
    /// For a VirtualNetwork.
    [[nodiscard]] Server::SessionServices &services();
    [[nodiscard]] QString token(const QString &user, const QStringList &roles = {QStringLiteral("user")},
                                std::chrono::seconds lifetime = std::chrono::hours(1)) const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel::Testing
