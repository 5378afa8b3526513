// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// A signed token taken apart, its signature not checked yet: RFC 7515 section 7.1, read strictly. Points into the token's text.
struct CompactJws {
    std::string_view signedText;  ///< what the signature is over
    std::string algorithm;        ///< as the header has it; what is allowed is for the key to say
    std::string type;             ///< empty: the header has none
    std::optional<std::string> kid;
    std::string payload;
    std::string signature;
};

/// Takes a token of three parts in canonical base64url, with a header of alg, kid, typ (JWT or at+jwt), x5t and x5t#S256 only, none of them
/// twice. Whatever else a header may say names another key or changes what the token means, and is refused with
/// UNAUTHENTICATED/TOKEN_INVALID, as is a token longer than `bytesMax`. The detail never quotes the token.
[[nodiscard]] Core::Result<CompactJws> parseCompactJws(std::string_view token, std::size_t bytesMax);

/// UNAUTHENTICATED/TOKEN_INVALID.
[[nodiscard]] tl::unexpected<Core::Error> tokenInvalid(std::string why);
[[nodiscard]] tl::unexpected<Core::Error> tokenMissing();

}  // namespace Satchel::Server
