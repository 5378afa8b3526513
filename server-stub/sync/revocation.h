// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/store/store.h"

#include <chrono>

namespace Satchel::Server {

struct RevokeRequest {
    Core::UserId user;
    Core::DeviceId target;
    Wire::AuditRecord record{};  ///< goes into the transaction of the revocation, with time and outcome
};

struct RevokeOutcome {
    bool wasRevoked = false;
};

using RevokeAnswer = Core::Result<RevokeOutcome>;

/// Ends a device's right to sync. Outer and inner errors as in PushRules::process; inner: NOT_FOUND.
[[nodiscard]] Core::Result<RevokeAnswer> revokeDevice(WriteTransaction &log, const RevokeRequest &request, std::chrono::milliseconds now);

}  // namespace Satchel::Server
