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

std::uint32_t byteAt(std::string_view bytes, std::size_t place)
{
    return static_cast<unsigned char>(bytes[place]);
}

std::string encoded(std::string_view bytes, std::string_view alphabet)
{
    std::string out((bytes.size() * 4 + 2) / 3, '\0');
    char *to = out.data();
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t three = (byteAt(bytes, i) << 16U) | (byteAt(bytes, i + 1) << 8U) | byteAt(bytes, i + 2);
        *to++ = alphabet[three >> 18U];
        *to++ = alphabet[(three >> 12U) & 63U];
        *to++ = alphabet[(three >> 6U) & 63U];
        *to++ = alphabet[three & 63U];
    }
    if (i < bytes.size()) {
        const bool hasTwo = i + 2 == bytes.size();
        const std::uint32_t rest = (byteAt(bytes, i) << 16U) | (hasTwo ? byteAt(bytes, i + 1) << 8U : 0U);
        *to++ = alphabet[rest >> 18U];
        *to++ = alphabet[(rest >> 12U) & 63U];
        if (hasTwo) {
            *to = alphabet[(rest >> 6U) & 63U];
        }
    }
    return out;
}

Core::Result<std::string> decoded(std::string_view text, const std::array<std::int8_t, 256> &digits)
{
    std::string out(text.size() * 6 / 8, '\0');
    char *to = out.data();
    // A letter that is none makes this negative; looked at once, at the end.
    std::int32_t signs = 0;
    std::size_t i = 0;
    const auto digitAt = [&](std::size_t place) {
        const std::int32_t digit = digits[static_cast<unsigned char>(text[place])];
        signs |= digit;
        return static_cast<std::uint32_t>(digit);
    };
    for (; i + 4 <= text.size(); i += 4) {
        const std::uint32_t three = (digitAt(i) << 18U) | (digitAt(i + 1) << 12U) | (digitAt(i + 2) << 6U) | digitAt(i + 3);
        *to++ = static_cast<char>(three >> 16U);
        *to++ = static_cast<char>(three >> 8U);
        *to++ = static_cast<char>(three);
    }
    std::uint32_t pending = 0;
    unsigned pendingBits = 0;
    for (; i < text.size(); ++i) {
        pending = (pending << 6U) | digitAt(i);
        pendingBits += 6;
        if (pendingBits >= 8) {
            pendingBits -= 8;
            *to++ = static_cast<char>((pending >> pendingBits) & 255U);
        }
    }
    if (signs < 0) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "a letter that base64 does not have"));
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
