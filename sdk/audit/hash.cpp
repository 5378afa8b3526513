// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "hash.h"

#include <sodium.h>

#include <algorithm>

namespace Satchel::Audit {

namespace {

const std::uint8_t *bytesOf(std::string_view view)
{
    return reinterpret_cast<const std::uint8_t *>(view.data());
}

constexpr std::uint8_t leafPrefix = 0;
constexpr std::uint8_t nodePrefix = 1;

}  // namespace

Hash sha256(std::string_view bytes)
{
    Hash hash;
    crypto_hash_sha256(hash.data(), bytesOf(bytes), bytes.size());
    return hash;
}

Hash leafHash(std::string_view record)
{
    Hash hash;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, &leafPrefix, 1);
    crypto_hash_sha256_update(&state, bytesOf(record), record.size());
    crypto_hash_sha256_final(&state, hash.data());
    return hash;
}

Hash nodeHash(const Hash &left, const Hash &right)
{
    std::array<std::uint8_t, 1 + 2 * std::tuple_size_v<Hash>> joined;
    joined[0] = nodePrefix;
    std::copy(right.begin(), right.end(), std::copy(left.begin(), left.end(), joined.begin() + 1));
    Hash hash;
    crypto_hash_sha256(hash.data(), joined.data(), joined.size());
    return hash;
}

Hash emptyRoot()
{
    return sha256({});
}

std::optional<Hash> hashFrom(std::string_view bytes)
{
    Hash hash;
    if (bytes.size() != hash.size()) {
        return std::nullopt;
    }
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

}  // namespace Satchel::Audit
