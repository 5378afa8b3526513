// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/auth/identity.h"

#include <chrono>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// What a token must claim, and where it says whom it is for. A claim is named as it stands in the token; a name that begins with '/' is a
/// JSON Pointer (RFC 6901) into it: "/realm_access/roles".
struct ClaimRules {
    std::string issuer;
    std::string audience = "satchel";
    std::string userClaim = "sub";
    std::string tenantClaim = "tenant";
    std::string rolesClaim = "roles";
    std::string attributesClaim = "attributes";
    std::string tenant;                ///< not empty: every token is of this tenant, and no claim is read for it
    std::string defaultRole;           ///< not empty: what a token without the claim for roles has
    bool isIssueTimeRequired = false;  ///< `iat` must be there
    std::chrono::seconds leeway{60};

    friend bool operator==(const ClaimRules &, const ClaimRules &) = default;
};

/// Who the claims of a token, whose signature holds, speak for. UNAUTHENTICATED/TOKEN_INVALID or TOKEN_EXPIRED says which claim is wrong
/// and what it should be, without quoting it. Strict JSON; `iss` exact; `aud` is or has the audience; `exp`, `nbf` and `iat` are integers;
/// tokens of other kinds are told by what only they claim.
[[nodiscard]] Core::Result<Identity> identityFromClaims(std::string_view json, const ClaimRules &rules, std::chrono::milliseconds now);

}  // namespace Satchel::Server
