// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "signednote.h"

#include "core/value.h"
#include "wire/json.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace Satchel::Audit {

namespace {

constexpr char ed25519 = 1;
constexpr std::size_t keyHashBytes = 4;
constexpr std::size_t hexDigits = 8;
constexpr std::size_t noteBytesMax = std::size_t{64} * 1024;
constexpr std::size_t signaturesMax = 16;
constexpr std::string_view signaturePrefix = "\xE2\x80\x94 ";  // an em dash and a space

tl::unexpected<Core::Error> malformed(const std::string &why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, why));
}

bool isName(std::string_view name)
{
    const auto isForbidden = [](char letter) { return static_cast<unsigned char>(letter) <= ' ' || letter == '+' || letter == '\x7F'; };
    return !name.empty() && Core::isUtf8(name) && std::none_of(name.begin(), name.end(), isForbidden);
}

std::string hashBytesOf(std::uint32_t hash)
{
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<char>((hash >> shift) & 0xFFU));
    }
    return bytes;
}

struct SignatureLine {
    std::string_view name;
    std::string bytes;
};

struct Parts {
    std::string_view text;
    std::vector<SignatureLine> signatures;
};

Core::Result<SignatureLine> readSignature(std::string_view line)
{
    if (!line.starts_with(signaturePrefix)) {
        return malformed("a signature line of the note does not begin with an em dash and a space");
    }
    line.remove_prefix(signaturePrefix.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !isName(line.substr(0, space))) {
        return malformed("a signature line of the note has no name");
    }
    auto bytes = Wire::fromBase64(line.substr(space + 1));
    if (!bytes || bytes->size() <= keyHashBytes) {
        return malformed("a signature of the note is not base64 of a key hash and a signature");
    }
    return SignatureLine{line.substr(0, space), std::move(*bytes)};
}

Core::Result<Parts> split(std::string_view note)
{
    const auto isControl = [](char letter) { return static_cast<unsigned char>(letter) < ' ' && letter != '\n'; };
    if (note.size() > noteBytesMax || !Core::isUtf8(note) || std::any_of(note.begin(), note.end(), isControl)) {
        return malformed("the note is too long or no plain text");
    }
    const std::size_t end = note.rfind("\n\n");
    if (end == std::string_view::npos || !note.ends_with('\n') || end + 2 == note.size()) {
        return malformed("the note has no signature; it may have been cut off");
    }
    Parts parts{note.substr(0, end + 1), {}};
    std::string_view rest = note.substr(end + 2);
    while (!rest.empty()) {
        const std::size_t line = rest.find('\n');
        auto signature = readSignature(rest.substr(0, line));
        if (!signature) {
            return Core::failure(std::move(signature.error()));
        }
        if (parts.signatures.size() == signaturesMax) {
            return malformed("the note has too many signatures");
        }
        parts.signatures.push_back(std::move(*signature));
        rest.remove_prefix(line + 1);
    }
    return parts;
}

std::optional<std::string_view> takeLine(std::string_view &text)
{
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

/// Extension lines, which the format allows, are refused: nothing of ours writes any, and they would be signed without being understood.
Core::Result<Checkpoint> readText(std::string_view text)
{
    const auto origin = takeLine(text);
    const auto size = takeLine(text);
    const auto root = takeLine(text);
    if (!origin || origin->empty() || !size || !root || !text.empty()) {
        return malformed("a checkpoint is three lines: origin, size and root");
    }
    Checkpoint checkpoint;
    checkpoint.origin = *origin;
    const auto parsed = std::from_chars(size->data(), size->data() + size->size(), checkpoint.size);
    if (parsed.ec != std::errc() || std::to_string(checkpoint.size) != *size) {
        return malformed("the size of the checkpoint is not a number");
    }
    const auto bytes = Wire::fromBase64(*root);
    const auto hash = bytes ? hashFrom(*bytes) : std::nullopt;
    if (!hash) {
        return malformed("the root of the checkpoint is not base64 of 32 bytes");
    }
    checkpoint.root = *hash;
    return checkpoint;
}

}  // namespace

std::uint32_t VerifierKey::hash() const
{
    std::string text = name + '\n' + ed25519;
    text.append(reinterpret_cast<const char *>(key.data()), key.size());
    const Hash digest = sha256(text);
    return (std::uint32_t{digest[0]} << 24U) | (std::uint32_t{digest[1]} << 16U) | (std::uint32_t{digest[2]} << 8U) | digest[3];
}

