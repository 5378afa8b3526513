// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "auditexport.h"

#include "server-stub/admin/auditexporter.h"

#include <charconv>

namespace Satchel::Server {

namespace {

std::uint64_t numberOf(const std::string &text)
{
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

Core::Result<Wire::Admin::AuditExportResponse> AuditExport::handle(AdminCall &call, const Wire::Admin::AuditExportRequest &request,
                                                                   AdminView &view) const
{
    const std::string &tenant = call.caller.user.tenant;
    const PageTokens::Query bound{"Audit/Export", tenant, std::to_string(m_context.epoch)};
    const auto opened = m_context.tokens.open(bound, request.token);
    if (!opened) {
        return Core::failure(opened.error());
    }
    const AuditExporter exporter(m_context.signer, m_context.epoch);
    Wire::Admin::AuditExportResponse response;
    auto place = opened->size() == 3 ? Core::Result<AuditExporter::Place>(
                                           AuditExporter::Place{numberOf((*opened)[0]), numberOf((*opened)[1]), numberOf((*opened)[2])})
                                     : exporter.begin(tenant, view, response.lines);
    if (!place) {
        return Core::failure(std::move(place.error()));
    }
    if (auto added = exporter.addPart(tenant, view, *place, response.lines); !added) {
        return Core::failure(std::move(added.error()));
    }
    if (!place->isWhole()) {
        response.nextToken =
            m_context.tokens.seal(bound, {std::to_string(place->size), std::to_string(place->records), std::to_string(place->leaves)});
    }
    return response;
}

}  // namespace Satchel::Server
