// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "usersexport.h"

#include "server-stub/admin/page.h"
#include "server-stub/admin/userexporter.h"

#include "audit/exportlines.h"

namespace Satchel::Server {

namespace {

constexpr std::size_t placeParts = 5;

std::vector<std::string> partsOf(const UserExporter::Place &place)
{
    return {std::to_string(static_cast<int>(place.section)), place.first, place.second, std::to_string(place.lineCount),
            std::string(Audit::viewOf(place.digest))};
}

UserExporter::Place placeOf(const std::vector<std::string> &parts)
{
    UserExporter::Place place;
    if (parts.size() == placeParts) {
        place.section = static_cast<UserExporter::Section>(placeNumber(parts[0]));
        place.first = parts[1];
        place.second = parts[2];
        place.lineCount = static_cast<std::uint64_t>(placeNumber(parts[3]));
        place.digest = Audit::hashFrom(parts[4]).value_or(Audit::Hash{});
    }
    return place;
}

}  // namespace

Core::Result<Wire::Admin::UsersExportResponse> UsersExport::handle(AdminCall &call, const Wire::Admin::UsersExportRequest &request,
                                                                   AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    const PageTokens::Query bound{"Users/Export", user.tenant, user.user, std::to_string(m_context.epoch)};
    const auto opened = m_context.tokens.open(bound, request.token);
    if (!opened) {
        return Core::failure(opened.error());
    }
    UserExporter::Place place = placeOf(*opened);
    const UserExporter exporter(user, m_context.epoch, call.mask);
    Wire::Admin::UsersExportResponse response;
    if (auto added = exporter.addPart(view, call.now, place, response.lines); !added) {
        return Core::failure(std::move(added.error()));
    }
    if (place.section == UserExporter::Section::Done) {
        response.lines += Audit::noteLine(m_context.signer.signNote(exporter.manifestOf(place).toText())) + '\n';
    } else {
        response.nextToken = m_context.tokens.seal(bound, partsOf(place));
    }
    return response;
}

}  // namespace Satchel::Server
