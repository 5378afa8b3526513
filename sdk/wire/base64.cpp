// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/json.h"

#include <array>
#include <cstdint>

namespace Satchel::Wire {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> digitsOf(std::string_view letters)
{
    std::array<std::int8_t, 256> digits{};
    digits.fill(-1);
    for (std::size_t i = 0; i < letters.size(); ++i) {
        digits[static_cast<unsigned char>(letters[i])] = static_cast<std::int8_t>(i);
    }
    return digits;
}

constexpr std::array<std::int8_t, 256> digits = digitsOf(alphabet);

}  // namespace

std::string base64Url(std::string_view bytes)
{
    std::string out;
    out.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t pending = 0;
    unsigned pendingBits = 0;
    for (const char byte : bytes) {
        pending = (pending << 8U) | static_cast<unsigned char>(byte);
        pendingBits += 8;
        while (pendingBits >= 6) {
            pendingBits -= 6;
            out.push_back(alphabet[(pending >> pendingBits) & 63U]);
        }
    }
    if (pendingBits > 0) {
        out.push_back(alphabet[(pending << (6 - pendingBits)) & 63U]);
    }
    return out;
}

Core::Result<std::string> fromBase64Url(std::string_view text)
{
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t pending = 0;
    unsigned pendingBits = 0;
    for (const char letter : text) {
        const std::int8_t digit = digits[static_cast<unsigned char>(letter)];
        if (digit < 0) {
            return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "a letter that base64url does not have"));
        }
        pending = (pending << 6U) | static_cast<std::uint32_t>(digit);
        pendingBits += 6;
        if (pendingBits >= 8) {
            pendingBits -= 8;
            out.push_back(static_cast<char>((pending >> pendingBits) & 255U));
        }
    }
    if (pendingBits >= 6 || (pending & ((1U << pendingBits) - 1)) != 0) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "base64url that ends in stray bits"));
    }
    return out;
}

}  // namespace Satchel::Wire
