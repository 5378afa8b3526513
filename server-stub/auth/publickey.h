// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

struct evp_pkey_st;

namespace Satchel::Server {

/// What tokens of an external issuer may be signed with: RFC 7518 section 3.1 and RFC 8037.
enum class SignatureAlgorithm : std::uint8_t { Rs256, Ps256, Es256, EdDsa };

/// By the exact name of the header's `alg`.
[[nodiscard]] std::optional<SignatureAlgorithm> algorithmNamed(std::string_view name);

/// A public key of an issuer. Does not change once it is made; copies share it, from any thread. Numbers are big-endian bytes.
class PublicKey {
public:
    static constexpr int rsaBitsMin = 2048;
    static constexpr int rsaBitsMax = 8192;

    /// INVALID_ARGUMENT/MALFORMED_INPUT says why the numbers are no key, or none that is taken.
    [[nodiscard]] static Core::Result<PublicKey> rsa(std::string_view modulus, std::string_view exponent);
    /// A point of the curve P-256: 32 bytes each.
    [[nodiscard]] static Core::Result<PublicKey> p256(std::string_view x, std::string_view y);
    [[nodiscard]] static Core::Result<PublicKey> ed25519(std::string_view x);

    /// Whether a key of this kind makes such signatures.
    [[nodiscard]] bool isFor(SignatureAlgorithm algorithm) const;
    /// False if the signature does not hold, or is not of this key's kind.
    [[nodiscard]] bool verify(SignatureAlgorithm algorithm, std::string_view text, std::string_view signature) const;

private:
    enum class Kind : std::uint8_t { Rsa, P256, Ed25519 };
    PublicKey(Kind kind, std::shared_ptr<evp_pkey_st> key);

    Kind m_kind;
    std::shared_ptr<evp_pkey_st> m_key;
};

}  // namespace Satchel::Server
