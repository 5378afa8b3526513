// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "conflictsget.h"

#include "server-stub/admin/conflicts/openconflict.h"
#include "server-stub/admin/history/historyviews.h"

namespace Satchel::Server {

Core::Result<Wire::Admin::ConflictsGetResponse> ConflictsGet::handle(AdminCall &call, const Wire::Admin::ConflictsGetRequest &request,
                                                                     AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    const auto policies = call.policies;
    HistoryViews views(user, call.mask, *policies, view);
    if (auto loaded = views.load(); !loaded) {
        return Core::failure(std::move(loaded.error()));
    }
    const Core::DocumentId id{request.collection, request.key};
    auto found = openConflict(user, id, request.field, *policies, view);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    Wire::Admin::ConflictsGetResponse response;
    auto conflict = conflictView(found->row, Wire::Admin::ConflictKind::Open, call, view);
    auto writes = views.writes(id, request.field, found->state);
    if (!conflict || !writes) {
        return Core::failure(std::move(!conflict ? conflict.error() : writes.error()));
    }
    response.conflict = std::move(*conflict);
    response.writes = std::move(*writes);
    return response;
}

}  // namespace Satchel::Server
