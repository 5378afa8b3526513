// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "publickey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <string>

namespace Satchel::Server {

namespace {

constexpr std::size_t coordinateBytes = 32;
constexpr std::size_t exponentBytesMax = 8;

template <auto release>
struct Release {
    template <typename T>
    void operator()(T *what) const
    {
        release(what);
    }
};
template <typename T, auto release>
using Owned = std::unique_ptr<T, Release<release>>;

using Number = Owned<BIGNUM, BN_free>;
using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

tl::unexpected<Core::Error> wrong(const char *why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, why));
}

const unsigned char *bytesOf(std::string_view text)
{
    return reinterpret_cast<const unsigned char *>(text.data());
}

Number numberOf(std::string_view bytes)
{
    return Number(BN_bin2bn(bytesOf(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::shared_ptr<EVP_PKEY> keyOf(const char *type, OSSL_PARAM_BLD *builder)
{
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY *key = nullptr;
    const bool isMade = parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
    std::shared_ptr<EVP_PKEY> owned(key, EVP_PKEY_free);
    const KeyContext checked(isMade ? EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr) : nullptr);
    const bool isGood = checked && EVP_PKEY_public_check(checked.get()) == 1;
    ERR_clear_error();
    return isGood ? owned : nullptr;
}

/// ECDSA in JOSE is r and s side by side; OpenSSL reads a DER sequence of both.
std::string derOfEcdsa(std::string_view signature)
{
    if (signature.size() != 2 * coordinateBytes) {
        return {};
    }
    const Owned<ECDSA_SIG, ECDSA_SIG_free> both(ECDSA_SIG_new());
    Number r = numberOf(signature.substr(0, coordinateBytes));
    Number s = numberOf(signature.substr(coordinateBytes));
    if (!both || !r || !s || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) {
        return {};
    }
    static_cast<void>(r.release());  // the pair's now
    static_cast<void>(s.release());
    unsigned char *der = nullptr;
    const int length = i2d_ECDSA_SIG(both.get(), &der);
    std::string out = length > 0 ? std::string(reinterpret_cast<const char *>(der), static_cast<std::size_t>(length)) : std::string();
    OPENSSL_free(der);
    return out;
}

bool usePss(EVP_PKEY_CTX *context)
{
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

}  // namespace

std::optional<SignatureAlgorithm> algorithmNamed(std::string_view name)
{
    if (name == "RS256") {
        return SignatureAlgorithm::Rs256;
    }
    if (name == "PS256") {
        return SignatureAlgorithm::Ps256;
    }
    if (name == "ES256") {
        return SignatureAlgorithm::Es256;
    }
    return name == "EdDSA" ? std::optional(SignatureAlgorithm::EdDsa) : std::nullopt;
}

PublicKey::PublicKey(Kind kind, std::shared_ptr<evp_pkey_st> key)
    : m_kind(kind)
    , m_key(std::move(key))
{
}

Core::Result<PublicKey> PublicKey::rsa(std::string_view modulus, std::string_view exponent)
{
    if (modulus.size() > rsaBitsMax / 8 || exponent.empty() || exponent.size() > exponentBytesMax) {
        return wrong("an RSA key has a modulus of at most 8192 bits and an exponent of at most 64");
    }
    const Number n = numberOf(modulus);
    const Number e = numberOf(exponent);
    if (!n || !e || BN_num_bits(n.get()) < rsaBitsMin) {
        return wrong("an RSA key has at least 2048 bits");
    }
    if (BN_is_odd(n.get()) == 0 || BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) != 0) {
        return wrong("an RSA key's modulus is odd, its exponent odd and over 1");
    }
    const Builder builder(OSSL_PARAM_BLD_new());
    const bool isBuilt = builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
                         OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1;
    auto key = isBuilt ? keyOf("RSA", builder.get()) : nullptr;
    if (!key) {
        return wrong("the numbers are no RSA key");
    }
    return PublicKey(Kind::Rsa, std::move(key));
}

Core::Result<PublicKey> PublicKey::p256(std::string_view x, std::string_view y)
{
    if (x.size() != coordinateBytes || y.size() != coordinateBytes) {
        return wrong("a point of P-256 is two numbers of 32 bytes");
    }
    const std::string point = "\x04" + std::string(x) + std::string(y);
    const Builder builder(OSSL_PARAM_BLD_new());
    const bool isBuilt = builder && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
                         OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1;
    auto key = isBuilt ? keyOf("EC", builder.get()) : nullptr;
    if (!key) {
        return wrong("the point does not lie on the curve P-256");
    }
    return PublicKey(Kind::P256, std::move(key));
}

Core::Result<PublicKey> PublicKey::ed25519(std::string_view x)
{
    if (x.size() != coordinateBytes) {
        return wrong("an Ed25519 key has 32 bytes");
    }
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytesOf(x), x.size());
    ERR_clear_error();
    if (key == nullptr) {
        return wrong("the bytes are no Ed25519 key");
    }
    return PublicKey(Kind::Ed25519, std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free));
}

bool PublicKey::isFor(SignatureAlgorithm algorithm) const
{
    switch (algorithm) {
    case SignatureAlgorithm::Rs256:
    case SignatureAlgorithm::Ps256:
        return m_kind == Kind::Rsa;
    case SignatureAlgorithm::Es256:
        return m_kind == Kind::P256;
    case SignatureAlgorithm::EdDsa:
        return m_kind == Kind::Ed25519;
    }
    return false;
}

bool PublicKey::verify(SignatureAlgorithm algorithm, std::string_view text, std::string_view signature) const
{
    if (!isFor(algorithm)) {
        return false;
    }
    std::string der;
    if (algorithm == SignatureAlgorithm::Es256) {
        der = derOfEcdsa(signature);
        signature = der;
    }
    const DigestContext digest(EVP_MD_CTX_new());
    EVP_PKEY_CTX *context = nullptr;  // the digest's
    const EVP_MD *hash = algorithm == SignatureAlgorithm::EdDsa ? nullptr : EVP_sha256();
    const bool isReady = digest && EVP_DigestVerifyInit(digest.get(), &context, hash, nullptr, m_key.get()) == 1 &&
                         (algorithm != SignatureAlgorithm::Ps256 || usePss(context));
    const bool holds = isReady && !signature.empty() &&
                       EVP_DigestVerify(digest.get(), bytesOf(signature), signature.size(), bytesOf(text), text.size()) == 1;
    ERR_clear_error();
    return holds;
}

}  // namespace Satchel::Server
