// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "serveraddress.h"

#include "core/result.h"
#include "wire/adminmessages.h"

#include <QByteArray>
#include <QFuture>
#include <QObject>

#include <chrono>
#include <memory>

namespace Satchel::Admin {

struct AdminClientOptions {
    /// From the call to the last byte of the answer.
    std::chrono::milliseconds timeout{15'000};
    qsizetype responseBytesMax = 32 * 1024 * 1024;
    int callsInFlightMax = 64;
};

/// Typed asynchronous client of the admin services: Connect protocol, unary, protobuf bodies.
///
/// Lives on the thread that made it; every function is called there and none blocks. Every future ends with exactly one result, also when
/// the client is destroyed (CANCELLED). Redirects are not followed, cookies neither sent nor kept: the token reaches this address or
/// nobody. A connection that ends before the answer begins is tried again up to three times, so a call may arrive more than once: all calls
/// here only read.
///
/// Errors, beside those that the server names itself:
///   UNAVAILABLE/NETWORK_UNREACHABLE     no connection, the name does not resolve, TLS refused (the detail says which); Retry::Later
///   DEADLINE_EXCEEDED/NETWORK_TIMEOUT   no complete answer within the time; Retry::Later
///   UNAVAILABLE/NOT_SATCHEL_SERVER      something else answered: a portal, a proxy, a redirect; Retry::AfterChange
///   RESOURCE_EXHAUSTED/LIMIT_EXCEEDED   the answer is larger, or more calls run, than the options allow
///   INTERNAL/MALFORMED_INPUT            the answer does not parse
///   UNAUTHENTICATED/TOKEN_MISSING       no token is set; nothing was sent; Retry::AfterSignIn
///   CANCELLED                           cancelAll() or destruction
class AdminClient : public QObject {
    Q_OBJECT

public:
    explicit AdminClient(ServerAddress address, AdminClientOptions options = {}, QObject *parent = nullptr);
    ~AdminClient() override;

    [[nodiscard]] const ServerAddress &address() const;
    /// Used by calls made from now on. INVALID_ARGUMENT for a text that no Authorization header can carry; the token before stays.
    [[nodiscard]] Core::Result<void> setToken(const QByteArray &token);
    [[nodiscard]] bool hasToken() const;

    [[nodiscard]] QFuture<Core::Result<Wire::Admin::UsersListResponse>> usersList(const Wire::Admin::UsersListRequest &request);
    [[nodiscard]] QFuture<Core::Result<Wire::Admin::UsersGetResponse>> usersGet(const Wire::Admin::UsersGetRequest &request);
    [[nodiscard]] QFuture<Core::Result<Wire::Admin::StateListDocumentsResponse>>
    stateListDocuments(const Wire::Admin::StateListDocumentsRequest &request);
    [[nodiscard]] QFuture<Core::Result<Wire::Admin::StateGetDocumentResponse>>
    stateGetDocument(const Wire::Admin::StateGetDocumentRequest &request);
    [[nodiscard]] QFuture<Core::Result<Wire::Admin::ConflictsListResponse>> conflictsList(const Wire::Admin::ConflictsListRequest &request);

    /// What a development server's token issuer is asked for.
    struct DevTokenRequest {
        QString operatorId;
        QString tenant;
        QStringList roles;
        std::chrono::seconds lifetime{3600};
    };
    /// Asks a development server on loopback for a token; does not set it. FAILED_PRECONDITION for an address that is not loopback.
    [[nodiscard]] QFuture<Core::Result<QByteArray>> devToken(const DevTokenRequest &request);

    /// Ends every running call with CANCELLED.
    void cancelAll();
    [[nodiscard]] int callsInFlight() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel::Admin
