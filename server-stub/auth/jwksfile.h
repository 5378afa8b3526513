// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/keysource.h"
#include "server-stub/ops/log.h"

#include <filesystem>
#include <memory>
#include <mutex>

namespace Satchel::Server {

/// The keys in a JWK set file. It is read again when the operator says so, and when a token names a key that it lacks and the file has
/// changed. One that cannot be used any more is logged, and the keys read before stay.
class JwksFile : public KeySource {
public:
    /// INVALID_ARGUMENT says what is wrong with the file. The log must outlive the source.
    [[nodiscard]] static Core::Result<std::unique_ptr<JwksFile>> open(std::filesystem::path file, Log &log);

    [[nodiscard]] std::shared_ptr<const JwkSet> keys() const override;
    [[nodiscard]] Renewal renew(std::chrono::milliseconds now) override;
    void reload() override;

private:
    /// Tells one writing of the file from another.
    struct Version {
        std::filesystem::file_time_type written;
        std::uintmax_t sizeBytes = 0;
        friend bool operator==(const Version &, const Version &) = default;
    };

    JwksFile(std::filesystem::path file, Log &log)
        : m_file(std::move(file))
        , m_log(log)
    {
    }
    [[nodiscard]] Version versionNow() const;
    [[nodiscard]] Core::Result<void> read();

    const std::filesystem::path m_file;
    Log &m_log;
    mutable std::mutex m_mutex;
    Version m_read;
    std::shared_ptr<const JwkSet> m_keys;
};

}  // namespace Satchel::Server
