// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "deviceslist.h"

#include "page.h"

namespace Satchel::Server {

Core::Result<Wire::Admin::DevicesListResponse> DevicesList::handle(AdminCall &call, const Wire::Admin::DevicesListRequest &request,
                                                                   AdminView &view) const
{
    const std::string &tenant = call.caller.user.tenant;
    const auto page = Page::open(m_context.tokens, {"Devices/List", tenant, request.filter}, request.page);
    if (!page) {
        return Core::failure(page.error());
    }
    auto filter = filterOf(request.filter, Wire::Admin::deviceFields(), call);
    if (!filter) {
        return Core::failure(std::move(filter.error()));
    }
    DevicesQuery query{tenant, std::move(*filter), {}, {}, page->rowsToAsk()};
    if (page->place().size() == 2) {
        query.afterUser = page->place()[0];
        query.afterDevice = page->place()[1];
    }
    auto devices = view.devices(query);
    if (!devices) {
        return Core::failure(std::move(devices.error()));
    }
    Wire::Admin::DevicesListResponse response;
    response.devices = std::move(*devices);
    response.nextToken = page->close(
        response.devices, [](const Wire::Admin::UserDevice &last) { return Page::Place{last.user, std::string(last.device.id.view())}; });
    for (Wire::Admin::UserDevice &row : response.devices) {
        addLive(row.device, Core::UserId{tenant, row.user}, m_context.hub, call.now);
    }
    return response;
}

void addLive(Wire::Admin::DeviceSummary &device, const Core::UserId &user, const Hub &hub, std::chrono::milliseconds now)
{
    const auto live = hub.liveCursor(user, device.id);
    device.isOnline = live.has_value();
    const std::uint64_t acknowledged = std::max(device.acknowledgedSeq, live.value_or(0));
    device.lag -= std::min(device.lag, acknowledged - device.acknowledgedSeq);
    device.acknowledgedSeq = acknowledged;
    device.lagCause = lagCauseOf(device, now);
}

Wire::Admin::LagCause lagCauseOf(const Wire::Admin::DeviceSummary &device, std::chrono::milliseconds now)
{
    using Wire::Admin::LagCause;
    if (device.isRevoked || device.isWiped) {
        return device.isRevoked ? LagCause::Revoked : LagCause::Wiped;
    }
    if (device.refused.count() != 0 && device.refused >= device.lastSeen) {
        return LagCause::Refused;
    }
    if (device.lag == 0) {
        return LagCause::None;
    }
    if (device.isOnline) {
        return LagCause::CatchingUp;
    }
    if (device.tokenExpires.count() != 0 && device.tokenExpires <= now) {
        return LagCause::TokenExpired;
    }
    return device.acknowledgedSeq == 0 ? LagCause::NeverSynced : LagCause::Offline;
}

}  // namespace Satchel::Server
