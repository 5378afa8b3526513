// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "backend.h"
#include "connection.h"

#include "admin/adminclient.h"

#include <QObject>

namespace Satchel::Console {

/// A server reached through Admin::AdminClient.
class AdminBackend : public QObject, public Backend {
    Q_OBJECT

public:
    explicit AdminBackend(Connection connection);

    [[nodiscard]] Answer<SignedIn> signIn() override;
    [[nodiscard]] QString serverName() const override;
    [[nodiscard]] Answer<Wire::Admin::UsersListResponse> usersList(const Wire::Admin::UsersListRequest &request) override;
    [[nodiscard]] Answer<Wire::Admin::UsersGetResponse> usersGet(const Wire::Admin::UsersGetRequest &request) override;
    [[nodiscard]] Answer<Wire::Admin::StateListDocumentsResponse>
    stateListDocuments(const Wire::Admin::StateListDocumentsRequest &request) override;
    [[nodiscard]] Answer<Wire::Admin::StateGetDocumentResponse>
    stateGetDocument(const Wire::Admin::StateGetDocumentRequest &request) override;
    [[nodiscard]] Answer<Wire::Admin::ConflictsListResponse> conflictsList(const Wire::Admin::ConflictsListRequest &request) override;

private:
    [[nodiscard]] Core::Result<SignedIn> takeToken(const QByteArray &token);

    Connection m_connection;
    Admin::AdminClient m_client;
};

/// Name and tenant in a token's claims; empty where it has none or is no JSON web token.
[[nodiscard]] SignedIn readClaims(const QByteArray &token);

}  // namespace Satchel::Console
