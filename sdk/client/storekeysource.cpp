// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storekeysource.h"

#include "cipherdb/rekey.h"
#include "cipherdb/storefiles.h"
#include "client/logging.h"

#include <QByteArray>
#include <QList>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace Satchel {

namespace {

constexpr std::size_t kdfBytesMax = 4096;
// A planted file must not make opening take all memory or for ever.
constexpr quint64 operationsMax = 64;
constexpr quint64 memoryBytesMin = 8 * 1024 * 1024;
constexpr quint64 memoryBytesMax = quint64(1024) * 1024 * 1024;

const QByteArray kdfHead = QByteArrayLiteral("satchel-kdf 1 argon2id");

Core::Error keyMissing(const char *detail)
{
    return Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::KeyMissing, detail, Core::Retry::AfterChange);
}

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

/// What is made where it is missing: only what belongs to a store that is not there yet, or also what one is to get.
enum class Making { ForNewStore, ForAnyStore };

Core::Result<void> checkMayMake(Making making, const std::filesystem::path &storePath)
{
    return making == Making::ForAnyStore ? Core::Result<void>() : checkNoStore(storePath);
}

Core::Result<CipherDb::PassphraseParameters> makeKdf(const std::filesystem::path &storePath, Making making)
{
    const auto store = CipherDb::fileSize(storePath);
    if (!store) {
        return Core::failure(store.error());
    }
    if (store->has_value() && making == Making::ForNewStore) {
        return Core::failure(keyMissing("the store exists, but the .kdf file with the salt of its passphrase does not"));
    }
    CipherDb::PassphraseParameters parameters;
    const CipherDb::StoreKey random = CipherDb::StoreKey::random();
    std::copy_n(random.bytes().begin(), parameters.salt.size(), parameters.salt.begin());
    if (auto written = CipherDb::writeFileAtomically(kdfPath(storePath), kdfText(parameters)); !written) {
        return Core::failure(std::move(written.error()));
    }
    return parameters;
}

Core::Result<CipherDb::StoreKey> fromPassphrase(const QString &passphrase, const std::filesystem::path &storePath, Making making)
{
    if (passphrase.isEmpty() || !passphrase.isValidUtf16()) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::None, "the passphrase is empty or holds a lone surrogate"));
    }
    const auto text = CipherDb::readSmallFile(kdfPath(storePath), kdfBytesMax);
    if (!text) {
        return Core::failure(text.error());
    }
    const auto parameters = text->has_value() ? parseKdf(**text) : makeKdf(storePath, making);
    if (!parameters) {
        return Core::failure(parameters.error());
    }
    std::string utf8 = passphrase.toStdString();
    auto key = CipherDb::keyFromPassphrase(utf8, *parameters);
    CipherDb::wipe(utf8.data(), utf8.size());
    return key;
}

constexpr std::size_t keyFileBytes = 2 * CipherDb::StoreKey::sizeBytes + 1;

/// 64 hexadecimal digits and a line feed.
Core::Result<CipherDb::StoreKey> parseKeyFile(const std::string &text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<std::uint8_t, CipherDb::StoreKey::sizeBytes> bytes{};
    bool isGood = text.size() == keyFileBytes && text.back() == '\n';
    for (std::size_t i = 0; isGood && i + 1 < keyFileBytes; ++i) {
        const std::size_t value = digits.find(char(std::tolower(static_cast<unsigned char>(text[i]))));
        isGood = value != std::string_view::npos;
        bytes[i / 2] = std::uint8_t((bytes[i / 2] << 4U) | (value & 0xfU));
    }
    auto key = isGood
                   ? Core::Result<CipherDb::StoreKey>(CipherDb::StoreKey(bytes))
                   : Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::KeyDamaged,
                                                   "the key file must hold 64 hexadecimal digits and a line feed; bring back a copy of it",
                                                   Core::Retry::AfterChange));
    CipherDb::wipe(bytes.data(), bytes.size());
    return key;
}

Core::Result<CipherDb::StoreKey> makeKeyFile(const std::filesystem::path &path, const std::filesystem::path &storePath, Making making)
{
    if (auto hasNone = checkMayMake(making, storePath); !hasNone) {
        return Core::failure(std::move(hasNone.error()));
    }
    CipherDb::StoreKey key = CipherDb::StoreKey::random();
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(keyFileBytes);
    for (const std::uint8_t byte : key.bytes()) {
        text += {digits[byte >> 4U], digits[byte & 0xfU]};
    }
    text += '\n';
    auto made = CipherDb::createFileOnce(path, text);
    CipherDb::wipe(text.data(), text.size());
    if (!made) {
        return Core::failure(std::move(made.error()));
    }
    return key;
}

