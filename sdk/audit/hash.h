// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

/// Hashes of a Merkle tree by RFC 6962, section 2.1, over SHA-256. Stateless and thread-safe.
namespace Satchel::Audit {

using Hash = std::array<std::uint8_t, 32>;

[[nodiscard]] Hash sha256(std::string_view bytes);
/// SHA-256 of 0x00 and the record's bytes.
[[nodiscard]] Hash leafHash(std::string_view record);
/// SHA-256 of 0x01 and both hashes.
[[nodiscard]] Hash nodeHash(const Hash &left, const Hash &right);
/// Root of a tree without leaves: SHA-256 of nothing.
[[nodiscard]] Hash emptyRoot();

[[nodiscard]] inline std::string_view viewOf(const Hash &hash)
{
    return {reinterpret_cast<const char *>(hash.data()), hash.size()};
}
/// Nothing unless there are exactly 32 bytes.
[[nodiscard]] std::optional<Hash> hashFrom(std::string_view bytes);

}  // namespace Satchel::Audit
