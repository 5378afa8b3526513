// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "jwt.h"

#include "core/value.h"
#include "server-stub/auth/claims.h"
#include "server-stub/auth/compactjws.h"
#include "wire/json.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>

namespace Satchel::Server {

using Core::Value;

std::string hmacSha256(std::string_view key, std::string_view text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char *>(text.data()), text.size(),
             digest.data(), &length) == nullptr) {
        std::abort();
    }
    return {reinterpret_cast<const char *>(digest.data()), length};
}

bool equalConstantTime(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Core::Result<Identity> JwtVerifier::verify(std::string_view token, std::chrono::milliseconds now) const
{
    if (token.empty()) {
        return tokenMissing();
    }
    const auto jws = parseCompactJws(token, m_settings.tokenBytesMax);
    if (!jws) {
        return Core::failure(jws.error());
    }
    if (jws->algorithm != "HS256" || jws->type != "JWT" || jws->kid) {
        return tokenInvalid(
            "the token is no development token (typ JWT, alg HS256); get one at /v1/dev/token, or have the server take an issuer's");
    }
    if (!equalConstantTime(jws->signature, hmacSha256(m_settings.key, jws->signedText))) {
        return tokenInvalid("the token's signature does not hold; get a fresh token");
    }
    ClaimRules rules;
    rules.issuer = m_settings.issuer;
    rules.audience = m_settings.audience;
    rules.leeway = m_settings.leeway;
    return identityFromClaims(jws->payload, rules, now);
}

std::string JwtIssuer::issue(const Identity &identity, std::chrono::milliseconds now) const
{
    Value::List roles;
    for (const std::string &role : identity.roles) {
        roles.emplace_back(role);
    }
    Value::Map attributes;
    for (const auto &[name, value] : identity.attributes) {
        attributes.push_back({name, value});
    }
    const std::int64_t seconds = now.count() / 1000;
    const auto claims = Value::map({{"iss", m_settings.issuer},
                                    {"aud", m_settings.audience},
                                    {"sub", identity.user.user},
                                    {"tenant", identity.user.tenant},
                                    {"roles", std::move(roles)},
                                    {"attributes", *Value::map(std::move(attributes))},
                                    {"nbf", seconds},
                                    {"iat", seconds},
                                    {"exp", static_cast<std::int64_t>(identity.expiresAt.count())}});
    const std::string text = Wire::base64Url(R"({"typ":"JWT","alg":"HS256"})") + "." + Wire::base64Url(Wire::jsonFromValue(*claims));
    return text + "." + Wire::base64Url(hmacSha256(m_settings.key, text));
}

}  // namespace Satchel::Server
