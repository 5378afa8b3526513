// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "ids.h"

#include <algorithm>

namespace Satchel::Core {

namespace {

int nibble(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

}  // namespace

std::string DeviceId::toHex() const
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        hex += digits[byte >> 4U];
        hex += digits[byte & 0xFU];
    }
    return hex;
}

Result<DeviceId> DeviceId::fromHex(std::string_view hex)
{
    DeviceId id;
    if (hex.size() != id.bytes.size() * 2)
        return failure(invalidArgument(ErrorReason::MalformedInput, "a device id is 32 hexadecimal digits"));
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        const int high = nibble(hex[2 * i]);
        const int low = nibble(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return failure(invalidArgument(ErrorReason::MalformedInput, "a device id is 32 lower-case hexadecimal digits"));
        id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    if (id.isNull())
        return failure(invalidArgument(ErrorReason::MalformedInput, "a device id is not all zero"));
    return id;
}

Result<DeviceId> DeviceId::fromBytes(std::string_view bytes)
{
    DeviceId id;
    if (bytes.size() != id.bytes.size())
        return failure(invalidArgument(ErrorReason::MalformedInput, "a device id is 16 bytes"));
    std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
    if (id.isNull())
        return failure(invalidArgument(ErrorReason::MalformedInput, "a device id is not all zero"));
    return id;
}

}  // namespace Satchel::Core
