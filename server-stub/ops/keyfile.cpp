// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "keyfile.h"

#include "cipherdb/lockfile.h"
#include "cipherdb/rekey.h"
#include "cipherdb/storefiles.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <system_error>

namespace Satchel::Server {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t keyFileBytesMax = 4096;

Core::Result<std::string> readSmallFile(const fs::path &path)
{
    std::ifstream file(path, std::ios::binary);
    std::string text(keyFileBytesMax, '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && file.gcount() == 0) {
        return Core::failure(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::KeyMissing,
                                             "a key or secret file cannot be read", Core::Retry::AfterChange));
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

void trim(std::string &text)
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    while (!text.empty() && isSpace(text.back())) {
        text.pop_back();
    }
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), isSpace));
}

int digitOf(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Core::Result<CipherDb::StoreKey> parseKey(std::string text)
{
    std::array<std::uint8_t, CipherDb::StoreKey::sizeBytes> bytes{};
    if (text.size() == bytes.size()) {
        std::copy(text.begin(), text.end(), reinterpret_cast<char *>(bytes.data()));
        return CipherDb::StoreKey(bytes);
    }
    trim(text);
    bool isHex = text.size() == 2 * bytes.size();
    for (std::size_t i = 0; isHex && i < bytes.size(); ++i) {
        const int high = digitOf(text[2 * i]);
        const int low = digitOf(text[2 * i + 1]);
        isHex = high >= 0 && low >= 0;
        bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    if (!isHex) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput, "a key file holds 32 bytes or 64 hexadecimal digits"));
    }
    return CipherDb::StoreKey(bytes);
}

/// Durable before anything is kept under it.
Core::Result<void> makeKeyFile(const fs::path &path, Random &random)
{
    return CipherDb::createFileOnce(path, toHex(random.bytes(CipherDb::StoreKey::sizeBytes)) + '\n');
}

fs::path nextOf(const fs::path &keyFile)
{
    return keyFile.string() + ".next";
}

Core::Result<CipherDb::StoreKey> readKeyFile(const fs::path &keyFile)
{
    std::error_code error;
    const auto permissions = fs::status(keyFile, error).permissions();
    if (!error && (permissions & (fs::perms::group_all | fs::perms::others_all)) != fs::perms::none) {
        return Core::failure(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::KeyMissing,
                                             "the key file may be read by others than its owner; chmod 600", Core::Retry::AfterChange));
    }
    return readSmallFile(keyFile).and_then([](std::string &&text) { return parseKey(std::move(text)); });
}

/// A rotation that was cut short: the next key becomes the key if the store is under it, else it goes.
Core::Result<void> finishRotation(const fs::path &keyFile, const fs::path &store)
{
    std::error_code error;
    if (!fs::exists(nextOf(keyFile), error)) {
        return {};
    }
    auto lock = CipherDb::LockFile::acquire(store.string() + ".lock", CipherDb::LockMode::Exclusive);
    if (!lock) {
        return Core::failure(std::move(lock.error()));
    }
    const auto key = readKeyFile(keyFile);
    const auto next = readKeyFile(nextOf(keyFile));
    if (!key || !next) {
        return Core::failure(key ? next.error() : key.error());
    }
    const auto isOld = CipherDb::keyOpensStore(store, *key);
    if (!isOld) {
        return Core::failure(isOld.error());
    }
    if (*isOld) {
        return CipherDb::removeFile(nextOf(keyFile));
    }
    return CipherDb::keyOpensStore(store, *next).and_then([&](bool isNext) {
        return isNext ? CipherDb::renameFile(nextOf(keyFile), keyFile) : Core::Result<void>();
    });
}

Core::Error noStore()
{
    return Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None, "there is no store in the data folder",
                           Core::Retry::AfterChange);
}

/// Secrets that stand in manuals and templates, and those of few different bytes.
bool isGuessable(std::string_view secret)
{
    constexpr std::array known{std::string_view("a-string-secret-at-least-256-bits-long"),
                               std::string_view("a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long"),
                               std::string_view("super-secret-jwt-token-with-at-least-32-characters-long"),
                               std::string_view("your-super-secret-jwt-token-with-at-least-32-characters-long")};
    constexpr std::size_t differentBytesMin = 10;
    const std::set<char> different(secret.begin(), secret.end());
    return different.size() < differentBytesMin || std::find(known.begin(), known.end(), secret) != known.end();
}

}  // namespace

Core::Result<CipherDb::StoreKey> keyFromFile(const fs::path &keyFile, const fs::path &store, Random &random)
{
    std::error_code error;
    if (!fs::exists(keyFile, error)) {
        if (fs::exists(store, error)) {
            return Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::KeyMissing,
                                                 "there is a store but not its key file; put the file back, or move the store away",
                                                 Core::Retry::AfterChange));
        }
        if (auto made = makeKeyFile(keyFile, random); !made) {
            return Core::failure(std::move(made.error()));
        }
    }
    return finishRotation(keyFile, store).and_then([&] { return readKeyFile(keyFile); });
}

Core::Result<void> rotateKey(const fs::path &keyFile, const fs::path &store, Random &random)
{
    std::error_code error;
    if (!fs::exists(store, error)) {
        return Core::failure(noStore());
    }
    auto old = keyFromFile(keyFile, store, random);
    if (!old) {
        return Core::failure(std::move(old.error()));
    }
    if (auto made = makeKeyFile(nextOf(keyFile), random); !made) {
        return made;
    }
    auto changed =
        readKeyFile(nextOf(keyFile)).and_then([&](const CipherDb::StoreKey &next) { return CipherDb::rekey(store, *old, next); });
    if (changed) {
        return CipherDb::renameFile(nextOf(keyFile), keyFile);
    }
    Core::ignore(finishRotation(keyFile, store), "the next start does it");
    return changed;
}

Core::Result<void> changeKey(const fs::path &keyFile, const fs::path &newKeyFile, const fs::path &store, Random &random)
{
    std::error_code error;
    if (!fs::exists(store, error)) {
        return Core::failure(noStore());
    }
    auto old = keyFromFile(keyFile, store, random);
    if (!old) {
        return Core::failure(std::move(old.error()));
    }
    if (!fs::exists(newKeyFile, error)) {
        if (auto made = makeKeyFile(newKeyFile, random); !made) {
            return made;
        }
    }
    return readKeyFile(newKeyFile).and_then([&](const CipherDb::StoreKey &key) { return CipherDb::rekey(store, *old, key); });
}

Core::Result<std::string> secretFromFile(const fs::path &file)
{
    auto text = readSmallFile(file);
    if (!text) {
        return text;
    }
    trim(*text);
    if (text->size() < 32) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "a development secret has at least 32 bytes"));
    }
    if (isGuessable(*text)) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput,
                                                   "the development secret can be guessed; make one with: openssl rand -hex 32"));
    }
    return text;
}

}  // namespace Satchel::Server
