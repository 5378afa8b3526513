// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/answer.h"

#include "wire/adminmessages.h"

namespace Satchel::Console {

/// What the Users tool needs from the server.
class UsersInterface {
public:
    virtual ~UsersInterface() = default;
    [[nodiscard]] virtual Answer<Wire::Admin::UsersListResponse> usersList(const Wire::Admin::UsersListRequest &request) = 0;
    [[nodiscard]] virtual Answer<Wire::Admin::UsersGetResponse> usersGet(const Wire::Admin::UsersGetRequest &request) = 0;
};

}  // namespace Satchel::Console
