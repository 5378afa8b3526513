// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "stategetdocument.h"

#include "core/view.h"
#include "server-stub/admin/siblingviews.h"

#include <algorithm>

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
    const std::vector<std::string> conflicted = Core::conflictedFields(stored.document, policy);
    Wire::Admin::StateGetDocumentResponse response;
    response.document = stored.summary;
    response.rule = policy.conflict;
    for (const Core::Document::Field &field : stored.document.fields) {
        Wire::Admin::FieldView one;
        one.name = field.name;
        one.kind = policy.kindOf(field.name);
        one.isMasked = call.mask.hides(request.collection, field.name);
        if (!one.isMasked) {
            one.value = Core::shownValue(field.state, one.kind);
        }
        one.isConflicted = std::find(conflicted.begin(), conflicted.end(), field.name) != conflicted.end();
        auto siblings = siblingViews(shownFirst(field.state.siblings), user, one.isMasked, view);
        if (!siblings) {
            return Core::failure(std::move(siblings.error()));
        }
        one.siblings = std::move(*siblings);
        response.fields.push_back(std::move(one));
    }
    return response;
}

}  // namespace Satchel::Server
