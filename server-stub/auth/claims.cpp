// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "claims.h"

#include "core/value.h"
#include "server-stub/auth/compactjws.h"
#include "wire/json.h"

#include <optional>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::Retry;
using Core::Value;

namespace {

constexpr std::size_t idBytesMax = 256;
constexpr std::size_t rolesMax = 32;
constexpr std::size_t audiencesMax = 32;

const std::string *textOf(const Value *value)
{
    return value != nullptr ? value->as<std::string>() : nullptr;
}

bool isText(const Value *value, std::string_view wanted)
{
    const std::string *text = textOf(value);
    return text != nullptr && *text == wanted;
}

std::string unescaped(std::string_view token)
{
    std::string out;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] == '~' && i + 1 < token.size()) {
            out.push_back(token[++i] == '0' ? '~' : '/');
        } else {
            out.push_back(token[i]);
        }
    }
    return out;
}

/// A claim by its name, or by a JSON Pointer through objects.
const Value *claimNamed(const Value &claims, std::string_view name)
{
    if (name.empty() || name.front() != '/') {
        return claims.find(name);
    }
    const Value *value = &claims;
    while (value != nullptr && !name.empty()) {
        name.remove_prefix(1);
        const std::size_t end = name.find('/');
        value = value->find(unescaped(name.substr(0, end)));
        name = end == std::string_view::npos ? std::string_view() : name.substr(end);
    }
    return value;
}

/// A user or tenant id: never empty, of bounded length, printable as far as ASCII goes, so that it can stand in logs and lists.
const std::string *idOf(const Value &claims, std::string_view name)
{
    const std::string *text = textOf(claimNamed(claims, name));
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

bool isForAudience(const Value *value, std::string_view wanted)
{
    const auto *list = value != nullptr ? value->as<Value::List>() : nullptr;
    if (list == nullptr) {
        return isText(value, wanted);
    }
    bool isFound = false;
    for (const Value &entry : *list) {
        if (entry.as<std::string>() == nullptr) {
            return false;
        }
        isFound = isFound || *entry.as<std::string>() == wanted;
    }
    return isFound && list->size() <= audiencesMax;
}

/// A list of strings, or a string of words with a space between, as `scope` is.
bool readRoles(const Value &value, std::vector<std::string> &roles)
{
    if (const std::string *text = value.as<std::string>()) {
        for (std::string_view rest = *text; !rest.empty();) {
            const std::size_t end = rest.find(' ');
            if (end != 0) {
                roles.emplace_back(rest.substr(0, end));
            }
            rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        }
        return roles.size() <= rolesMax;
    }
    const auto *list = value.as<Value::List>();
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

/// What an issuer keeps under that name for others, not as short texts, is not for the server and is passed over.
Attributes attributesOf(const Value *value)
{
    Attributes out;
    const auto *members = value != nullptr ? value->as<Value::Map>() : nullptr;
    for (std::size_t i = 0; members != nullptr && i < members->size() && out.size() < attributesMax; ++i) {
        const Value::MapEntry &member = (*members)[i];
        const auto *text = member.value.as<std::string>();
        if (text != nullptr && text->size() <= attributeBytesMax && member.key.size() <= attributeBytesMax) {
            out.emplace(member.key, *text);
        }
    }
    return out;
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

/// What identity, refresh, logout and event tokens claim and access tokens do not; and a binding to a key, which nobody here would check.
const char *otherKind(const Value &claims)
{
    for (const char *name : {"nonce", "at_hash", "c_hash", "s_hash"}) {
        if (claims.find(name) != nullptr) {
            return "this is an identity token; send the access token";
        }
    }
    if (claims.find("events") != nullptr) {
        return "this is a logout or event token; send the access token";
    }
    if (claims.find("cnf") != nullptr) {
        return "the token is bound to a key of its holder, which is not checked here; have the issuer give plain bearer tokens";
    }
    const Value *type = claims.find("typ");
    const Value *use = claims.find("token_use");
    if ((type != nullptr && !isText(type, "Bearer")) || (use != nullptr && !isText(use, "access"))) {
        return "the token says that it is no access token; send the access token";
    }
    return nullptr;
}

Core::Result<std::chrono::seconds> checkTimes(const Value &claims, const ClaimRules &rules, std::chrono::milliseconds now)
{
    const auto expires = secondsOf(claims.find("exp"));
    if (!expires) {
        return tokenInvalid("exp must be an integer, the seconds since 1970 at which the token ends");
    }
    std::chrono::seconds begins{0};
    for (const char *name : {"nbf", "iat"}) {
        const Value *value = claims.find(name);
        const auto time = secondsOf(value);
        const bool isMissing = value == nullptr && rules.isIssueTimeRequired && name == std::string_view("iat");
        if (isMissing || (value != nullptr && !time)) {
            return tokenInvalid("nbf and iat must be integers, seconds since 1970; iat is needed from an issuer");
        }
        begins = std::max(begins, time.value_or(std::chrono::seconds(0)));
    }
    if (now >= *expires + rules.leeway) {
        return Core::failure(Core::makeError(ErrorCode::Unauthenticated, ErrorReason::TokenExpired,
                                             "the token has expired; get a fresh one and send that", Retry::AfterSignIn));
    }
    if (now + rules.leeway < begins) {
        return tokenInvalid("the token is not valid yet by the server's clock; set the clocks of issuer and server right");
    }
    return *expires;
}

}  // namespace

Core::Result<Identity> identityFromClaims(std::string_view json, const ClaimRules &rules, std::chrono::milliseconds now)
{
    const auto claims = Wire::valueFromJson(json);
    if (!claims || claims->as<Value::Map>() == nullptr) {
        return tokenInvalid("the token's claims are not a JSON object without duplicates; have the issuer write them so");
    }
    if (!isText(claims->find("iss"), rules.issuer)) {
        return tokenInvalid("the token is of another issuer than this server trusts; sign in there");
    }
    if (!isForAudience(claims->find("aud"), rules.audience)) {
        return tokenInvalid("the token is for another audience; ask the issuer for one whose aud is or has this server's");
    }
    if (const char *why = otherKind(*claims)) {
        return tokenInvalid(why);
    }
    const auto expires = checkTimes(*claims, rules, now);
    if (!expires) {
        return Core::failure(expires.error());
    }
    const std::string *user = idOf(*claims, rules.userClaim);
    const std::string *tenant = rules.tenant.empty() ? idOf(*claims, rules.tenantClaim) : &rules.tenant;
    if (user == nullptr || tenant == nullptr) {
        return tokenInvalid("the claim " + (user == nullptr ? rules.userClaim : rules.tenantClaim) +
                            " must be a text of 1 to 256 bytes without control characters; have the issuer add it");
    }
    Identity identity;
    identity.user = Core::UserId{*tenant, *user};
    identity.expiresAt = *expires;
    const Value *roles = claimNamed(*claims, rules.rolesClaim);
    if (roles == nullptr && !rules.defaultRole.empty()) {
        identity.roles.push_back(rules.defaultRole);
    } else if (roles == nullptr || !readRoles(*roles, identity.roles)) {
        return tokenInvalid("the claim " + rules.rolesClaim + " must be a list of at most 32 roles; have the issuer add it");
    }
    identity.attributes = attributesOf(claimNamed(*claims, rules.attributesClaim));
    return identity;
}

}  // namespace Satchel::Server
