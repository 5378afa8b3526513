// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/answer.h"

#include "wire/adminmessages.h"

namespace Satchel::Console {

/// What the Conflicts tool needs from the server.
class ConflictsInterface {
public:
    virtual ~ConflictsInterface() = default;
    [[nodiscard]] virtual Answer<Wire::Admin::ConflictsListResponse> conflictsList(const Wire::Admin::ConflictsListRequest &request) = 0;
};

}  // namespace Satchel::Console