Core::Result<std::optional<CipherDb::StoreKey>> readKeyFile(const std::filesystem::path &path)
{
    using Found = Core::Result<std::optional<CipherDb::StoreKey>>;
    auto text = CipherDb::readPrivateFile(path, keyFileBytes);
    if (!text && text.error().reason == Core::ErrorReason::LimitExceeded) {
        return Core::failure(parseKeyFile({}).error());
    }
    if (!text) {
        return Core::failure(std::move(text.error()));
    }
    if (!text->has_value()) {
        return std::optional<CipherDb::StoreKey>();
    }
    auto key = parseKeyFile(**text);
    CipherDb::wipe((*text)->data(), (*text)->size());
    return key ? Found(std::optional(std::move(*key))) : Found(Core::failure(key.error()));
}

/// After a change of the key in this file that was cut short the next key takes its place if the store is under it, and goes if not.
Core::Result<CipherDb::StoreKey> rightOf(CipherDb::StoreKey key, const QString &name, const std::filesystem::path &storePath)
{
    const std::filesystem::path nextPath = nextKeyFile(name);
    auto next = readKeyFile(nextPath);
    if (!next || !next->has_value()) {
        return key;
    }
    const auto isOld = CipherDb::keyOpensStore(storePath, key);
    if (!isOld) {
        return Core::failure(isOld.error());
    }
    if (*isOld) {
        return CipherDb::shredFile(nextPath).map([&key] { return std::move(key); });
    }
    const auto isNext = CipherDb::keyOpensStore(storePath, **next);
    if (!isNext || !*isNext) {
        return isNext ? Core::Result<CipherDb::StoreKey>(std::move(key)) : Core::failure(isNext.error());
    }
    return CipherDb::renameFile(nextPath, std::filesystem::path(name.toStdU16String())).map([&next] { return std::move(**next); });
}

Core::Result<CipherDb::StoreKey> fromKeyFile(const QString &name, const std::filesystem::path &storePath, Making making)
{
    if (name.isEmpty()) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::None, "StoreKeySource::keyFile() needs the path of a file"));
    }
    qCWarning(cryptoLog) << "the key of the encrypted store is kept in a file, which every program of this user can read; "
                            "use StoreKeySource::keychain() where there is a keychain";
    const auto path = std::filesystem::path(name.toStdU16String());
    auto key = readKeyFile(path);
    if (!key) {
        return Core::failure(std::move(key.error()));
    }
    if (!key->has_value()) {
        return makeKeyFile(path, storePath, making);
    }
    return making == Making::ForNewStore ? rightOf(std::move(**key), name, storePath) : Core::Result<CipherDb::StoreKey>(std::move(**key));
}

Core::Result<CipherDb::StoreKey> keyFrom(const StoreKeySource &source, const std::filesystem::path &storePath, Making making)
{
    if (const auto *passphrase = std::get_if<QString>(&source.source())) {
        return fromPassphrase(*passphrase, storePath, making);
    }
    if (const auto *file = std::get_if<StoreKeySource::KeyFile>(&source.source())) {
        return fromKeyFile(file->path, storePath, making);
    }
    const auto *raw = std::get_if<QByteArray>(&source.source());
    if (!raw || raw->size() != qsizetype(CipherDb::StoreKey::sizeBytes)) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::None, "ClientOptions::key must be a keychain, a key file, a passphrase or 32 bytes"));
    }
    return CipherDb::StoreKey(std::span<const std::uint8_t, CipherDb::StoreKey::sizeBytes>(
        reinterpret_cast<const std::uint8_t *>(raw->constData()), CipherDb::StoreKey::sizeBytes));
}

}  // namespace

Core::Result<CipherDb::StoreKey> deriveStoreKey(const StoreKeySource &source, const std::filesystem::path &storePath)
{
    return keyFrom(source, storePath, Making::ForNewStore);
}

Core::Result<CipherDb::StoreKey> prepareStoreKey(const StoreKeySource &source, const std::filesystem::path &storePath)
{
    return keyFrom(source, storePath, Making::ForAnyStore);
}

std::filesystem::path nextKeyFile(const QString &keyFile)
{
    return {(keyFile + QStringLiteral(".next")).toStdU16String()};
}

Core::Result<void> checkNoStore(const std::filesystem::path &storePath)
{
    for (const char *suffix : {"", "-wal"}) {
        const auto size = CipherDb::fileSize(storePath.string() + suffix);
        if (!size) {
            return Core::failure(size.error());
        }
        // A file that is still empty is a creation that was cut short.
        if (size->value_or(0) != 0) {
            return Core::failure(keyMissing("the store exists, but its key does not; bring the key back, or give the store up with "
                                            "Client::signOut(Client::SignOut::Destroy)"));
        }
    }
    return {};
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

StoreKeySource StoreKeySource::keychain(const QString &service)
{
    StoreKeySource source;
    source.m_source = Keychain{service};
    return source;
}

StoreKeySource StoreKeySource::keyFile(const QString &path)
{
    StoreKeySource source;
    source.m_source = KeyFile{path};
    return source;
}

}  // namespace Satchel
