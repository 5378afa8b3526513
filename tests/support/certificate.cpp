// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>

namespace Satchel::Test {

namespace {

void require(bool condition)
{
    if (!condition) {
        std::abort();
    }
}

void addExtension(X509 *certificate, int kind, const std::string &value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

std::string textOf(BIO *memory)
{
    char *text = nullptr;
    const long size = BIO_get_mem_data(memory, &text);
    std::string out(text, static_cast<std::size_t>(size));
    BIO_free(memory);
    return out;
}

}  // namespace

Certificate Certificate::make(const std::string &names, int days)
{
    constexpr long hourSeconds = 3600;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    require(key != nullptr && certificate != nullptr);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -hourSeconds + (days < 0 ? 2L * days * 24 * hourSeconds : 0));
    X509_gmtime_adj(X509_getm_notAfter(certificate), static_cast<long>(days) * 24 * hourSeconds);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char *>("Satchel test"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    addExtension(certificate, NID_subject_alt_name, names);
    addExtension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    require(X509_sign(certificate, key, EVP_sha256()) > 0);
    BIO *certificateText = BIO_new(BIO_s_mem());
    BIO *keyText = BIO_new(BIO_s_mem());
    require(PEM_write_bio_X509(certificateText, certificate) == 1);
    require(PEM_write_bio_PrivateKey(keyText, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return Certificate{textOf(certificateText), textOf(keyText)};
}

}  // namespace Satchel::Test
