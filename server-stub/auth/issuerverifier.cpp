// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "issuerverifier.h"

namespace Satchel::Server {

namespace {

constexpr std::chrono::milliseconds keysRetryAfter{1000};

/// The key that the token names; without a kid, the only one that there is.
const Jwk *keyOf(const CompactJws &jws, const JwkSet &keys)
{
    return jws.kid ? keys.find(*jws.kid) : keys.only();
}

}  // namespace

Core::Result<void> checkSignature(const CompactJws &jws, const JwkSet &keys)
{
    const auto algorithm = algorithmNamed(jws.algorithm);
    if (!algorithm) {
        return tokenInvalid("the token's alg is not one of RS256, PS256, ES256 and EdDSA; have the issuer sign with one of them");
    }
    const Jwk *key = keyOf(jws, keys);
    if (key == nullptr) {
        return tokenInvalid(jws.kid ? "the token is signed with a key that the issuer does not publish; get a fresh token"
                                    : "the token names no key (kid) and the issuer has several; have the issuer name it");
    }
    if (!key->isFor(*algorithm)) {
        return tokenInvalid("the token's alg is not what its key is for; have the issuer sign as the key's alg and kty say");
    }
    if (!key->key.verify(*algorithm, jws.signedText, jws.signature)) {
        return tokenInvalid("the token's signature does not hold; get a fresh token");
    }
    return {};
}

Core::Result<std::shared_ptr<const JwkSet>> IssuerVerifier::keysFor(const CompactJws &jws, std::chrono::milliseconds now) const
{
    auto keys = m_keys.keys();
    if (keys && (!algorithmNamed(jws.algorithm) || keyOf(jws, *keys) != nullptr)) {
        return keys;
    }
    const KeySource::Renewal renewal = m_keys.renew(now);
    if (renewal == KeySource::Renewal::Done) {
        keys = m_keys.keys();
    }
    if (!keys || renewal == KeySource::Renewal::UnderWay) {
        return Core::failure(Core::unavailable(Core::ErrorReason::None,
                                               "the issuer's keys are being fetched; send the token again in a second", keysRetryAfter));
    }
    return keys;
}

Core::Result<Identity> IssuerVerifier::verify(std::string_view token, std::chrono::milliseconds now) const
{
    if (token.empty()) {
        return tokenMissing();
    }
    const auto jws = parseCompactJws(token, tokenBytesMax);
    if (!jws) {
        return Core::failure(jws.error());
    }
    const auto keys = keysFor(*jws, now);
    if (!keys) {
        return Core::failure(keys.error());
    }
    if (auto checked = checkSignature(*jws, **keys); !checked) {
        return Core::failure(std::move(checked.error()));
    }
    return identityFromClaims(jws->payload, m_rules, now);
}

}  // namespace Satchel::Server
