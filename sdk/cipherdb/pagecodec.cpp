// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "pagecodec.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>

namespace Satchel::CipherDb {

namespace {

constexpr std::size_t ivBytes = 16;
constexpr std::size_t macBytes = 64;
constexpr std::size_t macOffset = PageCodec::usableBytes + ivBytes;
static_assert(macOffset + macBytes == PageCodec::pageBytes);
constexpr std::uint8_t macSaltMask = 0x3a;
constexpr int macKeyRounds = 2;
constexpr std::string_view sqliteMagic("SQLite format 3\0", PageCodec::saltBytes);

const std::uint8_t *bytesOf(std::string_view text)
{
    return reinterpret_cast<const std::uint8_t *>(text.data());
}

/// Where the encrypted part of a page begins.
std::size_t clearBytes(std::uint32_t number)
{
    return number == 1 ? PageCodec::saltBytes : 0;
}

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX *context) const { EVP_CIPHER_CTX_free(context); }
};

}  // namespace

PageCodec::PageCodec(const StoreKey &key, const Salt &salt)
    : m_key(key.clone())
{
    Salt macSalt = salt;
    for (std::uint8_t &byte : macSalt)
        byte ^= macSaltMask;
    PKCS5_PBKDF2_HMAC(reinterpret_cast<const char *>(m_key.bytes().data()), static_cast<int>(StoreKey::sizeBytes), macSalt.data(),
                      static_cast<int>(macSalt.size()), macKeyRounds, EVP_sha512(), static_cast<int>(m_macKey.size()), m_macKey.data());
}

PageCodec::~PageCodec()
{
    OPENSSL_cleanse(m_macKey.data(), m_macKey.size());
}

PageCodec::Salt PageCodec::saltOf(std::string_view bytes)
{
    Salt salt{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), salt.size()), salt.begin());
    return salt;
}

bool PageCodec::isGood(std::string_view page, std::uint32_t number) const
{
    if (page.size() != pageBytes)
        return false;
    // The number goes into the last page's worth of the message, so that a page moved elsewhere is no good there.
    const std::size_t from = clearBytes(number);
    std::string message(page.substr(from, macOffset - from));
    for (int shift = 0; shift < 32; shift += 8)
        message += static_cast<char>(number >> shift);
    std::array<std::uint8_t, macBytes> mac{};
    unsigned int size = 0;
    HMAC(EVP_sha512(), m_macKey.data(), static_cast<int>(m_macKey.size()), bytesOf(message), message.size(), mac.data(), &size);
    return size == macBytes && CRYPTO_memcmp(mac.data(), page.data() + macOffset, macBytes) == 0;
}

std::optional<std::string> PageCodec::decrypted(std::string_view page, std::uint32_t number) const
{
    if (!isGood(page, number))
        return std::nullopt;
    const std::size_t from = clearBytes(number);
    std::string content(pageBytes, '\0');
    const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
    int size = 0;
    const bool isDone =
        context && EVP_DecryptInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, m_key.bytes().data(), bytesOf(page) + usableBytes) == 1 &&
        EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
        EVP_DecryptUpdate(context.get(), reinterpret_cast<std::uint8_t *>(content.data()) + from, &size, bytesOf(page) + from,
                          static_cast<int>(usableBytes - from)) == 1;
    if (!isDone)
        return std::nullopt;
    if (number == 1)
        std::copy(sqliteMagic.begin(), sqliteMagic.end(), content.begin());
    return content;
}

}  // namespace Satchel::CipherDb
