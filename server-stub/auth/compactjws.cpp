// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "compactjws.h"

#include "core/value.h"
#include "server-stub/auth/jwkset.h"
#include "wire/json.h"

#include <array>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::Retry;
using Core::Value;

namespace {

constexpr std::size_t headerBytesMax = 2048;

std::optional<std::array<std::string_view, 3>> split(std::string_view token)
{
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
        return std::nullopt;
    }
    return std::array{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

/// The media types of access tokens, RFC 9068 section 4 and RFC 7519 section 5.1; an identity or logout token says another.
bool isAccessTokenType(std::string_view type)
{
    return type == "JWT" || type == "jwt" || type == "at+jwt" || type == "application/at+jwt";
}

/// Nothing, or what is wrong with the member.
const char *takeMember(const Value::MapEntry &member, CompactJws &out)
{
    const auto *text = member.value.as<std::string>();
    if (member.key == "alg") {
        out.algorithm = text != nullptr ? *text : std::string();
        return nullptr;
    }
    if (member.key == "kid") {
        if (text == nullptr || !isKid(*text)) {
            return "the token's kid is not 1 to 64 of letters, digits and - _ . @; have the issuer name its keys so";
        }
        out.kid = *text;
        return nullptr;
    }
    if (member.key == "typ") {
        if (text == nullptr || !isAccessTokenType(*text)) {
            return "the token's typ is neither JWT nor at+jwt; send an access token";
        }
        out.type = *text;
        return nullptr;
    }
    if (member.key == "x5t" || member.key == "x5t#S256") {
        return nullptr;  // names the key once more, by its certificate's hash; kid decides
    }
    return "the token's header has more than alg, kid and typ; have the issuer leave keys, certificates and extensions out";
}

}  // namespace

tl::unexpected<Core::Error> tokenInvalid(std::string why)
{
    return Core::failure(Core::makeError(ErrorCode::Unauthenticated, ErrorReason::TokenInvalid, std::move(why), Retry::AfterSignIn));
}

tl::unexpected<Core::Error> tokenMissing()
{
    return Core::failure(Core::makeError(ErrorCode::Unauthenticated, ErrorReason::TokenMissing,
                                         "a bearer token is needed; send it as Authorization: Bearer TOKEN", Retry::AfterSignIn));
}

Core::Result<CompactJws> parseCompactJws(std::string_view token, std::size_t bytesMax)
{
    if (token.size() > bytesMax) {
        return tokenInvalid("the token is longer than " + std::to_string(bytesMax) + " bytes; have the issuer put less into it");
    }
    const auto parts = split(token);
    if (!parts) {
        return tokenInvalid("the token is not a JWT of three parts; send the access token as the issuer gave it");
    }
    const auto headerJson = Wire::fromBase64Url((*parts)[0]);
    auto payload = Wire::fromBase64Url((*parts)[1]);
    auto signature = Wire::fromBase64Url((*parts)[2]);
    if (!headerJson || !payload || !signature) {
        return tokenInvalid("a part of the token is not base64url without padding; send the token as the issuer gave it");
    }
    const auto header = headerJson->size() <= headerBytesMax ? Wire::valueFromJson(*headerJson) : Core::Result<Value>(tokenInvalid({}));
    const auto *members = header ? header->as<Value::Map>() : nullptr;
    if (members == nullptr) {
        return tokenInvalid("the token's header is not a JSON object without duplicates; send the token as the issuer gave it");
    }
    CompactJws out;
    for (const Value::MapEntry &member : *members) {
        if (const char *why = takeMember(member, out)) {
            return tokenInvalid(why);
        }
    }
    out.signedText = token.substr(0, (*parts)[0].size() + 1 + (*parts)[1].size());
    out.payload = std::move(*payload);
    out.signature = std::move(*signature);
    return out;
}

}  // namespace Satchel::Server
