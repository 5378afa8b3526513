// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "secretbytes.h"

#include "cipherdb/storekey.h"

#include <QByteArray>

#include <utility>

namespace Satchel::Vault {

SecretBytes::SecretBytes(std::span<const std::uint8_t> bytes)
    : m_bytes(bytes.begin(), bytes.end())
{
}

SecretBytes SecretBytes::takenFrom(const QByteArray &bytes)
{
    SecretBytes taken(std::span(reinterpret_cast<const std::uint8_t *>(bytes.constData()), std::size_t(bytes.size())));
    wipeShared(bytes);
    return taken;
}

SecretBytes::~SecretBytes()
{
    CipherDb::wipe(m_bytes.data(), m_bytes.size());
}

SecretBytes &SecretBytes::operator=(SecretBytes &&other) noexcept
{
    m_bytes.swap(other.m_bytes);
    return *this;
}

void wipeShared(const QByteArray &bytes)
{
    // data() would detach and leave the shared copy as it is.
    CipherDb::wipe(const_cast<char *>(bytes.constData()), std::size_t(bytes.size()));
}

}  // namespace Satchel::Vault