std::string VerifierKey::toText() const
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = name + '+';
    for (int shift = 28; shift >= 0; shift -= 4) {
        text.push_back(digits[(hash() >> shift) & 15U]);
    }
    std::string bytes(1, ed25519);
    bytes.append(reinterpret_cast<const char *>(key.data()), key.size());
    return text + '+' + Wire::base64(bytes);
}

Core::Result<VerifierKey> VerifierKey::fromText(std::string_view text)
{
    const std::size_t first = text.find('+');
    const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
    if (second == std::string_view::npos || second - first - 1 != hexDigits || !isName(text.substr(0, first))) {
        return malformed("a verifier key reads NAME+HASH+KEY, as satchel-server audit-key prints it");
    }
    const auto bytes = Wire::fromBase64(text.substr(second + 1));
    if (!bytes || bytes->size() != 1 + std::tuple_size_v<Hash> || bytes->front() != ed25519) {
        return malformed("the verifier key is not the base64 of an Ed25519 key");
    }
    VerifierKey out;
    out.name = text.substr(0, first);
    std::copy(bytes->begin() + 1, bytes->end(), out.key.begin());
    if (out.toText() != text) {
        return malformed("the hash in the verifier key is not of its name and key; it may have been mistyped");
    }
    return out;
}

bool verifySignature(std::string_view text, std::string_view signature, const std::array<std::uint8_t, 32> &key)
{
    return signature.size() == crypto_sign_ed25519_BYTES &&
           crypto_sign_ed25519_verify_detached(reinterpret_cast<const unsigned char *>(signature.data()),
                                               reinterpret_cast<const unsigned char *>(text.data()), text.size(), key.data()) == 0;
}

Core::Result<Signer> Signer::make(std::string name, std::string_view seed)
{
    if (!isName(name) || seed.size() != crypto_sign_ed25519_SEEDBYTES) {
        return malformed("a signing key is a name without white space or plus, and 32 bytes");
    }
    Signer signer;
    signer.m_public.name = std::move(name);
    crypto_sign_ed25519_seed_keypair(signer.m_public.key.data(), signer.m_secret.data(),
                                     reinterpret_cast<const unsigned char *>(seed.data()));
    return signer;
}

Signer::~Signer()
{
    sodium_memzero(m_secret.data(), m_secret.size());
}

std::string Signer::signNote(std::string_view text) const
{
    std::string signature = hashBytesOf(m_public.hash());
    signature.resize(keyHashBytes + crypto_sign_ed25519_BYTES);
    crypto_sign_ed25519_detached(reinterpret_cast<unsigned char *>(signature.data()) + keyHashBytes, nullptr,
                                 reinterpret_cast<const unsigned char *>(text.data()), text.size(), m_secret.data());
    return std::string(text) + '\n' + std::string(signaturePrefix) + m_public.name + ' ' + Wire::base64(signature) + '\n';
}

std::string Checkpoint::toText() const
{
    return origin + '\n' + std::to_string(size) + '\n' + Wire::base64(viewOf(root)) + '\n';
}

Core::Result<Checkpoint> openCheckpoint(std::string_view note, const VerifierKey &key)
{
    auto parts = split(note);
    if (!parts) {
        return Core::failure(std::move(parts.error()));
    }
    const std::string hash = hashBytesOf(key.hash());
    const bool isSigned = std::any_of(parts->signatures.begin(), parts->signatures.end(), [&](const SignatureLine &line) {
        const std::string_view bytes = line.bytes;
        return line.name == key.name && bytes.starts_with(hash) && verifySignature(parts->text, bytes.substr(keyHashBytes), key.key);
    });
    if (!isSigned) {
        return Core::failure(Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::None,
                                             "the note is not signed by the key " + key.toText()));
    }
    return readText(parts->text);
}

Core::Result<Checkpoint> readCheckpoint(std::string_view note)
{
    auto parts = split(note);
    return parts ? readText(parts->text) : Core::failure(std::move(parts.error()));
}

std::string originOf(std::uint64_t epoch, std::string_view tenant)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string origin = "satchel-audit/" + std::to_string(epoch) + '/';
    for (const char letter : tenant) {
        const bool isLetter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
        if (isLetter || std::string_view("-._~").find(letter) != std::string_view::npos) {
            origin.push_back(letter);
        } else {
            origin.push_back('%');
            origin.push_back(digits[static_cast<unsigned char>(letter) >> 4U]);
            origin.push_back(digits[static_cast<unsigned char>(letter) & 15U]);
        }
    }
    return origin;
}

}  // namespace Satchel::Audit
