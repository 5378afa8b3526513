// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/signingkey.h"

#include "wire/json.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>

namespace Satchel::Test {

namespace {

void require(bool condition)
{
    if (!condition) {
        std::abort();
    }
}

const unsigned char *bytesOf(const std::string &text)
{
    return reinterpret_cast<const unsigned char *>(text.data());
}

std::string joseOfDer(const std::string &der)
{
    const unsigned char *at = bytesOf(der);
    ECDSA_SIG *both = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    require(both != nullptr);
    std::string out(64, '\0');
    auto *to = reinterpret_cast<unsigned char *>(out.data());
    require(BN_bn2binpad(ECDSA_SIG_get0_r(both), to, 32) == 32 && BN_bn2binpad(ECDSA_SIG_get0_s(both), to + 32, 32) == 32);
    ECDSA_SIG_free(both);
    return out;
}

}  // namespace

SigningKey::SigningKey(Kind kind, std::string kid, int rsaBits)
    : m_kind(kind)
    , m_kid(std::move(kid))
{
    EVP_PKEY *key = nullptr;
    switch (kind) {
    case Kind::Rsa:
        key = EVP_RSA_gen(static_cast<std::size_t>(rsaBits));
        break;
    case Kind::P256:
        key = EVP_EC_gen("P-256");
        break;
    case Kind::Ed25519:
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        break;
    }
    require(key != nullptr);
    m_key.reset(key, EVP_PKEY_free);
}

std::string SigningKey::number(const char *name) const
{
    BIGNUM *number = nullptr;
    require(EVP_PKEY_get_bn_param(m_key.get(), name, &number) == 1);
    const int size = m_kind == Kind::P256 ? 32 : BN_num_bytes(number);
    std::string out(static_cast<std::size_t>(size), '\0');
    require(BN_bn2binpad(number, reinterpret_cast<unsigned char *>(out.data()), size) == size);
    BN_free(number);
    return Wire::base64Url(out);
}

std::string SigningKey::jwk(const std::string &more) const
{
    const std::string end = (m_kid.empty() ? std::string() : R"(,"kid":")" + m_kid + '"') + more + '}';
    if (m_kind == Kind::Rsa) {
        return R"({"kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" + number(OSSL_PKEY_PARAM_RSA_E) + '"' + end;
    }
    if (m_kind == Kind::P256) {
        return R"({"kty":"EC","crv":"P-256","x":")" + number(OSSL_PKEY_PARAM_EC_PUB_X) + R"(","y":")" + number(OSSL_PKEY_PARAM_EC_PUB_Y) +
               '"' + end;
    }
    std::string bytes(32, '\0');
    std::size_t size = bytes.size();
    require(EVP_PKEY_get_raw_public_key(m_key.get(), reinterpret_cast<unsigned char *>(bytes.data()), &size) == 1 && size == 32);
    return R"({"kty":"OKP","crv":"Ed25519","x":")" + Wire::base64Url(bytes) + '"' + end;
}

std::string SigningKey::publicPem() const
{
    BIO *memory = BIO_new(BIO_s_mem());
    require(PEM_write_bio_PUBKEY(memory, m_key.get()) == 1);
    char *text = nullptr;
    const long size = BIO_get_mem_data(memory, &text);
    std::string out(text, static_cast<std::size_t>(size));
    BIO_free(memory);
    return out;
}

std::string SigningKey::signature(const std::string &algorithm, const std::string &text) const
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_PKEY_CTX *context = nullptr;
    require(EVP_DigestSignInit(digest, &context, m_kind == Kind::Ed25519 ? nullptr : EVP_sha256(), nullptr, m_key.get()) == 1);
    if (algorithm == "PS256") {
        require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1);
        require(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    std::string out(1024, '\0');
    std::size_t size = out.size();
    require(EVP_DigestSign(digest, reinterpret_cast<unsigned char *>(out.data()), &size, bytesOf(text), text.size()) == 1);
    EVP_MD_CTX_free(digest);
    out.resize(size);
    return m_kind == Kind::P256 ? joseOfDer(out) : out;
}

std::string SigningKey::sign(const std::string &algorithm, const std::string &header, const std::string &claims) const
{
    const std::string text = Wire::base64Url(header) + "." + Wire::base64Url(claims);
    return text + "." + Wire::base64Url(signature(algorithm, text));
}

std::string jwkSet(const std::vector<std::string> &jwks)
{
    std::string out = R"({"keys":[)";
    for (const std::string &jwk : jwks) {
        out += (out.back() == '[' ? "" : ",") + jwk;
    }
    return out + "]}";
}

}  // namespace Satchel::Test
