// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "auditquery.h"

#include "audit/openings.h"

#include <charconv>

namespace Satchel::Server {

Core::Result<Wire::Admin::AuditQueryResponse> AuditQueryCommand::handle(AdminCall &call, const Wire::Admin::AuditQueryRequest &request,
                                                                        AdminView &view) const
{
    const std::string &tenant = call.caller.user.tenant;
    const PageTokens::Query bound{"Audit/Query",
                                  tenant,
                                  request.actor,
                                  request.action,
                                  request.user,
                                  std::to_string(request.from.count()),
                                  std::to_string(request.to.count())};
    const auto rows = rowsOf(request.page);
    if (!rows) {
        return Core::failure(rows.error());
    }
    const auto place = m_context.tokens.open(bound, request.page.token);
    if (!place) {
        return Core::failure(place.error());
    }
    AuditQuery query{tenant, request.actor, request.action, request.user, request.from, {}, UINT64_MAX, *rows + 1};
    if (request.to.count() > 0) {
        query.to = request.to;
    }
    if (!place->empty()) {
        std::from_chars(place->front().data(), place->front().data() + place->front().size(), query.before);
    }
    auto found = view.auditRecords(query);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    Wire::Admin::AuditQueryResponse response;
    if (found->size() > *rows) {
        found->resize(*rows);
        response.nextToken = m_context.tokens.seal(bound, {std::to_string(found->back().place)});
    }
    for (AuditRow &row : *found) {
        auto record = Audit::readRecord(row.stored, row.opened);
        if (!record) {
            return Core::failure(std::move(record.error()));
        }
        response.entries.push_back({row.place, std::move(*record), std::move(row.stored), std::move(row.opened)});
    }
    return response;
}

}  // namespace Satchel::Server
