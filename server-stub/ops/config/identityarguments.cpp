// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "identityarguments.h"

#include "server-stub/net/httpurl.h"
#include "server-stub/ops/config/commandline.h"
#include "server-stub/ops/config/option.h"

namespace Satchel::Server {

namespace {

constexpr std::size_t nameBytesMax = 256;

tl::unexpected<Core::Error> wrong(const char *why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, why));
}

/// An option that takes a name of some rule of claims.
Option nameOption(std::string_view name, std::string_view valueName, std::string_view preset, std::string_view help,
                  std::string ClaimRules::*target)
{
    Option out{name, OptionGroup::Tokens, ValueRule::text(valueName), preset, help, [target](CommandLine &line, const std::string &value) {
                   line.options.identity.claims.*target = value;
                   return value.size() <= nameBytesMax;
               }};
    out.hint = "takes a name of at most 256 bytes";
    return out;
}

}  // namespace

std::vector<Option> identityOptions()
{
    constexpr auto group = OptionGroup::Tokens;
    Option oidc{"oidc-issuer",
                group,
                ValueRule::text("URL"),
                {},
                "take tokens of this OpenID provider, whose keys are found by discovery and fetched anew as they change",
                [](CommandLine &out, const std::string &value) {
                    out.options.identity.oidcIssuer = value;
                    return HttpUrl::parse(value).has_value();
                }};
    oidc.hint = "takes a URL of https, or of http on this machine";
    const Option jwks{"jwks",
                      group,
                      ValueRule::text("FILE"),
                      {},
                      "take tokens of an issuer whose public keys are in this JWK set; SIGHUP reads it again",
                      [](CommandLine &out, const std::string &value) {
                          out.options.identity.jwksFile = value;
                          return true;
                      }};
    return {oidc,
            jwks,
            nameOption("issuer", "ISS", {}, "the issuer of those tokens, exactly as their iss has it", &ClaimRules::issuer),
            nameOption("audience", "AUD", "satchel", "what their aud must be or have", &ClaimRules::audience),
            nameOption("claim-user", "NAME", "sub", "the claim that says which user a token is for; /a/b reaches into objects",
                       &ClaimRules::userClaim),
            nameOption("claim-tenant", "NAME", "tenant", "likewise the tenant", &ClaimRules::tenantClaim),
            nameOption("claim-roles", "NAME", "roles", "likewise the roles", &ClaimRules::rolesClaim),
            nameOption("claim-attributes", "NAME", "attributes", "likewise what rules of the policy file compare, as region and team",
                       &ClaimRules::attributesClaim),
            nameOption("tenant", "NAME", {}, "every token is of this tenant, whatever it claims", &ClaimRules::tenant),
            {"default-role",
             group,
             ValueRule::choice("ROLE", {roleUser}),
             {},
             "the role of tokens without a claim for roles: user",
             [](CommandLine &out, const std::string &value) {
                 out.options.identity.claims.defaultRole = value;
                 return true;
             }}};
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
