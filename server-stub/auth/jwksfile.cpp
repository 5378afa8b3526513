// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "jwksfile.h"

#include <fstream>

namespace Satchel::Server {

namespace fs = std::filesystem;

Core::Result<std::unique_ptr<JwksFile>> JwksFile::open(fs::path file, Log &log)
{
    std::unique_ptr<JwksFile> out(new JwksFile(std::move(file), log));
    const std::lock_guard lock(out->m_mutex);
    auto isRead = out->read();
    if (!isRead) {
        return Core::failure(std::move(isRead.error()));
    }
    return out;
}

std::shared_ptr<const JwkSet> JwksFile::keys() const
{
    const std::lock_guard lock(m_mutex);
    return m_keys;
}

JwksFile::Version JwksFile::versionNow() const
{
    std::error_code error;
    Version out;
    out.written = fs::last_write_time(m_file, error);
    out.sizeBytes = fs::file_size(m_file, error);
    return out;
}

/// Under the lock.
Core::Result<void> JwksFile::read()
{
    m_read = versionNow();
    std::ifstream stream(m_file, std::ios::binary);
    std::string text(JwkSet::textBytesMax + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (!stream.is_open() || stream.bad()) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput, "the JWKS file " + m_file.string() + " cannot be read"));
    }
    auto parsed = JwkSet::parse(text);
    if (!parsed) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput, "the JWKS file " + m_file.string() + ": " + parsed.error().detail));
    }
    for (const std::string &why : parsed->leftOut()) {
        m_log.warning("key left out", {{"why", why}});
    }
    m_keys = std::make_shared<const JwkSet>(std::move(*parsed));
    m_log.info("keys read", {{"count", std::to_string(m_keys->size())}});
    return {};
}

KeySource::Renewal JwksFile::renew(std::chrono::milliseconds /*now*/)
{
    {
        const std::lock_guard lock(m_mutex);
        if (versionNow() == m_read) {
            return Renewal::Nothing;
        }
    }
    reload();
    return Renewal::Done;
}

void JwksFile::reload()
{
    const std::lock_guard lock(m_mutex);
    if (auto isRead = read(); !isRead) {
        m_log.error("keys not read", {{"error", Core::describe(isRead.error())}});
    }
}

}  // namespace Satchel::Server
