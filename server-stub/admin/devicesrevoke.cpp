// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "devicesrevoke.h"

#include "deviceswipe.h"

#include <future>
#include <memory>

namespace Satchel::Server {

Core::Result<bool> cutOff(const AdminContext &context, AdminCall &call, const Core::UserId &user, const Core::DeviceId &device,
                          ShutdownReason how, AdminView &view)
{
    // Before the log is asked, which would make a row for a user that is not known.
    const auto found = view.user(user);
    if (!found) {
        return Core::failure(found.error());
    }
    if (!*found) {
        return Core::failure(notFound("there is no such user"));
    }
    // Rare enough for a reader's thread to wait for the writer's; the pipeline answers whatever happens.
    const auto promise = std::make_shared<std::promise<RevokeAnswer>>();
    call.isRecorded = true;
    context.pipeline.revoke({user, device, call.record, how}, [promise](RevokeAnswer answer) { promise->set_value(std::move(answer)); });
    const RevokeAnswer answer = promise->get_future().get();
    if (!answer) {
        return Core::failure(answer.error());
    }
    context.hub.revoked(user, device, how);
    return answer->wasRevoked;
}

Core::Result<Wire::Admin::DevicesRevokeResponse> DevicesRevoke::handle(AdminCall &call, const Wire::Admin::DevicesRevokeRequest &request,
                                                                       AdminView &view) const
{
    return cutOff(m_context, call, Core::UserId{call.caller.user.tenant, request.user}, request.device, ShutdownReason::Revoked, view)
        .map([](bool wasRevoked) { return Wire::Admin::DevicesRevokeResponse{wasRevoked}; });
}

Core::Result<Wire::Admin::DevicesWipeResponse> DevicesWipe::handle(AdminCall &call, const Wire::Admin::DevicesWipeRequest &request,
                                                                   AdminView &view) const
{
    return cutOff(m_context, call, Core::UserId{call.caller.user.tenant, request.user}, request.device, ShutdownReason::Wiped, view)
        .map([](bool wasWiped) { return Wire::Admin::DevicesWipeResponse{wasWiped}; });
}

}  // namespace Satchel::Server
