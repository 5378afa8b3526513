// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/storekey.h"
#include "core/ids.h"

#include <array>
#include <cstdint>

/// Names and keys that are the same in every run.
namespace Satchel::Test {

/// Sixteen times that byte.
[[nodiscard]] inline Core::DeviceId deviceOf(std::uint8_t byte)
{
    Core::DeviceId device;
    device.bytes.fill(byte);
    return device;
}

[[nodiscard]] inline CipherDb::StoreKey fixedKey()
{
    std::array<std::uint8_t, CipherDb::StoreKey::sizeBytes> bytes{};
    bytes.fill(7);
    return CipherDb::StoreKey(bytes);
}

}  // namespace Satchel::Test
