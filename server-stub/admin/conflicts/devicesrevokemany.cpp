// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "devicesrevokemany.h"

#include "server-stub/admin/conflicts/operatorcall.h"
#include "server-stub/admin/conflicts/runtoken.h"
#include "server-stub/admin/page.h"

#include <future>
#include <memory>

namespace Satchel::Server {

namespace Admin = Wire::Admin;

Core::Result<Admin::DevicesRevokeManyResponse> DevicesRevokeMany::handle(AdminCall &call, const Admin::DevicesRevokeManyRequest &request,
                                                                         AdminView &view) const
{
    const std::string &tenant = call.caller.user.tenant;
    if (request.filter.empty()) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput, "name devices by a filter; all of them is never meant"));
    }
    if (auto checked = RunToken::checkRequest(request.isDryRun, request.token); !checked) {
        return Core::failure(std::move(checked.error()));
    }
    auto filter = filterOf(request.filter, Admin::deviceFields(), call);
    if (!filter) {
        return Core::failure(std::move(filter.error()));
    }
    DevicesQuery query;
    query.tenant = tenant;
    query.filter = std::move(*filter);
    query.rowsMax = operatorWritesMax + 1;
    auto rows = view.devices(query);
    if (!rows) {
        return Core::failure(std::move(rows.error()));
    }
    if (rows->size() > operatorWritesMax) {
        return Core::failure(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded,
                                             "one call revokes at most 1000 devices; name less at a time", Core::Retry::AfterChange));
    }
    Admin::DevicesRevokeManyResponse response;
    RevokeManyRequest revocation;
    RunToken run(m_context, call, name(), request.filter);
    for (const Admin::UserDevice &row : *rows) {
        const auto hidden = isHidden(row.user, call, view);
        if (!hidden) {
            return Core::failure(hidden.error());
        }
        if (*hidden) {
            continue;
        }
        const Admin::DeviceSummary &device = row.device;
        run.add({row.user, device.id.toHex(), device.isRevoked ? "revoked" : "trusted"});
        response.devices.push_back({row.user, device.id, device.name, device.lastSeen, device.isRevoked});
        response.revokedCount += device.isRevoked ? 0 : 1;
        revocation.targets.push_back({{tenant, row.user}, device.id});
    }
    if (request.isDryRun) {
        response.token = run.seal();
        return response;
    }
    if (auto allowed = run.check(request.token); !allowed) {
        return Core::failure(std::move(allowed.error()));
    }
    if (m_context.gate.isReadOnly()) {
        return Core::failure(readOnlyError());
    }
    const std::vector<RevokeManyRequest::Target> targets = revocation.targets;
    const auto promise = std::make_shared<std::promise<RevokeManyAnswer>>();
    call.isRecorded = true;
    revocation.record = call.record;
    m_context.pipeline.revokeMany(std::move(revocation), [promise](RevokeManyAnswer answer) { promise->set_value(std::move(answer)); });
    const RevokeManyAnswer answer = promise->get_future().get();
    if (!answer) {
        return Core::failure(answer.error());
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
        response.devices[i].wasRevoked = answer->wereRevoked[i];
        m_context.hub.revoked(targets[i].user, targets[i].device);
    }
    return response;
}

}  // namespace Satchel::Server
