// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/claims.h"
#include "server-stub/auth/compactjws.h"
#include "server-stub/auth/keysource.h"
#include "server-stub/auth/tokenverifier.h"

namespace Satchel::Server {

/// Whether the signature is the key's, by an algorithm that the key is for. The key says which algorithms; the header may only pick one.
[[nodiscard]] Core::Result<void> checkSignature(const CompactJws &jws, const JwkSet &keys);

/// Tokens of an external issuer: signed with one of its public keys, claiming what the rules ask for. Besides what TokenVerifier says,
/// UNAVAILABLE with a time to wait while the key that a token names is being looked for.
class IssuerVerifier : public TokenVerifier {
public:
    static constexpr std::size_t tokenBytesMax = 8 * 1024;

    /// The source must outlive the verifier.
    IssuerVerifier(KeySource &keys, ClaimRules rules)
        : m_keys(keys)
        , m_rules(std::move(rules))
    {
    }
    [[nodiscard]] Core::Result<Identity> verify(std::string_view token, std::chrono::milliseconds now) const override;

private:
    [[nodiscard]] Core::Result<std::shared_ptr<const JwkSet>> keysFor(const CompactJws &jws, std::chrono::milliseconds now) const;

    KeySource &m_keys;
    ClaimRules m_rules;
};

}  // namespace Satchel::Server
