// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "conflictslist.h"

#include "server-stub/admin/conflicts/openconflict.h"
#include "server-stub/admin/page.h"

namespace Satchel::Server {

Core::Result<Wire::Admin::ConflictsListResponse> ConflictsList::handle(AdminCall &call, const Wire::Admin::ConflictsListRequest &request,
                                                                       AdminView &view) const
{
    const bool isOpen = request.kind == Wire::Admin::ConflictKind::Open;
    const auto page = Page::open(
        m_context.tokens,
        {"Conflicts/List", call.caller.user.tenant, isOpen ? "open" : "overwritten", request.user, request.collection, request.filter},
        request.page);
    if (!page) {
        return Core::failure(page.error());
    }
    auto filter = filterOf(request.filter, Wire::Admin::conflictFields(), call);
    if (!filter) {
        return Core::failure(std::move(filter.error()));
    }
    ConflictsQuery query{call.caller.user.tenant, request.user, request.collection, 0, page->rowsToAsk(), std::move(*filter)};
    if (!page->place().empty()) {
        query.beforeId = placeNumber(page->place().front());
    }
    auto found = isOpen ? view.openConflicts(query) : view.overwritten(query);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    Wire::Admin::ConflictsListResponse response;
    response.nextToken = page->close(*found, [](const ConflictRow &last) { return Page::Place{std::to_string(last.id)}; });
    for (const ConflictRow &row : *found) {
        const auto hidden = isHidden(row.user, call, view);
        if (!hidden || *hidden) {
            if (!hidden) {
                return Core::failure(hidden.error());
            }
            continue;
        }
        auto conflict = conflictView(row, request.kind, call, view);
        if (!conflict) {
            return Core::failure(std::move(conflict.error()));
        }
        response.conflicts.push_back(std::move(*conflict));
    }
    return response;
}

}  // namespace Satchel::Server
