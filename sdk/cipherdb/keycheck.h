// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "storekey.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace Satchel::CipherDb {

/// The key-check record tells a wrong key from a damaged store, which SQLCipher reports alike. 64 bytes:
///
///     0  8  magic "SATCHKC1"
///     8 16  salt, random
///    24 32  HMAC-SHA-256 of bytes 0..23 under HMAC-SHA-256(store key, "satchel/cipherdb/key-check/1")
///    56  8  first 8 bytes of SHA-256 of bytes 0..55, by which a damaged record is told from a wrong key
///
/// It is made before the store and changes only with the store's key (rekey.h), so that it outlives everything that can happen to the
/// store's first page.
enum class KeyCheck : std::uint8_t {
    Right,
    Wrong,
    Damaged,  ///< the record says nothing about the key: its own check fails
};

inline constexpr std::size_t keyCheckSizeBytes = 64;

[[nodiscard]] std::string makeKeyCheck(const StoreKey &key);
/// The record's salt, which the store has as its own when both are made together: a second copy, should the store's first bytes be lost.
/// Empty if this is no record.
[[nodiscard]] std::string_view keyCheckSalt(std::string_view record);
[[nodiscard]] KeyCheck compareKeyCheck(std::string_view record, const StoreKey &key);

}  // namespace Satchel::CipherDb
