// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Tokens and keys from strangers: the input as a token, as its claims, as a key set, and, over two lines, as header and claims of a token
// that a known secret signs.
#include "fuzzing.h"

#include "server-stub/auth/claims.h"
#include "server-stub/auth/issuerverifier.h"
#include "server-stub/auth/jwt.h"
#include "wire/json.h"

using namespace Satchel;

namespace {

constexpr std::chrono::milliseconds now{1'800'000'000'000};
constexpr std::size_t tokenBytesMax = 64 * 1024;

bool isPlain(const std::string &id)
{
    for (const char c : id) {
        if (static_cast<unsigned char>(c) < 0x20) {
            return false;
        }
    }
    return !id.empty() && id.size() <= 256;
}

void checkIdentity(const Core::Result<Server::Identity> &identity)
{
    if (!identity) {
        Fuzz::require(identity.error().code == Core::ErrorCode::Unauthenticated && !identity.error().detail.empty());
        return;
    }
    Fuzz::require(isPlain(identity->user.user) && isPlain(identity->user.tenant) && identity->roles.size() <= 32);
    Fuzz::require(identity->expiresAt + std::chrono::seconds(60) > now);
}

/// A token that is taken has one spelling only.
void checkToken(std::string_view token)
{
    const auto jws = Server::parseCompactJws(token, tokenBytesMax);
    if (jws) {
        const std::size_t first = token.find('.');
        const std::size_t second = token.find('.', first + 1);
        Fuzz::require(Wire::base64Url(jws->payload) == token.substr(first + 1, second - first - 1));
        Fuzz::require(Wire::base64Url(jws->signature) == token.substr(second + 1));
        Fuzz::require(jws->signedText == token.substr(0, second));
        Fuzz::require(!jws->kid || Server::isKid(*jws->kid));
    }
}

void checkKeys(std::string_view json)
{
    const auto keys = Server::JwkSet::parse(json);
    if (keys) {
        Fuzz::require(keys->size() > 0 && keys->size() <= Server::JwkSet::keysMax && keys->find({}) == nullptr);
        Server::CompactJws jws;
        jws.algorithm = "RS256";
        jws.signedText = json;
        jws.signature = std::string(json);
        Fuzz::require(!Server::checkSignature(jws, *keys));
    }
}

void checkSigned(std::string_view header, std::string_view claims)
{
    Server::JwtSettings settings;
    settings.key = "0123456789abcdefghijklmnopqrstuv";
    const std::string text = Wire::base64Url(header) + "." + Wire::base64Url(claims);
    checkIdentity(Server::JwtVerifier(settings).verify(text + "." + Wire::base64Url(Server::hmacSha256(settings.key, text)), now));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view input = Fuzz::viewOf(data, size);
    checkToken(input);
    checkKeys(input);
    Server::ClaimRules rules;
    rules.issuer = "https://id.example";
    rules.rolesClaim = "/realm_access/roles";
    rules.defaultRole = "user";
    checkIdentity(Server::identityFromClaims(input, rules, now));
    const std::size_t line = input.find('\n');
    if (line != std::string_view::npos) {
        checkSigned(input.substr(0, line), input.substr(line + 1));
    }
    return 0;
}
