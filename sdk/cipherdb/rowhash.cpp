// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "rowhash.h"

#include <sodium.h>

#include <array>
#include <cstring>
#include <string>

namespace Satchel::CipherDb {

namespace {

std::uint64_t hashOf(std::string_view bytes)
{
    constexpr std::array<unsigned char, crypto_shorthash_KEYBYTES> key{'s', 'a', 't', 'c', 'h', 'e', 'l', ' ',
                                                                       'r', 'o', 'w', ' ', 'h', 'a', 's', 'h'};
    std::array<unsigned char, crypto_shorthash_BYTES> hash{};
    crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(), key.data());
    std::uint64_t number = 0;
    for (const unsigned char byte : hash)
        number = number << 8U | byte;
    return number;
}

}  // namespace

std::uint64_t rowHash(std::string_view name, std::string_view content)
{
    const std::uint64_t inner = hashOf(content);
    std::string text(name);
    text.append(reinterpret_cast<const char *>(&inner), sizeof inner);
    return hashOf(text);
}

}  // namespace Satchel::CipherDb
