// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "keyfile.h"

#include "cipherdb/storefiles.h"

#include <algorithm>
#include <array>
#include <fstream>
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

/// Whole and on disk before anything is encrypted with it: a store that outlives its key is lost.
Core::Result<void> makeKeyFile(const fs::path &path, Random &random)
{
    return CipherDb::writeFileAtomically(path, toHex(random.bytes(CipherDb::StoreKey::sizeBytes)) + '\n');
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
    const auto permissions = fs::status(keyFile, error).permissions();
    if (!error && (permissions & (fs::perms::group_all | fs::perms::others_all)) != fs::perms::none) {
        return Core::failure(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::KeyMissing,
                                             "the key file may be read by others than its owner; chmod 600", Core::Retry::AfterChange));
    }
    auto text = readSmallFile(keyFile);
    if (!text) {
        return Core::failure(std::move(text.error()));
    }
    return parseKey(std::move(*text));
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
    return text;
}

}  // namespace Satchel::Server
