// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "erasure.h"

#include "cipherdb/storefiles.h"

#include <string>
#include <system_error>
#include <vector>

namespace Satchel::Vault {

namespace {

namespace fs = std::filesystem;

fs::path beside(const fs::path &storePath, const char *suffix)
{
    fs::path path = storePath;
    path += suffix;
    return path;
}

}  // namespace

void markDoomed(const fs::path &storePath)
{
    // Not having it, on a full disk, is no reason to keep a key that is to go.
    (void)CipherDb::createPrivateFile(beside(storePath, ".destroy")).has_value();
}

void unmarkDoomed(const fs::path &storePath)
{
    (void)CipherDb::removeFile(beside(storePath, ".destroy")).has_value();
}

Core::Result<bool> isDoomed(const fs::path &storePath)
{
    return CipherDb::fileSize(beside(storePath, ".destroy")).map([](const auto &size) { return size.has_value(); });
}

Core::Result<void> eraseFiles(const fs::path &storePath)
{
    if (auto shredded = CipherDb::shredFile(beside(storePath, ".kdf")); !shredded) {
        return shredded;
    }
    const std::string name = storePath.filename().string();
    std::vector<fs::path> files{storePath};
    std::error_code error;
    for (fs::directory_iterator entry(storePath.parent_path(), error), end; !error && entry != end; entry.increment(error)) {
        const std::string found = entry->path().filename().string();
        if (found.starts_with(name) && found != name && found != name + ".lock" && found != name + ".destroy") {
            files.push_back(entry->path());
        }
    }
    if (error) {
        return Core::failure(CipherDb::fileError(error.value(), "the store's folder cannot be read"));
    }
    for (const fs::path &file : files) {
        if (auto removed = CipherDb::removeFile(file); !removed) {
            return removed;
        }
    }
    return CipherDb::removeFile(beside(storePath, ".destroy"));
}

Core::Result<fs::path> moveAside(const fs::path &storePath)
{
    const auto size = CipherDb::fileSize(storePath);
    if (!size) {
        return Core::failure(size.error());
    }
    if (!*size) {
        return Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "there is no store to move aside"));
    }
    fs::path aside;
    for (int number = 1; aside.empty() || fs::exists(aside); ++number) {
        aside = beside(storePath, (".aside-" + std::to_string(number)).c_str());
    }
    for (const char *ending : {"-wal", ".keycheck", ".kdf", ""}) {
        auto moved = CipherDb::renameFile(beside(storePath, ending), beside(aside, ending));
        if (!moved && moved.error().code != Core::ErrorCode::NotFound) {
            return Core::failure(std::move(moved.error()));
        }
    }
    // SQLite makes its index of the WAL anew.
    return CipherDb::removeFile(beside(storePath, "-shm")).map([&aside] { return aside; });
}

}  // namespace Satchel::Vault
