// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "jwkset.h"

#include "core/value.h"
#include "wire/json.h"

#include <algorithm>

namespace Satchel::Server {

using Core::Value;

namespace {

constexpr std::size_t kidBytesMax = 64;

tl::unexpected<Core::Error> wrong(std::string why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, std::move(why)));
}

const std::string *textOf(const Value &key, std::string_view name)
{
    const Value *value = key.find(name);
    return value != nullptr ? value->as<std::string>() : nullptr;
}

/// The member's bytes; empty if it is missing or no strict base64url.
std::string bytesOf(const Value &key, std::string_view name)
{
    const std::string *text = textOf(key, name);
    auto bytes = text != nullptr ? Wire::fromBase64Url(*text) : Core::Result<std::string>(std::string());
    return bytes ? std::move(*bytes) : std::string();
}

bool isPrivate(const Value &key)
{
    const auto names = {"d", "p", "q", "dp", "dq", "qi", "oth"};
    return std::any_of(names.begin(), names.end(), [&key](const char *name) { return key.find(name) != nullptr; });
}

/// Whether `use` and `key_ops`, where they are, let the key check signatures.
bool isForSignatures(const Value &key)
{
    const Value *use = key.find("use");
    if (use != nullptr && (use->as<std::string>() == nullptr || *use->as<std::string>() != "sig")) {
        return false;
    }
    const Value *operations = key.find("key_ops");
    if (operations == nullptr) {
        return true;
    }
    const auto *list = operations->as<Value::List>();
    return list != nullptr && std::any_of(list->begin(), list->end(), [](const Value &one) {
               return one.as<std::string>() != nullptr && *one.as<std::string>() == "verify";
           });
}

/// The key, or why there is none: of a kind that is not taken, or broken.
Core::Result<PublicKey> publicKeyOf(const Value &key)
{
    const std::string *kind = textOf(key, "kty");
    const std::string *curve = textOf(key, "crv");
    if (kind == nullptr) {
        return wrong("it has no kty");
    }
    if (*kind == "RSA") {
        return PublicKey::rsa(bytesOf(key, "n"), bytesOf(key, "e"));
    }
    if (*kind == "EC" && curve != nullptr && *curve == "P-256") {
        return PublicKey::p256(bytesOf(key, "x"), bytesOf(key, "y"));
    }
    if (*kind == "OKP" && curve != nullptr && *curve == "Ed25519") {
        return PublicKey::ed25519(bytesOf(key, "x"));
    }
    return wrong("only RSA, EC with P-256 and OKP with Ed25519 are taken");
}

/// The key; an error says why it is left out.
Core::Result<Jwk> jwkOf(const Value &value)
{
    if (!isForSignatures(value)) {
        return wrong("its use or key_ops is not for checking signatures");
    }
    auto key = publicKeyOf(value);
    if (!key) {
        return Core::failure(std::move(key.error()));
    }
    Jwk out{{}, std::move(*key), std::nullopt};
    if (value.find("kid") != nullptr) {
        const std::string *kid = textOf(value, "kid");
        if (kid == nullptr || !isKid(*kid)) {
            return wrong("its kid is not 1 to 64 of letters, digits and - _ . @");
        }
        out.kid = *kid;
    }
    if (value.find("alg") != nullptr) {
        const std::string *name = textOf(value, "alg");
        out.algorithm = name != nullptr ? algorithmNamed(*name) : std::nullopt;
        if (!out.algorithm || !out.key.isFor(*out.algorithm)) {
            return wrong("its alg is not one that a key of its kind is taken for");
        }
    }
    return out;
}

}  // namespace

bool isKid(std::string_view text)
{
    return !text.empty() && text.size() <= kidBytesMax && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '@';
    });
}

Core::Result<JwkSet> JwkSet::parse(std::string_view json)
{
    if (json.size() > textBytesMax) {
        return wrong("a JWK set has at most 256 KiB");
    }
    const auto document = Wire::valueFromJson(json);
    if (!document) {
        return wrong("the JWK set is not strict JSON: " + document.error().detail);
    }
    const Value *member = document->find("keys");
    const auto *list = member != nullptr ? member->as<Value::List>() : nullptr;
    if (list == nullptr || list->size() > keysMax) {
        return wrong("a JWK set is an object with \"keys\": a list of at most 100 keys");
    }
    JwkSet out;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const Value &one = (*list)[i];
        const std::string name = "key " + std::to_string(i + 1);
        if (isPrivate(one)) {
            return wrong(name + " of the JWK set is a private key; give the public part only, and make a new pair");
        }
        auto key = jwkOf(one);
        if (!key) {
            out.m_leftOut.push_back(name + ": " + key.error().detail);
            continue;
        }
        if (!key->kid.empty() && out.find(key->kid) != nullptr) {
            return wrong(name + " of the JWK set has the kid of another");
        }
        out.m_keys.push_back(std::move(*key));
    }
    if (out.m_keys.empty()) {
        return wrong("the JWK set has no usable key" + (out.m_leftOut.empty() ? std::string() : "; " + out.m_leftOut.front()));
    }
    return out;
}

const Jwk *JwkSet::find(std::string_view kid) const
{
    const auto found = std::find_if(m_keys.begin(), m_keys.end(), [kid](const Jwk &key) { return !kid.empty() && key.kid == kid; });
    return found != m_keys.end() ? &*found : nullptr;
}

}  // namespace Satchel::Server
