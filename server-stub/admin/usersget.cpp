// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "usersget.h"

#include "deviceslist.h"

#include <algorithm>

namespace Satchel::Server {

Core::Result<Wire::Admin::UsersGetResponse> UsersGet::handle(AdminCall &call, const Wire::Admin::UsersGetRequest &request,
                                                             AdminView &view) const
{
    const Core::UserId user{call.caller.user.tenant, request.user};
    auto found = view.user(user);
    if (!found) {
        return Core::failure(std::move(found.error()));
    }
    if (!*found) {
        return Core::failure(notFound("there is no such user"));
    }
    Wire::Admin::UsersGetResponse response = std::move(**found);
    for (Wire::Admin::DeviceSummary &device : response.devices) {
        addLive(device, user, m_context.hub, call.now);
    }
    return response;
}

}  // namespace Satchel::Server
