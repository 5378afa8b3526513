// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "adminbackend.h"

#include "admin/whenfinished.h"
#include "wire/json.h"

#include <QPromise>

#include <memory>

namespace Satchel::Console {

SignedIn readClaims(const QByteArray &token)
{
    const QList<QByteArray> parts = token.split('.');
    const QByteArray payload = parts.size() == 3 ? QByteArray::fromBase64(parts[1], QByteArray::Base64UrlEncoding) : QByteArray();
    const auto claims = Wire::valueFromJson(payload.toStdString());
    const auto text = [&claims](const char *name) {
        const Core::Value *claim = claims ? claims->find(name) : nullptr;
        const auto *value = claim != nullptr ? claim->as<std::string>() : nullptr;
        return value != nullptr ? QString::fromStdString(*value) : QString();
    };
    return {text("sub"), text("tenant")};
}

AdminBackend::AdminBackend(Connection connection)
    : m_connection(std::move(connection))
    , m_client(m_connection.address)
{
}

Core::Result<SignedIn> AdminBackend::takeToken(const QByteArray &token)
{
    return m_client.setToken(token).map([&token] { return readClaims(token); });
}

Answer<SignedIn> AdminBackend::signIn()
{
    auto promise = std::make_shared<QPromise<Core::Result<SignedIn>>>();
    promise->start();
    const auto finish = [this, promise](const Core::Result<QByteArray> &token) {
        promise->addResult(token.and_then([this](const QByteArray &text) { return takeToken(text); }));
        promise->finish();
    };
    if (m_connection.source == Connection::TokenSource::Given) {
        finish(m_connection.token);
    } else {
        Admin::whenFinished(
            m_client.devToken(
                {.operatorId = QStringLiteral("console"), .tenant = m_connection.tenant, .roles = {QStringLiteral("support")}}),
            this, finish);
    }
    return promise->future();
}

QString AdminBackend::serverName() const
{
    return m_connection.address.displayName();
}

Answer<Wire::Admin::UsersListResponse> AdminBackend::usersList(const Wire::Admin::UsersListRequest &request)
{
    return m_client.usersList(request);
}

Answer<Wire::Admin::UsersGetResponse> AdminBackend::usersGet(const Wire::Admin::UsersGetRequest &request)
{
    return m_client.usersGet(request);
}

Answer<Wire::Admin::StateListDocumentsResponse> AdminBackend::stateListDocuments(const Wire::Admin::StateListDocumentsRequest &request)
{
    return m_client.stateListDocuments(request);
}

Answer<Wire::Admin::StateGetDocumentResponse> AdminBackend::stateGetDocument(const Wire::Admin::StateGetDocumentRequest &request)
{
    return m_client.stateGetDocument(request);
}

Answer<Wire::Admin::ConflictsListResponse> AdminBackend::conflictsList(const Wire::Admin::ConflictsListRequest &request)
{
    return m_client.conflictsList(request);
}

}  // namespace Satchel::Console
