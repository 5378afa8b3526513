// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "stategetdocument.h"

#include "server-stub/admin/fieldviews.h"

namespace Satchel::Server {

Core::Result<Wire::Admin::StateGetDocumentResponse>
StateGetDocument::handle(AdminCall &call, const Wire::Admin::StateGetDocumentRequest &request, AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    auto found = view.document(user, Core::DocumentId{request.collection, request.key});
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    if (!*found) {
        return Core::failure(notFound("there is no such document"));
    }
    const StoredDocument &stored = **found;
    const Core::Policy &policy = call.policies->of(request.collection);
    Wire::Admin::StateGetDocumentResponse response;
    response.document = stored.summary;
    response.rule = policy.conflict;
    auto fields = fieldViews(stored.document, request.collection, user, policy, call.mask, view);
    if (!fields) {
        return Core::failure(std::move(fields.error()));
    }
    response.fields = std::move(*fields);
    return response;
}

}  // namespace Satchel::Server
