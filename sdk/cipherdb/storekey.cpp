// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storekey.h"

#include <sodium.h>

#include <algorithm>

namespace Satchel::CipherDb {

namespace {

constexpr std::uint64_t operationsMax = 16;
constexpr std::size_t memoryBytesMax = std::size_t{1024} * 1024 * 1024;

static_assert(sizeof(PassphraseParameters::salt) == crypto_pwhash_argon2id_SALTBYTES);

}  // namespace

StoreKey::StoreKey(std::span<const std::uint8_t, sizeBytes> bytes)
{
    std::copy(bytes.begin(), bytes.end(), m_bytes.begin());
}

StoreKey StoreKey::random()
{
    if (sodium_init() < 0)
        std::abort();  // without a source of randomness there is no key, and a weak one must never be handed out
    std::array<std::uint8_t, sizeBytes> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    StoreKey key(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return key;
}

StoreKey::~StoreKey()
{
    sodium_memzero(m_bytes.data(), m_bytes.size());
}

StoreKey::StoreKey(StoreKey &&other) noexcept
    : m_bytes(other.m_bytes)
{
    sodium_memzero(other.m_bytes.data(), other.m_bytes.size());
}

StoreKey &StoreKey::operator=(StoreKey &&other) noexcept
{
    if (this != &other) {
        m_bytes = other.m_bytes;
        sodium_memzero(other.m_bytes.data(), other.m_bytes.size());
    }
    return *this;
}

StoreKey StoreKey::clone() const
{
    return StoreKey(m_bytes);
}

Core::Result<StoreKey> keyFromPassphrase(std::string_view passphrase, const PassphraseParameters &parameters)
{
    using Core::ErrorCode;
    using Core::ErrorReason;
    if (passphrase.empty())
        return Core::failure(Core::invalidArgument(ErrorReason::MalformedInput, "the passphrase is empty"));
    if (passphrase.size() > crypto_pwhash_argon2id_PASSWD_MAX || parameters.operations < crypto_pwhash_argon2id_OPSLIMIT_MIN ||
        parameters.operations > operationsMax || parameters.memoryBytes < crypto_pwhash_argon2id_MEMLIMIT_MIN ||
        parameters.memoryBytes > memoryBytesMax)
        return Core::failure(Core::invalidArgument(ErrorReason::LimitExceeded, "passphrase parameters are outside Argon2id's limits"));
    if (sodium_init() < 0)
        return Core::failure(Core::makeError(ErrorCode::Internal, ErrorReason::None, "libsodium cannot be initialised"));

    std::array<std::uint8_t, StoreKey::sizeBytes> bytes;
    const int result = crypto_pwhash_argon2id(bytes.data(), bytes.size(), passphrase.data(), passphrase.size(), parameters.salt.data(),
                                              parameters.operations, parameters.memoryBytes, crypto_pwhash_argon2id_ALG_ARGON2ID13);
    if (result != 0)
        return Core::failure(Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded,
                                             "not enough memory to derive the key from the passphrase", Core::Retry::Later));
    StoreKey key(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return key;
}

}  // namespace Satchel::CipherDb
