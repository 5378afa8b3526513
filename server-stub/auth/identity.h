// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"
#include "core/ids.h"
#include "server-stub/auth/attributes.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Server {

/// Who a verified token speaks for.
struct Identity {
    Core::UserId user;
    std::vector<std::string> roles;
    std::chrono::seconds expiresAt{0};  ///< since 1970, without leeway
    Attributes attributes = {};

    [[nodiscard]] bool hasRole(std::string_view role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }
    friend bool operator==(const Identity &, const Identity &) = default;
};

inline constexpr std::string_view roleUser = "user";
inline constexpr std::string_view roleSupport = "support";
inline constexpr std::string_view roleAdmin = "admin";
inline constexpr std::string_view roleAuditor = "auditor";
inline constexpr std::string_view roleQa = "qa";

/// What a device is told whose token lets it do other things than sync.
[[nodiscard]] inline Core::Error roleMissingError()
{
    return Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::RoleMissing,
                           "sync needs the role user; have the issuer give it, then sign in again", Core::Retry::AfterSignIn);
}

}  // namespace Satchel::Server
