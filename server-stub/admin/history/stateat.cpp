// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "stateat.h"

#include "server-stub/admin/fieldviews.h"
#include "server-stub/admin/history/historypoint.h"
#include "server-stub/admin/page.h"
#include "server-stub/store/tracking.h"

namespace Satchel::Server {

namespace {

/// Adds the document, if it existed.
Core::Result<void> addView(const DocumentRow &row, const Core::UserId &user, const Core::Policy &policy, const Mask &mask, AdminView &view,
                           std::vector<Wire::Admin::DocumentView> &out)
{
    const Core::Document document = stripped(row.tracked);
    if (shownFieldCount(document, policy) == 0) {
        return {};
    }
    auto fields = fieldViews(document, row.id.collection, user, policy, mask, view);
    if (!fields) {
        return Core::failure(std::move(fields.error()));
    }
    out.push_back({row.id.collection, row.id.key, row.seq, row.updated, std::move(*fields), policy.conflict});
    return {};
}

}  // namespace

Core::Result<Wire::Admin::StateAtResponse> StateAt::handle(AdminCall &call, const Wire::Admin::StateAtRequest &request,
                                                           AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    if (auto checked = checkScope(request.collection, request.key); !checked) {
        return Core::failure(std::move(checked.error()));
    }
    const PageTokens::Query bound{"State/At", user.tenant, request.user, request.collection, request.key, textOf(request.at)};
    const auto rows = rowsOf(request.page);
    const auto place = m_context.tokens.open(bound, request.page.token);
    if (!rows || !place) {
        return Core::failure(!rows ? rows.error() : place.error());
    }
    const auto seq = place->size() == 3 ? static_cast<std::uint64_t>(placeNumber(place->front())) : placeOf(user, request.at, view);
    if (!seq) {
        return Core::failure(seq.error());
    }
    const auto policies = call.policies;
    DocumentsAtPage page;
    if (request.key.empty()) {
        DocumentsAtQuery query{user, request.collection, std::nullopt, *seq, *rows};
        if (place->size() == 3) {
            query.after = Core::DocumentId{(*place)[1], (*place)[2]};
        }
        auto found = view.documentsAt(query, *policies);
        if (!found) {
            return Core::failure(std::move(found.error()));
        }
        page = std::move(*found);
    } else {
        auto row = view.documentAt(user, {request.collection, request.key}, *seq, *policies);
        if (!row) {
            return Core::failure(std::move(row.error()));
        }
        page.documents.push_back(std::move(*row));
    }
    Wire::Admin::StateAtResponse response;
    response.seq = *seq;
    for (const DocumentRow &row : page.documents) {
        if (auto added = addView(row, user, policies->of(row.id.collection), call.mask, view, response.documents); !added) {
            return Core::failure(std::move(added.error()));
        }
    }
    if (page.last) {
        response.nextToken = m_context.tokens.seal(bound, {std::to_string(*seq), page.last->collection, page.last->key});
    }
    return response;
}

}  // namespace Satchel::Server
