// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/json.h"

#include <array>
#include <cstdint>

namespace Satchel::Wire {

namespace {

constexpr std::string_view urlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view plainAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> digitsOf(std::string_view letters)
{
    std::array<std::int8_t, 256> digits{};
    digits.fill(-1);
    for (std::size_t i = 0; i < letters.size(); ++i) {
        digits[static_cast<unsigned char>(letters[i])] = static_cast<std::int8_t>(i);
    }
    return digits;
}

constexpr std::array<std::int8_t, 256> urlDigits = digitsOf(urlAlphabet);
constexpr std::array<std::int8_t, 256> plainDigits = digitsOf(plainAlphabet);

std::string encoded(std::string_view bytes, std::string_view alphabet)
{
    std::string out((bytes.size() * 4 + 2) / 3, '\0');
    std::size_t written = 0;
    std::uint32_t pending = 0;
    unsigned pendingBits = 0;
    for (const char byte : bytes) {
        pending = (pending << 8U) | static_cast<unsigned char>(byte);
        pendingBits += 8;
        while (pendingBits >= 6) {
            pendingBits -= 6;
            out[written++] = alphabet[(pending >> pendingBits) & 63U];
        }
    }
    if (pendingBits > 0) {
        out[written] = alphabet[(pending << (6 - pendingBits)) & 63U];
    }
    return out;
}

Core::Result<std::string> decoded(std::string_view text, const std::array<std::int8_t, 256> &digits)
{
    std::string out(text.size() * 6 / 8, '\0');
    std::size_t written = 0;
    std::uint32_t pending = 0;
    unsigned pendingBits = 0;
    for (const char letter : text) {
        const std::int8_t digit = digits[static_cast<unsigned char>(letter)];
        if (digit < 0) {
            return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "a letter that base64 does not have"));
        }
        pending = (pending << 6U) | static_cast<std::uint32_t>(digit);
        pendingBits += 6;
        if (pendingBits >= 8) {
            pendingBits -= 8;
            out[written++] = static_cast<char>((pending >> pendingBits) & 255U);
        }
    }
    if (pendingBits >= 6 || (pending & ((1U << pendingBits) - 1)) != 0) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "base64 that ends in stray bits"));
    }
    return out;
}

}  // namespace

std::string base64Url(std::string_view bytes)
{
    return encoded(bytes, urlAlphabet);
}

Core::Result<std::string> fromBase64Url(std::string_view text)
{
    return decoded(text, urlDigits);
}

std::string base64(std::string_view bytes)
{
    std::string out = encoded(bytes, plainAlphabet);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

Core::Result<std::string> fromBase64(std::string_view text)
{
    if (text.size() % 4 != 0) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "base64 without its padding"));
    }
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) {
        text.remove_suffix(1);
    }
    return decoded(text, plainDigits);
}

}  // namespace Satchel::Wire
