// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "statelistdocuments.h"

namespace Satchel::Server {

Core::Result<Wire::Admin::StateListDocumentsResponse>
StateListDocuments::handle(AdminCall &call, const Wire::Admin::StateListDocumentsRequest &request, AdminView &view) const
{
    const PageTokens::Query bound{"State/ListDocuments", call.caller.user.tenant, request.user, request.collection, request.search};
    const auto rows = rowsOf(request.page);
    if (!rows) {
        return Core::failure(rows.error());
    }
    const auto place = m_context.tokens.open(bound, request.page.token);
    if (!place) {
        return Core::failure(place.error());
    }
    DocumentsQuery query{Core::UserId{call.caller.user.tenant, request.user}, request.collection, request.search, std::nullopt, *rows + 1};
    if (place->size() == 2) {
        query.after = Core::DocumentId{(*place)[0], (*place)[1]};
    }
    auto documents = view.documents(query);
    if (!documents) {
        return Core::failure(std::move(documents.error()));
    }
    Wire::Admin::StateListDocumentsResponse response;
    response.documents = std::move(*documents);
    if (response.documents.size() > *rows) {
        response.documents.resize(*rows);
        response.nextToken = m_context.tokens.seal(bound, {response.documents.back().collection, response.documents.back().key});
    }
    return response;
}

}  // namespace Satchel::Server
