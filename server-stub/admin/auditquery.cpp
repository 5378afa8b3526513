// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "auditquery.h"

#include "page.h"

#include "audit/openings.h"

namespace Satchel::Server {

Core::Result<Wire::Admin::AuditQueryResponse> AuditQueryCommand::handle(AdminCall &call, const Wire::Admin::AuditQueryRequest &request,
                                                                        AdminView &view) const
{
    const std::string &tenant = call.caller.user.tenant;
    const auto page = Page::open(m_context.tokens,
                                 {"Audit/Query", tenant, request.actor, request.action, request.user, std::to_string(request.from.count()),
                                  std::to_string(request.to.count()), request.filter},
                                 request.page);
    if (!page) {
        return Core::failure(page.error());
    }
    auto filter = filterOf(request.filter, Wire::Admin::auditFields(), call);
    if (!filter) {
        return Core::failure(std::move(filter.error()));
    }
    AuditQuery query{tenant, request.actor, request.action,    request.user,      request.from,
                     {},     UINT64_MAX,    page->rowsToAsk(), std::move(*filter)};
    if (request.to.count() > 0) {
        query.to = request.to;
    }
    if (!page->place().empty()) {
        query.before = static_cast<std::uint64_t>(placeNumber(page->place().front()));
    }
    auto found = view.auditRecords(query);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    Wire::Admin::AuditQueryResponse response;
    response.nextToken = page->close(*found, [](const AuditRow &last) { return Page::Place{std::to_string(last.place)}; });
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
