// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "storekey.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Satchel::CipherDb {

/// One page of a SQLCipher 4 file at a time, without SQLite: what salvage reads with where SQLite gives up. A page is
///
///     0          page content, AES-256-CBC; the first page has the file's salt in its first 16 bytes, in clear
///     4016   16  IV
///     4032   64  HMAC-SHA-512 of all before it (but the salt) and of the page's number, little-endian
class PageCodec {
public:
    static constexpr std::size_t pageBytes = 4096;
    static constexpr std::size_t usableBytes = 4016;
    static constexpr std::size_t saltBytes = 16;
    using Salt = std::array<std::uint8_t, saltBytes>;

    PageCodec(const StoreKey &key, const Salt &salt);
    ~PageCodec();
    PageCodec(const PageCodec &) = delete;
    PageCodec &operator=(const PageCodec &) = delete;

    /// Whether these 4096 bytes are what this key wrote as this page at some time.
    [[nodiscard]] bool isGood(std::string_view page, std::uint32_t number) const;
    /// The content; nothing if the page is not good. The first page's salt is replaced by what SQLite sees there.
    [[nodiscard]] std::optional<std::string> decrypted(std::string_view page, std::uint32_t number) const;
    [[nodiscard]] static Salt saltOf(std::string_view bytes);

private:
    StoreKey m_key;
    std::array<std::uint8_t, 32> m_macKey{};
};

}  // namespace Satchel::CipherDb
