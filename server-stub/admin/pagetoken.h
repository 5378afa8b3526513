// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "wire/adminmessages.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Server {

inline constexpr std::uint32_t pageRowsDefault = 100;
inline constexpr std::uint32_t pageRowsMax = 500;

/// Opaque places in lists: signed, and bound to the tenant and the query that they were made for, so that none can be forged or carried
/// over.
class PageTokens {
public:
    explicit PageTokens(std::string secret)
        : m_secret(std::move(secret))
    {
    }

    /// What a token is bound to: method, tenant and every member of the query but the page.
    using Query = std::vector<std::string>;

    [[nodiscard]] std::string seal(const Query &query, const std::vector<std::string> &place) const;
    /// The place; empty for an empty token. INVALID_ARGUMENT/MALFORMED_INPUT for any token that seal() did not make for this query.
    [[nodiscard]] Core::Result<std::vector<std::string>> open(const Query &query, const std::string &token) const;

private:
    [[nodiscard]] std::string signature(const Query &query, std::string_view place) const;
    std::string m_secret;
};

/// Rows that a page asks for. INVALID_ARGUMENT/LIMIT_EXCEEDED above the most.
[[nodiscard]] Core::Result<std::size_t> rowsOf(const Wire::Admin::PageRequest &page);

}  // namespace Satchel::Server
