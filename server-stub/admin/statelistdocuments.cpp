// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "statelistdocuments.h"

#include "page.h"

namespace Satchel::Server {

Core::Result<Wire::Admin::StateListDocumentsResponse>
StateListDocuments::handle(AdminCall &call, const Wire::Admin::StateListDocumentsRequest &request, AdminView &view) const
{
    const auto page = Page::open(
        m_context.tokens,
        {"State/ListDocuments", call.caller.user.tenant, request.user, request.collection, request.search, request.filter}, request.page);
    if (!page) {
        return Core::failure(page.error());
    }
    auto filter = filterOf(request.filter, Wire::Admin::documentFields(), call);
    if (!filter) {
        return Core::failure(std::move(filter.error()));
    }
    DocumentsQuery query{Core::UserId{call.caller.user.tenant, request.user},
                         request.collection,
                         request.search,
                         std::nullopt,
                         page->rowsToAsk(),
                         std::move(*filter)};
    if (page->place().size() == 2) {
        query.after = Core::DocumentId{page->place()[0], page->place()[1]};
    }
    auto documents = view.documents(query);
    if (!documents) {
        return Core::failure(std::move(documents.error()));
    }
    Wire::Admin::StateListDocumentsResponse response;
    response.documents = std::move(*documents);
    response.nextToken =
        page->close(response.documents, [](const Wire::Admin::DocumentSummary &last) { return Page::Place{last.collection, last.key}; });
    return response;
}

}  // namespace Satchel::Server
