// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/issuerverifier.h"
#include "support/signingkey.h"

#include <chrono>
#include <memory>
#include <string>

namespace Satchel::Test {

inline constexpr std::chrono::milliseconds now{1'800'000'000'000};
inline const std::string goodHeader = R"({"alg":"ES256","kid":"k1","typ":"at+jwt"})";
inline const std::string goodClaims =
    R"({"iss":"https://id.example","aud":["satchel","other"],"sub":"alice","tenant":"t","roles":["user"],"iat":1799999990,"exp":1800003600})";

/// Keys that never change; counts who asks for newer ones.
class FixedKeys : public Server::KeySource {
public:
    explicit FixedKeys(const std::string &json)
        : m_keys(std::make_shared<const Server::JwkSet>(*Server::JwkSet::parse(json)))
    {
    }
    [[nodiscard]] std::shared_ptr<const Server::JwkSet> keys() const override { return m_keys; }
    [[nodiscard]] Renewal renew(std::chrono::milliseconds /*now*/) override
    {
        ++renewals;
        return Renewal::Nothing;
    }
    void reload() override {}
    int renewals = 0;

private:
    std::shared_ptr<const Server::JwkSet> m_keys;
};

inline Server::ClaimRules rules()
{
    Server::ClaimRules out;
    out.issuer = "https://id.example";
    out.isIssueTimeRequired = true;
    return out;
}

/// An issuer with one key, who signs whatever an attacker could want signed, and a server that trusts it.
struct Issuer {
    SigningKey key{SigningKey::Kind::P256, "k1"};
    FixedKeys keys{jwkSet({key.jwk()})};
    Server::IssuerVerifier verifier{keys, rules()};

    [[nodiscard]] std::string sign(const std::string &header, const std::string &claims) const { return key.sign("ES256", header, claims); }
    /// None: taken. MalformedInput: refused with another code, without a reason in words, or with what the token says in them.
    [[nodiscard]] Core::ErrorReason verify(const std::string &token) const
    {
        const auto verified = verifier.verify(token, now);
        if (!verified && (verified.error().code != Core::ErrorCode::Unauthenticated || verified.error().detail.empty() ||
                          verified.error().detail.find("alice") != std::string::npos)) {
            return Core::ErrorReason::MalformedInput;
        }
        return verified ? Core::ErrorReason::None : verified.error().reason;
    }
};

inline Issuer &issuer()
{
    static Issuer one;
    return one;
}

inline std::string replaced(std::string text, const std::string &what, const std::string &by)
{
    return text.replace(text.find(what), what.size(), by);
}

}  // namespace Satchel::Test
