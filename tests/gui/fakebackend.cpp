// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "fakebackend.h"

#include <memory>

namespace Satchel::Test {

using namespace Wire::Admin;
using Console::Answer;

namespace {

Core::Error notFound()
{
    return Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "there is no such user or document");
}

/// Rows from the token's place on, and the token of the next page. Tokens are row numbers here.
template <typename Row, typename Matches>
std::pair<std::vector<Row>, std::string> pageOf(const std::vector<Row> &rows, const PageRequest &page, Matches matches)
{
    std::size_t place = page.token.empty() ? 0 : std::stoul(page.token);
    const std::size_t size = page.size == 0 ? 100 : page.size;
    std::vector<Row> found;
    for (; place < rows.size(); ++place) {
        if (!matches(rows[place])) {
            continue;
        }
        if (found.size() == size) {
            return {std::move(found), std::to_string(place)};
        }
        found.push_back(rows[place]);
    }
    return {std::move(found), {}};
}

}  // namespace

void FakeServer::release()
{
    isHolding = false;
    while (!held.empty()) {
        const auto next = std::move(held.front());
        held.pop_front();
        next();
    }
}

template <typename T>
Answer<T> FakeBackend::answer(std::function<Core::Result<T>()> compute)
{
    ++m_server.calls;
    auto promise = std::make_shared<QPromise<Core::Result<T>>>();
    promise->start();
    const auto finish = [this, promise, compute = std::move(compute)] {
        promise->addResult(m_server.failure ? Core::Result<T>(Core::failure(*m_server.failure)) : compute());
        promise->finish();
    };
    if (m_server.isHolding) {
        m_server.held.push_back(finish);
    } else {
        finish();
    }
    return promise->future();
}

Answer<Console::SignedIn> FakeBackend::signIn()
{
    ++m_server.signIns;
    return answer<Console::SignedIn>([] { return Console::SignedIn{QStringLiteral("grace.hopper"), QStringLiteral("default")}; });
}

Answer<UsersListResponse> FakeBackend::usersList(const UsersListRequest &request)
{
    m_server.usersListRequests.push_back(request);
    return answer<UsersListResponse>([this, request] {
        auto [users, next] = pageOf(m_server.users, request.page, [&](const UserSummary &user) {
            return user.user.find(request.search) != std::string::npos && (!request.onlyConflicted || user.openConflictCount > 0);
        });
        return UsersListResponse{std::move(users), std::move(next)};
    });
}

Answer<UsersGetResponse> FakeBackend::usersGet(const UsersGetRequest &request)
{
    return answer<UsersGetResponse>([this, request]() -> Core::Result<UsersGetResponse> {
        const auto found = m_server.profiles.find(request.user);
        if (found == m_server.profiles.end()) {
            return Core::failure(notFound());
        }
        return found->second;
    });
}

Answer<StateListDocumentsResponse> FakeBackend::stateListDocuments(const StateListDocumentsRequest &request)
{
    return answer<StateListDocumentsResponse>([this, request] {
        std::vector<DocumentSummary> all;
        for (const FakeServer::Document &document : m_server.documents[request.user]) {
            all.push_back(document.view.document);
        }
        auto [documents, next] = pageOf(all, request.page, [&](const DocumentSummary &document) {
            return (request.collection.empty() || document.collection == request.collection) &&
                   document.key.find(request.search) != std::string::npos;
        });
        return StateListDocumentsResponse{std::move(documents), std::move(next)};
    });
}

Answer<StateGetDocumentResponse> FakeBackend::stateGetDocument(const StateGetDocumentRequest &request)
{
    return answer<StateGetDocumentResponse>([this, request]() -> Core::Result<StateGetDocumentResponse> {
        for (const FakeServer::Document &document : m_server.documents[request.user]) {
            if (document.view.document.collection == request.collection && document.view.document.key == request.key) {
                return document.view;
            }
        }
        return Core::failure(notFound());
    });
}

Answer<ConflictsListResponse> FakeBackend::conflictsList(const ConflictsListRequest &request)
{
    return answer<ConflictsListResponse>([this, request]() -> Core::Result<ConflictsListResponse> {
        if (m_server.conflictsFailure) {
            return Core::failure(*m_server.conflictsFailure);
        }
        auto [conflicts, next] =
            pageOf(request.kind == ConflictKind::Open ? m_server.open : m_server.overwritten, request.page, [&](const Conflict &conflict) {
                return (request.user.empty() || conflict.user == request.user) &&
                       (request.collection.empty() || conflict.collection == request.collection);
            });
        return ConflictsListResponse{std::move(conflicts), std::move(next)};
    });
}

}  // namespace Satchel::Test
