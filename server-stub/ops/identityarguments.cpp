// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "identityarguments.h"

#include "server-stub/net/httpurl.h"

namespace Satchel::Server {

namespace {

constexpr std::size_t nameBytesMax = 256;

tl::unexpected<Core::Error> wrong(const char *why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, why));
}

bool takeName(std::string &target, const std::string &value)
{
    target = value;
    return !value.empty() && value.size() <= nameBytesMax;
}

}  // namespace

const std::map<std::string, IdentityTaker> &identityArguments()
{
    static const std::map<std::string, IdentityTaker> arguments{
        {"--jwks",
         [](IdentityOptions &out, const std::string &value) {
             out.jwksFile = value;
             return !value.empty();
         }},
        {"--oidc-issuer",
         [](IdentityOptions &out, const std::string &value) {
             out.oidcIssuer = value;
             return HttpUrl::parse(value).has_value();
         }},
        {"--issuer", [](IdentityOptions &out, const std::string &value) { return takeName(out.claims.issuer, value); }},
        {"--audience", [](IdentityOptions &out, const std::string &value) { return takeName(out.claims.audience, value); }},
        {"--claim-user", [](IdentityOptions &out, const std::string &value) { return takeName(out.claims.userClaim, value); }},
        {"--claim-tenant", [](IdentityOptions &out, const std::string &value) { return takeName(out.claims.tenantClaim, value); }},
        {"--claim-roles", [](IdentityOptions &out, const std::string &value) { return takeName(out.claims.rolesClaim, value); }},
        {"--tenant", [](IdentityOptions &out, const std::string &value) { return takeName(out.claims.tenant, value); }},
        {"--default-role",
         [](IdentityOptions &out, const std::string &value) {
             out.claims.defaultRole = value;
             return value == roleUser;
         }},
    };
    return arguments;
}

Core::Result<void> checkIdentity(const IdentityOptions &options)
{
    if (!options.hasIssuer() && !(options.claims == ClaimRules{})) {
        return wrong("--issuer, --audience, --tenant, --default-role and --claim-... are about an issuer's tokens; name its keys with "
                     "--oidc-issuer or --jwks");
    }
    if (!options.jwksFile.empty() && !options.oidcIssuer.empty()) {
        return wrong("--oidc-issuer tells where its keys are; --jwks goes without it");
    }
    if (!options.oidcIssuer.empty() && !options.claims.issuer.empty()) {
        return wrong("--oidc-issuer is the tokens' issuer; --issuer goes with --jwks");
    }
    if (!options.jwksFile.empty() && options.claims.issuer.empty()) {
        return wrong("--jwks needs --issuer: what the tokens have as iss");
    }
    return {};
}

}  // namespace Satchel::Server
