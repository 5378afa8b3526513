// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "keycheck.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <array>
#include <span>

namespace Satchel::CipherDb {

namespace {

constexpr std::string_view magic = "SATCHKC1";
constexpr std::string_view purpose = "satchel/cipherdb/key-check/1";
constexpr std::size_t saltBytes = 16;
constexpr std::size_t macOffset = magic.size() + saltBytes;
constexpr std::size_t sumOffset = macOffset + 32;
static_assert(sumOffset + 8 == keyCheckSizeBytes);

using Digest = std::array<std::uint8_t, 32>;

const std::uint8_t *bytesOf(std::string_view text)
{
    return reinterpret_cast<const std::uint8_t *>(text.data());
}

std::string_view textOf(std::span<const std::uint8_t> bytes)
{
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

Digest hmac(std::span<const std::uint8_t> key, std::string_view message)
{
    Digest digest{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytesOf(message), message.size(), digest.data(), &size);
    return digest;
}

Digest macOf(std::string_view head, const StoreKey &key)
{
    Digest checkKey = hmac(key.bytes(), purpose);
    const Digest mac = hmac(checkKey, head);
    OPENSSL_cleanse(checkKey.data(), checkKey.size());
    return mac;
}

std::string sumOf(std::string_view body)
{
    Digest digest{};
    SHA256(bytesOf(body), body.size(), digest.data());
    return std::string(textOf(digest).substr(0, keyCheckSizeBytes - sumOffset));
}

}  // namespace

std::string makeKeyCheck(const StoreKey &key)
{
    std::array<std::uint8_t, saltBytes> salt{};
    randombytes_buf(salt.data(), salt.size());
    std::string record(magic);
    record += textOf(salt);
    record += textOf(macOf(record, key));
    record += sumOf(record);
    return record;
}

std::string_view keyCheckSalt(std::string_view record)
{
    return record.size() == keyCheckSizeBytes && record.starts_with(magic) ? record.substr(magic.size(), saltBytes) : std::string_view();
}

KeyCheck compareKeyCheck(std::string_view record, const StoreKey &key)
{
    if (record.size() != keyCheckSizeBytes || !record.starts_with(magic) || record.substr(sumOffset) != sumOf(record.substr(0, sumOffset)))
        return KeyCheck::Damaged;
    const Digest mac = macOf(record.substr(0, macOffset), key);
    return CRYPTO_memcmp(mac.data(), record.data() + macOffset, mac.size()) == 0 ? KeyCheck::Right : KeyCheck::Wrong;
}

}  // namespace Satchel::CipherDb
