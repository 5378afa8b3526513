// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storekeyfile.h"

#include "client/storekeysource.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <cstdio>
#include <span>

namespace Satchel::Cli {

namespace {

constexpr qint64 secretBytesMax = 4096;

Core::Error keyMissing(const QString &message)
{
    return Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::KeyMissing, message.toStdString(),
                           Core::Retry::AfterChange);
}

Core::Result<QByteArray> readSecret(const QString &name)
{
    QFile file(name);
    const bool isOpen = name == u"-" ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!isOpen) {
        return Core::failure(keyMissing(QStringLiteral("%1: %2").arg(name, file.errorString())));
    }
    return file.read(secretBytesMax);
}

QString fromPath(const std::filesystem::path &path)
{
    return QString::fromStdU16String(path.u16string());
}

Core::Result<CipherDb::StoreKey> fromPassphrase(const std::filesystem::path &store, const QString &passphraseFile)
{
    // Whoever opens the store with a passphrase makes its salt if there is none; here that would be a mistake.
    if (!QFile::exists(fromPath(store) + QStringLiteral(".kdf"))) {
        return Core::failure(
            keyMissing(QStringLiteral("the store has no .kdf file beside it: its key is not from a passphrase, or the file is lost")));
    }
    auto secret = readSecret(passphraseFile);
    if (!secret) {
        return Core::failure(std::move(secret.error()));
    }
    const QByteArray line = secret->left(secret->contains('\n') ? secret->indexOf('\n') : secret->size());
    auto key = deriveStoreKey(StoreKeySource::passphrase(QString::fromUtf8(line).trimmed()), store);
    secret->fill('\0');
    return key;
}

}  // namespace

Core::Result<std::filesystem::path> findStore(const QString &path)
{
    const QFileInfo info(path);
    if (info.isDir()) {
        const QStringList stores = QDir(path).entryList({QStringLiteral("*.satchel")}, QDir::Files);
        if (stores.size() != 1) {
            const QString what =
                stores.isEmpty() ? QStringLiteral("no store") : QStringLiteral("several stores: ") + stores.join(QStringLiteral(", "));
            return Core::failure(Core::invalidArgument(Core::ErrorReason::None, (path + QStringLiteral(" holds ") + what).toStdString()));
        }
        return std::filesystem::path(QDir(path).filePath(stores.first()).toStdU16String());
    }
    if (!info.exists()) {
        return Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None,
                                             ("there is no store " + path.toStdString()), Core::Retry::AfterChange));
    }
    return std::filesystem::path(path.toStdU16String());
}

Core::Result<CipherDb::StoreKey> readStoreKey(const std::filesystem::path &store, const QString &keyFile, const QString &passphraseFile)
{
    if (!passphraseFile.isEmpty()) {
        return fromPassphrase(store, passphraseFile);
    }
    const QString name = keyFile.isEmpty() ? fromPath(store) + QStringLiteral(".key") : keyFile;
    auto text = readSecret(name);
    if (!text) {
        return Core::failure(std::move(text.error()));
    }
    constexpr qsizetype keyBytes = CipherDb::StoreKey::sizeBytes;
    const QByteArray trimmed = text->trimmed();
    QByteArray bytes = text->size() == keyBytes ? *text : QByteArray::fromHex(trimmed);
    const bool isKey = bytes.size() == keyBytes && (text->size() == keyBytes || trimmed.size() == 2 * keyBytes);
    Core::Result<CipherDb::StoreKey> key =
        Core::failure(keyMissing(QStringLiteral("%1 must hold 64 hexadecimal digits or 32 bytes").arg(name)));
    if (isKey) {
        key = CipherDb::StoreKey(std::span<const std::uint8_t, CipherDb::StoreKey::sizeBytes>(
            reinterpret_cast<const std::uint8_t *>(bytes.constData()), keyBytes));
    }
    bytes.fill('\0');
    text->fill('\0');
    return key;
}

}  // namespace Satchel::Cli
