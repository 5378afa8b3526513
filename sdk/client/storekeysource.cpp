// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storekeysource.h"

#include "cipherdb/storefiles.h"

#include <QByteArray>
#include <QList>

#include <algorithm>

namespace Satchel {

namespace {

constexpr std::size_t kdfBytesMax = 4096;
// A planted file must not make opening take all memory or for ever.
constexpr quint64 operationsMax = 64;
constexpr quint64 memoryBytesMin = 8 * 1024 * 1024;
constexpr quint64 memoryBytesMax = quint64(1024) * 1024 * 1024;

const QByteArray kdfHead = QByteArrayLiteral("satchel-kdf 1 argon2id");

std::filesystem::path kdfPath(const std::filesystem::path &storePath)
{
    std::filesystem::path path = storePath;
    path += ".kdf";
    return path;
}

std::string kdfText(const CipherDb::PassphraseParameters &parameters)
{
    const QByteArray salt(reinterpret_cast<const char *>(parameters.salt.data()), qsizetype(parameters.salt.size()));
    return (kdfHead + " salt=" + salt.toHex() + " operations=" + QByteArray::number(quint64(parameters.operations)) +
            " memory=" + QByteArray::number(quint64(parameters.memoryBytes)) + '\n')
        .toStdString();
}

/// Only what kdfText() writes is taken: whatever else is there is damage.
Core::Result<CipherDb::PassphraseParameters> parseKdf(const std::string &text)
{
    CipherDb::PassphraseParameters parameters;
    const QList<QByteArray> words = QByteArray::fromStdString(text).trimmed().split(' ');
    if (words.size() == 6) {
        const QByteArray salt = QByteArray::fromHex(words[3].mid(5));
        std::copy_n(salt.begin(), std::min(std::size_t(salt.size()), parameters.salt.size()), parameters.salt.begin());
        parameters.operations = words[4].mid(11).toULongLong();
        parameters.memoryBytes = words[5].mid(7).toULongLong();
    }
    const bool isBounded = parameters.operations >= 1 && parameters.operations <= operationsMax &&
                           parameters.memoryBytes >= memoryBytesMin && parameters.memoryBytes <= memoryBytesMax;
    if (!isBounded || kdfText(parameters) != text) {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                                             "the store's .kdf file, which holds the salt of its passphrase, is damaged",
                                             Core::Retry::AfterChange));
    }
    return parameters;
}

Core::Result<CipherDb::PassphraseParameters> makeKdf(const std::filesystem::path &storePath)
{
    const auto store = CipherDb::fileSize(storePath);
    if (!store) {
        return Core::failure(store.error());
    }
    if (store->has_value()) {
        return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::KeyMissing,
                                             "the store exists, but the .kdf file with the salt of its passphrase does not",
                                             Core::Retry::AfterChange));
    }
    CipherDb::PassphraseParameters parameters;
    const CipherDb::StoreKey random = CipherDb::StoreKey::random();
    std::copy_n(random.bytes().begin(), parameters.salt.size(), parameters.salt.begin());
    if (auto written = CipherDb::writeFileAtomically(kdfPath(storePath), kdfText(parameters)); !written) {
        return Core::failure(std::move(written.error()));
    }
    return parameters;
}

Core::Result<CipherDb::StoreKey> fromPassphrase(const QString &passphrase, const std::filesystem::path &storePath)
{
    if (passphrase.isEmpty() || !passphrase.isValidUtf16()) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::None, "the passphrase is empty or holds a lone surrogate"));
    }
    const auto text = CipherDb::readSmallFile(kdfPath(storePath), kdfBytesMax);
    if (!text) {
        return Core::failure(text.error());
    }
    const auto parameters = text->has_value() ? parseKdf(**text) : makeKdf(storePath);
    if (!parameters) {
        return Core::failure(parameters.error());
    }
    return CipherDb::keyFromPassphrase(passphrase.toStdString(), *parameters);
}

}  // namespace

Core::Result<CipherDb::StoreKey> deriveStoreKey(const StoreKeySource &source, const std::filesystem::path &storePath)
{
    if (const auto *passphrase = std::get_if<QString>(&source.source())) {
        return fromPassphrase(*passphrase, storePath);
    }
    const auto *raw = std::get_if<QByteArray>(&source.source());
    if (!raw || raw->size() != qsizetype(CipherDb::StoreKey::sizeBytes)) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::None, "ClientOptions::key must be a passphrase or 32 bytes"));
    }
    return CipherDb::StoreKey(std::span<const std::uint8_t, CipherDb::StoreKey::sizeBytes>(
        reinterpret_cast<const std::uint8_t *>(raw->constData()), CipherDb::StoreKey::sizeBytes));
}

StoreKeySource StoreKeySource::raw(const QByteArray &key)
{
    StoreKeySource source;
    source.m_source = key;
    return source;
}

StoreKeySource StoreKeySource::passphrase(const QString &passphrase)
{
    StoreKeySource source;
    source.m_source = passphrase;
    return source;
}

}  // namespace Satchel
