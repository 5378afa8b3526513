// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "jwt.h"

#include "core/value.h"
#include "wire/json.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>
#include <optional>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::Retry;
using Core::Value;

namespace {

constexpr std::size_t idBytesMax = 256;
constexpr std::size_t rolesMax = 32;

tl::unexpected<Core::Error> invalid(const char *why)
{
    return Core::failure(Core::makeError(ErrorCode::Unauthenticated, ErrorReason::TokenInvalid, why, Retry::AfterSignIn));
}

std::optional<std::array<std::string_view, 3>> split(std::string_view token)
{
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
        return std::nullopt;
    }
    return std::array{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

bool isText(const Value *value, std::string_view wanted)
{
    const auto *text = value != nullptr ? value->as<std::string>() : nullptr;
    return text != nullptr && *text == wanted;
}

/// A user or tenant id: never empty, of bounded length, printable as far as ASCII goes, so that it can stand in logs and lists.
const std::string *idOf(const Value &claims, std::string_view name)
{
    const Value *value = claims.find(name);
    const auto *text = value != nullptr ? value->as<std::string>() : nullptr;
    if (text == nullptr || text->empty() || text->size() > idBytesMax) {
        return nullptr;
    }
    for (const char c : *text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            return nullptr;
        }
    }
    return text;
}

bool readRoles(const Value &claims, std::vector<std::string> &roles)
{
    const Value *value = claims.find("roles");
    const auto *list = value != nullptr ? value->as<Value::List>() : nullptr;
    if (list == nullptr || list->size() > rolesMax) {
        return false;
    }
    for (const Value &entry : *list) {
        const auto *role = entry.as<std::string>();
        if (role == nullptr) {
            return false;
        }
        roles.push_back(*role);
    }
    return true;
}

std::optional<std::chrono::seconds> secondsOf(const Value *value)
{
    const auto *number = value != nullptr ? value->as<std::int64_t>() : nullptr;
    constexpr std::int64_t secondsMax = 1LL << 40;
    if (number == nullptr || *number < 0 || *number > secondsMax) {
        return std::nullopt;
    }
    return std::chrono::seconds(*number);
}

}  // namespace

std::string hmacSha256(std::string_view key, std::string_view text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char *>(text.data()), text.size(),
             digest.data(), &length) == nullptr) {
        std::abort();
    }
    return {reinterpret_cast<const char *>(digest.data()), length};
}

bool equalConstantTime(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Core::Result<Identity> JwtVerifier::verify(std::string_view token, std::chrono::milliseconds now) const
{
    if (token.empty()) {
        return Core::failure(
            Core::makeError(ErrorCode::Unauthenticated, ErrorReason::TokenMissing, "a bearer token is needed", Retry::AfterSignIn));
    }
    const auto parts = token.size() <= m_settings.tokenBytesMax ? split(token) : std::nullopt;
    if (!parts) {
        return invalid("the token is not a JWT of three parts");
    }
    const auto signature = Wire::fromBase64Url((*parts)[2]);
    const std::string_view signedText = token.substr(0, (*parts)[0].size() + 1 + (*parts)[1].size());
    if (!signature || !equalConstantTime(*signature, hmacSha256(m_settings.key, signedText))) {
        return invalid("the token's signature does not hold");
    }
    const auto headerJson = Wire::fromBase64Url((*parts)[0]);
    const auto header = headerJson ? Wire::valueFromJson(*headerJson) : Core::Result<Value>(invalid(""));
    const auto *members = header ? header->as<Value::Map>() : nullptr;
    if (members == nullptr || members->size() != 2 || !isText(header->find("typ"), "JWT") || !isText(header->find("alg"), "HS256")) {
        return invalid("the token's header is not exactly typ JWT and alg HS256");
    }
    const auto claimsJson = Wire::fromBase64Url((*parts)[1]);
    if (!claimsJson) {
        return invalid("the token's claims are not base64url");
    }
    return readClaims(*claimsJson, now);
}

Core::Result<Identity> JwtVerifier::readClaims(std::string_view json, std::chrono::milliseconds now) const
{
    const auto claims = Wire::valueFromJson(json);
    if (!claims || claims->as<Value::Map>() == nullptr) {
        return invalid("the token's claims are not a JSON object without duplicates");
    }
    if (!isText(claims->find("iss"), m_settings.issuer) || !isText(claims->find("aud"), m_settings.audience)) {
        return invalid("the token is of another issuer or for another audience");
    }
    const auto expires = secondsOf(claims->find("exp"));
    const Value *notBefore = claims->find("nbf");
    const auto begins = notBefore != nullptr ? secondsOf(notBefore) : std::chrono::seconds(0);
    if (!expires || !begins) {
        return invalid("exp and nbf must be integers");
    }
    if (now >= *expires + m_settings.leeway) {
        return Core::failure(
            Core::makeError(ErrorCode::Unauthenticated, ErrorReason::TokenExpired, "the token has expired", Retry::AfterSignIn));
    }
    if (now + m_settings.leeway < *begins) {
        return invalid("the token is not valid yet");
    }
    Identity identity;
    const std::string *user = idOf(*claims, "sub");
    const std::string *tenant = idOf(*claims, "tenant");
    if (user == nullptr || tenant == nullptr || !readRoles(*claims, identity.roles)) {
        return invalid("sub, tenant or roles is missing or malformed");
    }
    identity.user = Core::UserId{*tenant, *user};
    identity.expiresAt = *expires;
    return identity;
}

std::string JwtIssuer::issue(const Identity &identity, std::chrono::milliseconds now) const
{
    Value::List roles;
    for (const std::string &role : identity.roles) {
        roles.emplace_back(role);
    }
    const std::int64_t seconds = now.count() / 1000;
    const auto claims = Value::map({{"iss", m_settings.issuer},
                                    {"aud", m_settings.audience},
                                    {"sub", identity.user.user},
                                    {"tenant", identity.user.tenant},
                                    {"roles", std::move(roles)},
                                    {"nbf", seconds},
                                    {"iat", seconds},
                                    {"exp", static_cast<std::int64_t>(identity.expiresAt.count())}});
    const std::string text = Wire::base64Url(R"({"typ":"JWT","alg":"HS256"})") + "." + Wire::base64Url(Wire::jsonFromValue(*claims));
    return text + "." + Wire::base64Url(hmacSha256(m_settings.key, text));
}

}  // namespace Satchel::Server
