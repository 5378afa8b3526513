// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storekey.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace Satchel::CipherDb {

namespace {

constexpr std::uint64_t operationsMax = 16;
constexpr std::size_t memoryBytesMax = std::size_t{1024} * 1024 * 1024;

static_assert(sizeof(PassphraseParameters::salt) == crypto_pwhash_argon2id_SALTBYTES);

}  // namespace

void wipe(void *bytes, std::size_t sizeBytes)
{
    if (sizeBytes != 0)
        sodium_memzero(bytes, sizeBytes);
}

void wipeStack()
{
    constexpr std::size_t sizeBytes = 64 * 1024;
    std::array<char, sizeBytes> below;
    wipe(below.data(), below.size());
    // Copying leaves its last bytes in vector registers, and the dynamic linker saves those on the stack when it is called next. Copies of
    // zeros, of each length that is done in a way of its own, take their place.
    for (const std::size_t length : {16U, 32U, 64U, 128U, 256U, 1024U, 16384U}) {
        std::memmove(below.data(), below.data() + length + 1, length);
    }
    wipe(below.data(), below.size());
}

StoreKey::StoreKey(std::span<const std::uint8_t, sizeBytes> bytes)
{
    if (sodium_init() < 0 || (m_bytes = static_cast<std::uint8_t *>(sodium_malloc(sizeBytes))) == nullptr)
        std::abort();  // a key without its own memory is as an allocation that failed
    std::copy(bytes.begin(), bytes.end(), m_bytes);
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
    sodium_free(m_bytes);  // wipes
}

StoreKey::StoreKey(StoreKey &&other) noexcept
    : m_bytes(std::exchange(other.m_bytes, nullptr))
{
}

StoreKey &StoreKey::operator=(StoreKey &&other) noexcept
{
    std::swap(m_bytes, other.m_bytes);
    if (this != &other)
        sodium_free(std::exchange(other.m_bytes, nullptr));
    return *this;
}

std::span<const std::uint8_t, StoreKey::sizeBytes> StoreKey::bytes() const
{
    static constexpr std::array<std::uint8_t, sizeBytes> none{};
    return std::span<const std::uint8_t, sizeBytes>(m_bytes != nullptr ? m_bytes : none.data(), sizeBytes);
}

StoreKey StoreKey::clone() const
{
    return StoreKey(bytes());
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
