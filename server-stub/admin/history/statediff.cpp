// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "statediff.h"

#include "server-stub/admin/history/fieldchanges.h"
#include "server-stub/admin/history/historypoint.h"
#include "server-stub/admin/page.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

/// Both pages are of the same documents, but each leaves out those that had not been written yet.
void addPage(const DocumentsAtPage &before, const DocumentsAtPage &after, const FieldChanges &changes,
             std::vector<Wire::Admin::FieldChange> &out)
{
    static const Core::Document nothing;
    const auto find = [](const DocumentsAtPage &page, const Core::DocumentId &id) -> const Core::Document & {
        const auto row = std::ranges::find(page.documents, id, &DocumentRow::id);
        return row != page.documents.end() ? row->tracked.document : nothing;
    };
    std::vector<Core::DocumentId> ids;
    for (const DocumentsAtPage *page : {&before, &after}) {
        for (const DocumentRow &row : page->documents) {
            ids.push_back(row.id);
        }
    }
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (const Core::DocumentId &id : ids) {
        changes.addDocument(id, find(before, id), find(after, id), out);
    }
}

}  // namespace

Core::Result<Wire::Admin::StateDiffResponse> StateDiff::handle(AdminCall &call, const Wire::Admin::StateDiffRequest &request,
                                                               AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    if (auto checked = checkScope(request.collection, request.key); !checked) {
        return Core::failure(std::move(checked.error()));
    }
    const PageTokens::Query bound{"State/Diff", user.tenant,          request.user,      request.collection,
                                  request.key,  textOf(request.from), textOf(request.to)};
    const auto rows = rowsOf(request.page);
    const auto place = m_context.tokens.open(bound, request.page.token);
    if (!rows || !place) {
        return Core::failure(!rows ? rows.error() : place.error());
    }
    const bool isLater = place->size() == 4;
    const auto from = isLater ? static_cast<std::uint64_t>(placeNumber((*place)[0])) : placeOf(user, request.from, view);
    const auto to = isLater ? static_cast<std::uint64_t>(placeNumber((*place)[1])) : placeOf(user, request.to, view);
    if (!from || !to) {
        return Core::failure(!from ? from.error() : to.error());
    }
    const auto policies = call.policies;
    const FieldChanges changes(request.user, *policies, call.mask);
    Wire::Admin::StateDiffResponse response{*from, *to, {}, {}};
    if (!request.key.empty()) {
        const Core::DocumentId id{request.collection, request.key};
        auto before = view.documentAt(user, id, *from, *policies);
        auto after = view.documentAt(user, id, *to, *policies);
        if (!before || !after) {
            return Core::failure(std::move(!before ? before.error() : after.error()));
        }
        changes.addDocument(id, before->tracked.document, after->tracked.document, response.changes);
        return response;
    }
    DocumentsAtQuery query{user, request.collection, std::nullopt, *from, *rows};
    if (isLater) {
        query.after = Core::DocumentId{(*place)[2], (*place)[3]};
    }
    auto before = view.documentsAt(query, *policies);
    query.seq = *to;
    auto after = view.documentsAt(query, *policies);
    if (!before || !after) {
        return Core::failure(std::move(!before ? before.error() : after.error()));
    }
    addPage(*before, *after, changes, response.changes);
    if (after->last) {
        response.nextToken =
            m_context.tokens.seal(bound, {std::to_string(*from), std::to_string(*to), after->last->collection, after->last->key});
    }
    return response;
}

}  // namespace Satchel::Server
