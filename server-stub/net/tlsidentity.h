// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/ops/log.h"

#include <filesystem>
#include <memory>
#include <mutex>

namespace boost::asio::ssl {
class context;
}

namespace Satchel::Server {

/// The server's certificate and its key, in PEM files, and how TLS is spoken with them: 1.2 and 1.3, authenticated encryption and forward
/// secrecy only, no renegotiation. Thread-safe.
class TlsIdentity {
public:
    /// INVALID_ARGUMENT says which file is wrong and why. The certificate's file has the chain behind it. The log must outlive the object.
    [[nodiscard]] static Core::Result<std::unique_ptr<TlsIdentity>> open(std::filesystem::path certificateFile,
                                                                         std::filesystem::path keyFile, Log &log);

    /// For the next connection.
    [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> context() const;
    /// Reads the files anew, for connections from here on. If they cannot be used, that is logged, and what was read before stays.
    void reload();

private:
    TlsIdentity(std::filesystem::path certificateFile, std::filesystem::path keyFile, Log &log)
        : m_certificateFile(std::move(certificateFile))
        , m_keyFile(std::move(keyFile))
        , m_log(log)
    {
    }
    [[nodiscard]] Core::Result<std::shared_ptr<boost::asio::ssl::context>> read() const;

    const std::filesystem::path m_certificateFile;
    const std::filesystem::path m_keyFile;
    Log &m_log;
    mutable std::mutex m_mutex;
    std::shared_ptr<boost::asio::ssl::context> m_context;
};

}  // namespace Satchel::Server
