// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "bearertokens.h"

#include "server-stub/auth/jwksfile.h"
#include "server-stub/auth/oidckeys.h"
#include "server-stub/net/httpfetcher.h"

namespace Satchel::Server {

namespace {

Core::Result<std::unique_ptr<KeySource>> keySourceOf(const IdentityOptions &options, Log &log)
{
    if (!options.oidcIssuer.empty()) {
        OidcSettings settings;
        settings.issuer = options.oidcIssuer;
        auto provider = OidcKeys::make(std::move(settings), std::make_unique<HttpFetcher>(), log);
        if (!provider) {
            return Core::failure(std::move(provider.error()));
        }
        return std::unique_ptr<KeySource>(std::move(*provider));
    }
    auto file = JwksFile::open(options.jwksFile, log);
    if (!file) {
        return Core::failure(std::move(file.error()));
    }
    return std::unique_ptr<KeySource>(std::move(*file));
}

/// Picks the verifier only: what the token may be signed with is for that one to say.
bool isForDevelopment(std::string_view token)
{
    const auto jws = parseCompactJws(token, IssuerVerifier::tokenBytesMax);
    return jws && jws->algorithm == "HS256";
}

}  // namespace

Core::Result<std::unique_ptr<BearerTokens>> BearerTokens::make(const IdentityOptions &options, JwtSettings development, Log &log)
{
    std::unique_ptr<BearerTokens> out(new BearerTokens);
    if (options.isDevelopment()) {
        out->m_development = std::make_unique<JwtVerifier>(std::move(development));
    }
    if (options.hasIssuer()) {
        auto keys = keySourceOf(options, log);
        if (!keys) {
            return Core::failure(std::move(keys.error()));
        }
        out->m_keys = std::move(*keys);
        ClaimRules rules = options.claims;
        rules.isIssueTimeRequired = true;
        if (!options.oidcIssuer.empty()) {
            rules.issuer = options.oidcIssuer;
        }
        out->m_issuer = std::make_unique<IssuerVerifier>(*out->m_keys, std::move(rules));
    }
    return out;
}

Core::Result<Identity> BearerTokens::verify(std::string_view token, std::chrono::milliseconds now) const
{
    const bool isDevelopment = m_development && (!m_issuer || isForDevelopment(token));
    return isDevelopment ? m_development->verify(token, now) : m_issuer->verify(token, now);
}

void BearerTokens::reload()
{
    if (m_keys) {
        m_keys->reload();
    }
}

}  // namespace Satchel::Server
