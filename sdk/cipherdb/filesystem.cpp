// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "filesystem.h"

#include "storefiles.h"

#include <utility>

namespace Satchel::CipherDb {

namespace {

class SystemFiles final : public FileSystem {
public:
    [[nodiscard]] const char *vfsName() const override { return nullptr; }
    [[nodiscard]] std::filesystem::path canonical(const std::filesystem::path &path) const override
    {
        std::error_code error;
        auto found = std::filesystem::weakly_canonical(path, error);
        return error ? path : found;
    }
    [[nodiscard]] Core::Result<std::optional<std::uint64_t>> fileSize(const std::filesystem::path &path) override
    {
        return CipherDb::fileSize(path);
    }
    [[nodiscard]] Core::Result<std::optional<std::string>> readSmallFile(const std::filesystem::path &path,
                                                                         std::size_t sizeBytesMax) override
    {
        return CipherDb::readSmallFile(path, sizeBytesMax);
    }
    [[nodiscard]] Core::Result<void> writeFileAtomically(const std::filesystem::path &path, std::string_view bytes) override
    {
        return CipherDb::writeFileAtomically(path, bytes);
    }
    [[nodiscard]] Core::Result<void> createPrivateFile(const std::filesystem::path &path) override
    {
        return CipherDb::createPrivateFile(path);
    }
    [[nodiscard]] Core::Result<void> removeFile(const std::filesystem::path &path) override { return CipherDb::removeFile(path); }
    [[nodiscard]] Core::Result<void> renameFile(const std::filesystem::path &from, const std::filesystem::path &to) override
    {
        return CipherDb::renameFile(from, to);
    }
    [[nodiscard]] bool isFolderWritable(const std::filesystem::path &path) override { return CipherDb::isFolderWritable(path); }
    [[nodiscard]] Core::Result<std::shared_ptr<void>> acquireLock(const std::filesystem::path &path, LockMode mode) override
    {
        return LockFile::acquire(path, mode).map([](LockFile &&lock) -> std::shared_ptr<void> {
            return std::make_shared<LockFile>(std::move(lock));
        });
    }
};

}  // namespace

FileSystem &FileSystem::system()
{
    static SystemFiles files;
    return files;
}

}  // namespace Satchel::CipherDb
