// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/tokenverifier.h"

#include <string>
#include <string_view>

namespace Satchel::Server {

/// What a token must say and what it must be signed with.
struct JwtSettings {
    std::string key;  ///< HMAC-SHA-256, at least 32 bytes
    std::string issuer = "satchel-dev";
    std::string audience = "satchel";
    std::chrono::seconds leeway{60};
    std::size_t tokenBytesMax = 8 * 1024;
};

/// JSON Web Tokens (RFC 7519) in the one form that is taken: three parts, header exactly {typ: JWT, alg: HS256}. The algorithm is the
/// key's; the header may only agree with it. Whatever could name another key or changes the meaning (kid, jwk, jku, x5u, crit, zip) is
/// refused.
class JwtVerifier : public TokenVerifier {
public:
    explicit JwtVerifier(JwtSettings settings)
        : m_settings(std::move(settings))
    {
    }
    [[nodiscard]] Core::Result<Identity> verify(std::string_view token, std::chrono::milliseconds now) const override;

private:
    JwtSettings m_settings;
};

/// Makes tokens that a JwtVerifier of the same settings takes; for development servers on loopback only.
class JwtIssuer {
public:
    explicit JwtIssuer(JwtSettings settings)
        : m_settings(std::move(settings))
    {
    }
    [[nodiscard]] std::string issue(const Identity &identity, std::chrono::milliseconds now) const;

private:
    JwtSettings m_settings;
};

/// HMAC-SHA-256.
[[nodiscard]] std::string hmacSha256(std::string_view key, std::string_view text);
/// In a time that depends on the lengths only.
[[nodiscard]] bool equalConstantTime(std::string_view a, std::string_view b);

}  // namespace Satchel::Server
