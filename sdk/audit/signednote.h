// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/hash.h"
#include "core/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// Signed tree heads: checkpoints (C2SP tlog-checkpoint) in signed notes (C2SP signed-note), by Ed25519. Stateless and thread-safe.
namespace Satchel::Audit {

/// Who checks signatures, and by which name the key goes.
struct VerifierKey {
    std::string name;  ///< not empty, no white space, no plus
    std::array<std::uint8_t, 32> key{};

    /// "name+9a8b7c6d+BASE64": what people keep and hand on.
    [[nodiscard]] std::string toText() const;
    /// INVALID_ARGUMENT/MALFORMED_INPUT says what is wrong with the text.
    [[nodiscard]] static Core::Result<VerifierKey> fromText(std::string_view text);
    /// The first 4 bytes of SHA-256 over the name, a line feed, 0x01 and the key; in a number as the bytes stand.
    [[nodiscard]] std::uint32_t hash() const;

    friend bool operator==(const VerifierKey &, const VerifierKey &) = default;
};

/// Whether `signature` (64 bytes) is the key's over `text`. Signatures that are not in canonical form are refused.
[[nodiscard]] bool verifySignature(std::string_view text, std::string_view signature, const std::array<std::uint8_t, 32> &key);

/// Signs heads. The seed is wiped when it goes.
class Signer {
public:
    /// `seed`: 32 bytes. INVALID_ARGUMENT otherwise, and for a name that no key may have.
    [[nodiscard]] static Core::Result<Signer> make(std::string name, std::string_view seed);
    ~Signer();
    Signer(Signer &&) = default;
    Signer &operator=(Signer &&) = delete;

    [[nodiscard]] const VerifierKey &verifierKey() const { return m_public; }
    /// `text` ends with a line feed. The note: text, an empty line, a signature line.
    [[nodiscard]] std::string signNote(std::string_view text) const;

private:
    Signer() = default;
    VerifierKey m_public;
    std::array<std::uint8_t, 64> m_secret{};
};

/// Size and root of a log, which `origin` tells from all others.
struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;
    Hash root{};

    /// Three lines: origin, size, root in base64.
    [[nodiscard]] std::string toText() const;
    friend bool operator==(const Checkpoint &, const Checkpoint &) = default;
};

/// What a note says, of whose signatures one is the key's and good. INVALID_ARGUMENT/MALFORMED_INPUT for text that is no note or no
/// checkpoint; UNAUTHENTICATED when it is not signed by the key.
[[nodiscard]] Core::Result<Checkpoint> openCheckpoint(std::string_view note, const VerifierKey &key);
/// The same without a look at signatures.
[[nodiscard]] Core::Result<Checkpoint> readCheckpoint(std::string_view note);

/// "satchel-audit/EPOCH/TENANT": the log of a tenant, in an epoch, since trees of one size may differ before and after a backup was
/// restored. Bytes of the tenant other than letters, digits and "-._~" are percent-encoded.
[[nodiscard]] std::string originOf(std::uint64_t epoch, std::string_view tenant);
/// Name of the keys that servers sign with.
inline constexpr std::string_view signerName = "satchel-audit";

}  // namespace Satchel::Audit
