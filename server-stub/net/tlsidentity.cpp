// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "tlsidentity.h"

#include "server-stub/net/tls.h"

namespace Satchel::Server {

namespace {

tl::unexpected<Core::Error> wrong(const std::string &why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, why));
}

/// A key under a password is refused instead of asked for.
int refusePassword(char * /*buffer*/, int /*size*/, int /*isWriting*/, void * /*data*/)
{
    return -1;
}

bool useModernTlsOnly(SSL_CTX *context)
{
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && SSL_CTX_set_cipher_list(context, tlsCiphers) == 1;
}

}  // namespace

Core::Result<std::unique_ptr<TlsIdentity>> TlsIdentity::open(std::filesystem::path certificateFile, std::filesystem::path keyFile, Log &log)
{
    std::unique_ptr<TlsIdentity> out(new TlsIdentity(std::move(certificateFile), std::move(keyFile), log));
    auto context = out->read();
    if (!context) {
        return Core::failure(std::move(context.error()));
    }
    out->m_context = std::move(*context);
    return out;
}

std::shared_ptr<ssl::context> TlsIdentity::context() const
{
    const std::lock_guard lock(m_mutex);
    return m_context;
}

Core::Result<std::shared_ptr<ssl::context>> TlsIdentity::read() const
{
    auto out = std::make_shared<ssl::context>(ssl::context::tls_server);
    if (!useModernTlsOnly(out->native_handle())) {
        return wrong("TLS 1.2 cannot be set up");
    }
    SSL_CTX_set_default_passwd_cb(out->native_handle(), refusePassword);
    beast::error_code error;
    out->use_certificate_chain_file(m_certificateFile.string(), error);
    if (error) {
        return wrong("the certificate in " + m_certificateFile.string() + " cannot be used: " + error.message());
    }
    out->use_private_key_file(m_keyFile.string(), ssl::context::pem, error);
    if (error) {
        return wrong("the key in " + m_keyFile.string() + " cannot be used, or is not the certificate's: " + error.message());
    }
    return out;
}

void TlsIdentity::reload()
{
    auto context = read();
    if (!context) {
        m_log.error("certificate not read", {{"error", Core::describe(context.error())}});
        return;
    }
    const std::lock_guard lock(m_mutex);
    m_context = std::move(*context);
    m_log.info("certificate read");
}

}  // namespace Satchel::Server
