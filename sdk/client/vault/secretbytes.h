// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstdint>
#include <span>
#include <vector>

class QByteArray;

namespace Satchel::Vault {

/// Bytes that are wiped when they go. Not copyable by accident.
class SecretBytes {
public:
    explicit SecretBytes(std::span<const std::uint8_t> bytes);
    /// Takes a copy and wipes the array, also for those who share it.
    [[nodiscard]] static SecretBytes takenFrom(const QByteArray &bytes);
    ~SecretBytes();
    SecretBytes(SecretBytes &&other) noexcept = default;
    SecretBytes &operator=(SecretBytes &&other) noexcept;
    SecretBytes(const SecretBytes &) = delete;
    SecretBytes &operator=(const SecretBytes &) = delete;
    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return m_bytes; }

private:
    std::vector<std::uint8_t> m_bytes;
};

/// Wipes the array where it lies, also for those who share it.
void wipeShared(const QByteArray &bytes);

}  // namespace Satchel::Vault
