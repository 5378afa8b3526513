// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/store/store.h"
#include "server-stub/sync/hub.h"

#include <chrono>

namespace Satchel::Server {

struct RevokeRequest {
    Core::UserId user;
    Core::DeviceId target;
    Wire::AuditRecord record{};                    ///< goes into the transaction of the revocation, with time and outcome
    ShutdownReason how = ShutdownReason::Revoked;  ///< or Wiped
};

struct RevokeOutcome {
    bool wasRevoked = false;
};

using RevokeAnswer = Core::Result<RevokeOutcome>;

struct EraseRequest {
    Core::UserId user;
    Wire::AuditRecord record{};  ///< goes into the transaction of the erasure, with time and outcome, and without what is about the user
};

struct EraseOutcome {
    ErasedUser erased;
    std::chrono::milliseconds at{0};
};

using EraseAnswer = Core::Result<EraseOutcome>;

/// Takes the user away. Outer and inner errors as in PushRules::process; inner: NOT_FOUND, and NOT_FOUND/USER_GONE if it was done before.
[[nodiscard]] Core::Result<EraseAnswer> eraseUser(WriteTransaction &log, EraseRequest &request, std::chrono::milliseconds now);

/// Ends a device's right to sync, or that of its copy. Outer and inner errors as in PushRules::process; inner: NOT_FOUND.
[[nodiscard]] Core::Result<RevokeAnswer> revokeDevice(WriteTransaction &log, const RevokeRequest &request, std::chrono::milliseconds now);

}  // namespace Satchel::Server
