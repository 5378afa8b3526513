// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/auth/publickey.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Server {

/// One key of an issuer.
struct Jwk {
    std::string kid;  ///< empty: it has none
    PublicKey key;
    std::optional<SignatureAlgorithm> algorithm;  ///< the only one that the key may be used with; none: any of its kind

    [[nodiscard]] bool isFor(SignatureAlgorithm wanted) const { return key.isFor(wanted) && (!algorithm || *algorithm == wanted); }
};

/// An issuer's public keys: a JWK set, RFC 7517 section 5. Does not change once it is read.
class JwkSet {
public:
    static constexpr std::size_t textBytesMax = std::size_t{256} * 1024;
    static constexpr std::size_t keysMax = 100;

    /// Reads the text strictly. Keys that are not for signatures, or of kinds that are not taken, are left out with a reason; what is
    /// broken or could be misread refuses the whole set with INVALID_ARGUMENT/MALFORMED_INPUT: a private key, a kid twice, no usable key at
    /// all.
    [[nodiscard]] static Core::Result<JwkSet> parse(std::string_view json);

    /// The key with exactly this kid, or nullptr.
    [[nodiscard]] const Jwk *find(std::string_view kid) const;
    /// The key, if the set has just one: what a token without a kid means.
    [[nodiscard]] const Jwk *only() const { return m_keys.size() == 1 ? &m_keys.front() : nullptr; }
    [[nodiscard]] std::size_t size() const { return m_keys.size(); }
    /// "key 3: ..." for every key that was left out.
    [[nodiscard]] const std::vector<std::string> &leftOut() const { return m_leftOut; }

private:
    std::vector<Jwk> m_keys;
    std::vector<std::string> m_leftOut;
};

/// A kid is 1 to 64 of letters, digits and - _ . @. It is compared with kids in memory, and used for nothing else.
[[nodiscard]] bool isKid(std::string_view text);

}  // namespace Satchel::Server
