// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/sync/revocation.h"

#include <vector>

namespace Satchel::Server {

struct RevokeManyRequest {
    struct Target {
        Core::UserId user;
        Core::DeviceId device;
    };
    std::vector<Target> targets;
    Wire::AuditRecord record{};  ///< one for all, in the transaction of the revocations
};

struct RevokeManyOutcome {
    std::vector<bool> wereRevoked;  ///< of each target
};

using RevokeManyAnswer = Core::Result<RevokeManyOutcome>;

/// All of them or none. Outer and inner errors as of revokeDevice(); inner: NOT_FOUND if one is not there any more.
[[nodiscard]] Core::Result<RevokeManyAnswer> revokeDevices(WriteTransaction &log, const RevokeManyRequest &request,
                                                           std::chrono::milliseconds now);

}  // namespace Satchel::Server
