// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "lockfile.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace Satchel::CipherDb {

/// The disk that a store lives on: SQLite's own part of it by the name of a VFS, and the few operations that a store needs beside. A test
/// brings one of its own, which loses power when it likes.
class FileSystem {
public:
    virtual ~FileSystem() = default;

    /// Name of the SQLite VFS that sees the same files; nullptr: SQLite's default.
    [[nodiscard]] virtual const char *vfsName() const = 0;
    /// One name for a file that has several.
    [[nodiscard]] virtual std::filesystem::path canonical(const std::filesystem::path &path) const = 0;
    // The others are as the functions of the same name in storefiles.h and LockFile.
    [[nodiscard]] virtual Core::Result<std::optional<std::uint64_t>> fileSize(const std::filesystem::path &path) = 0;
    [[nodiscard]] virtual Core::Result<std::optional<std::string>> readSmallFile(const std::filesystem::path &path,
                                                                                 std::size_t sizeBytesMax) = 0;
    [[nodiscard]] virtual Core::Result<void> writeFileAtomically(const std::filesystem::path &path, std::string_view bytes) = 0;
    [[nodiscard]] virtual Core::Result<void> createPrivateFile(const std::filesystem::path &path) = 0;
    [[nodiscard]] virtual Core::Result<void> removeFile(const std::filesystem::path &path) = 0;
    [[nodiscard]] virtual Core::Result<void> renameFile(const std::filesystem::path &from, const std::filesystem::path &to) = 0;
    [[nodiscard]] virtual bool isFolderWritable(const std::filesystem::path &path) = 0;
    /// The lock is held as long as the object lives.
    [[nodiscard]] virtual Core::Result<std::shared_ptr<void>> acquireLock(const std::filesystem::path &path, LockMode mode) = 0;

    /// The operating system's.
    [[nodiscard]] static FileSystem &system();
};

}  // namespace Satchel::CipherDb
