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

constexpr std::size_t placeParts = 5;

/// What placeOf() reads.
std::vector<std::string> partsOf(const AuditExporter::Place &place)
{
    return {std::to_string(place.size), std::to_string(place.records), std::to_string(place.leaves), std::to_string(place.openings.count),
            std::string(Audit::viewOf(place.openings.digest))};
}

AuditExporter::Place placeOf(const std::vector<std::string> &parts)
{
    return {numberOf(parts[0]), numberOf(parts[1]), numberOf(parts[2]),
            Audit::Openings{numberOf(parts[3]), Audit::hashFrom(parts[4]).value_or(Audit::Hash{})}};
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
    auto place =
        opened->size() == placeParts ? Core::Result<AuditExporter::Place>(placeOf(*opened)) : exporter.begin(tenant, view, response.lines);
    if (!place) {
        return Core::failure(std::move(place.error()));
    }
    if (auto added = exporter.addPart(tenant, view, *place, response.lines); !added) {
        return Core::failure(std::move(added.error()));
    }
    if (!place->isWhole()) {
        response.nextToken = m_context.tokens.seal(bound, partsOf(*place));
    }
    return response;
}

}  // namespace Satchel::Server
