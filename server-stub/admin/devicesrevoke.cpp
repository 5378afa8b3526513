// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "devicesrevoke.h"

#include <future>
#include <memory>

namespace Satchel::Server {

Core::Result<Wire::Admin::DevicesRevokeResponse> DevicesRevoke::handle(AdminCall &call, const Wire::Admin::DevicesRevokeRequest &request,
                                                                       AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
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
    m_context.pipeline.revoke({user, request.device, call.record},
                              [promise](RevokeAnswer answer) { promise->set_value(std::move(answer)); });
    const RevokeAnswer answer = promise->get_future().get();
    if (!answer) {
        return Core::failure(answer.error());
    }
    m_context.hub.revoked(user, request.device);
    return Wire::Admin::DevicesRevokeResponse{answer->wasRevoked};
}

}  // namespace Satchel::Server
