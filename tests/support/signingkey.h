// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;

namespace Satchel::Test {

/// An issuer's key pair, made by the test; signs what it is told to, good or bad.
class SigningKey {
public:
    enum class Kind { Rsa, P256, Ed25519 };

    explicit SigningKey(Kind kind, std::string kid = {}, int rsaBits = 2048);

    /// The public key as a JWK; `more` is further members, as `,"use":"sig"`.
    [[nodiscard]] std::string jwk(const std::string &more = {}) const;
    /// The public key in PEM, as it may be found in the open.
    [[nodiscard]] std::string publicPem() const;
    /// The signature alone, in JOSE's form. `algorithm` is one of RS256, PS256, ES256 and EdDSA that the key can do.
    [[nodiscard]] std::string signature(const std::string &algorithm, const std::string &text) const;
    /// A compact token of header and claims, whatever they say.
    [[nodiscard]] std::string sign(const std::string &algorithm, const std::string &header, const std::string &claims) const;

private:
    [[nodiscard]] std::string number(const char *name) const;

    Kind m_kind;
    std::string m_kid;
    std::shared_ptr<evp_pkey_st> m_key;
};

[[nodiscard]] std::string jwkSet(const std::vector<std::string> &jwks);

}  // namespace Satchel::Test
