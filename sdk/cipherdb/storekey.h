// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace Satchel::CipherDb {

/// Overwrites memory in a way that no compiler leaves out.
void wipe(void *bytes, std::size_t sizeBytes);

/// Overwrites what functions that have returned left on this thread's stack, 64 KiB below the caller, and in vector registers.
void wipeStack();

/// A raw 256-bit store key. Wiped from memory when destroyed; not copyable by accident. It lies in pages of its own, which as far as the
/// system allows are neither swapped out nor part of a core dump.
class StoreKey {
public:
    static constexpr std::size_t sizeBytes = 32;
    explicit StoreKey(std::span<const std::uint8_t, sizeBytes> bytes);
    [[nodiscard]] static StoreKey random();
    ~StoreKey();
    /// The source is wiped: a moved-from key is all zeros.
    StoreKey(StoreKey &&other) noexcept;
    StoreKey &operator=(StoreKey &&other) noexcept;
    StoreKey(const StoreKey &) = delete;
    StoreKey &operator=(const StoreKey &) = delete;
    [[nodiscard]] StoreKey clone() const;
    [[nodiscard]] std::span<const std::uint8_t, sizeBytes> bytes() const;

private:
    /// Null when moved from.
    std::uint8_t *m_bytes = nullptr;
};

/// Argon2id (RFC 9106, libsodium) of a passphrase with the salt kept beside the store.
struct PassphraseParameters {
    std::array<std::uint8_t, 16> salt{};
    std::uint64_t operations = 3;
    std::size_t memoryBytes = 64 * 1024 * 1024;
};

/// Takes about a tenth of a second with the default parameters; equal input gives an equal key on every platform.
/// INVALID_ARGUMENT/MALFORMED_INPUT for an empty passphrase, INVALID_ARGUMENT/LIMIT_EXCEEDED for parameters outside what Argon2id
/// and the limits (16 operations, 1 GiB) allow, RESOURCE_EXHAUSTED/LIMIT_EXCEEDED if the memory cannot be had.
[[nodiscard]] Core::Result<StoreKey> keyFromPassphrase(std::string_view passphrase, const PassphraseParameters &parameters);

}  // namespace Satchel::CipherDb
