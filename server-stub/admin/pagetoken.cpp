// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "pagetoken.h"

#include "server-stub/auth/jwt.h"
#include "wire/json.h"

#include <optional>

namespace Satchel::Server {

namespace {

constexpr std::size_t signatureBytes = 16;
constexpr std::size_t tokenBytesMax = 4096;

/// Each part behind its length in 4 bytes, so that no two lists give the same bytes.
std::string joined(const std::vector<std::string> &parts)
{
    std::string out;
    for (const std::string &part : parts) {
        const auto size = static_cast<std::uint32_t>(part.size());
        for (unsigned shift = 0; shift < 32; shift += 8) {
            out.push_back(static_cast<char>((size >> shift) & 0xFFU));
        }
        out += part;
    }
    return out;
}

std::optional<std::vector<std::string>> split(std::string_view bytes)
{
    std::vector<std::string> parts;
    while (!bytes.empty()) {
        std::uint32_t size = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            if (i >= bytes.size()) {
                return std::nullopt;
            }
            size |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
        }
        bytes.remove_prefix(4);
        if (size > bytes.size()) {
            return std::nullopt;
        }
        parts.emplace_back(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return parts;
}

}  // namespace

std::string PageTokens::signature(const Query &query, std::string_view place) const
{
    return hmacSha256(m_secret, joined({joined(query), std::string(place)})).substr(0, signatureBytes);
}

std::string PageTokens::seal(const Query &query, const std::vector<std::string> &place) const
{
    const std::string bytes = joined(place);
    return Wire::base64Url(signature(query, bytes) + bytes);
}

Core::Result<std::vector<std::string>> PageTokens::open(const Query &query, const std::string &token) const
{
    if (token.empty()) {
        return std::vector<std::string>{};
    }
    const auto wrong = [] {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "the page token is not one of this query"));
    };
    if (token.size() > tokenBytesMax) {
        return wrong();
    }
    const auto bytes = Wire::fromBase64Url(token);
    if (!bytes || bytes->size() < signatureBytes) {
        return wrong();
    }
    const std::string_view place = std::string_view(*bytes).substr(signatureBytes);
    if (!equalConstantTime(std::string_view(*bytes).substr(0, signatureBytes), signature(query, place))) {
        return wrong();
    }
    auto parts = split(place);
    if (!parts) {
        return wrong();
    }
    return std::move(*parts);
}

Core::Result<std::size_t> rowsOf(const Wire::Admin::PageRequest &page)
{
    if (page.size > pageRowsMax) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::LimitExceeded, "a page has at most 500 rows"));
    }
    return page.size == 0 ? pageRowsDefault : page.size;
}

}  // namespace Satchel::Server
