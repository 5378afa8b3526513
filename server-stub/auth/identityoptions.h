// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/claims.h"

#include <filesystem>
#include <string>

namespace Satchel::Server {

/// Whose tokens the server takes. Neither file nor issuer: its own development tokens only.
struct IdentityOptions {
    std::filesystem::path jwksFile;    ///< the keys of the issuer that `claims` names; empty: none
    std::string oidcIssuer;            ///< URL of an OpenID provider that tells its keys; it is the issuer then; empty: none
    ClaimRules claims;                 ///< of an external issuer's tokens
    bool isDevelopmentWanted = false;  ///< development tokens beside an external issuer's

    [[nodiscard]] bool hasIssuer() const { return !jwksFile.empty() || !oidcIssuer.empty(); }
    [[nodiscard]] bool isDevelopment() const { return !hasIssuer() || isDevelopmentWanted; }
};

}  // namespace Satchel::Server
