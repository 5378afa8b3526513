// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

/// The few file operations that a store needs beside SQLite's own. One source file a platform.
namespace Satchel::CipherDb {

/// The error that an operating system error number stands for: STORAGE_FULL, STORAGE_READ_ONLY, NOT_FOUND or STORAGE_IO.
[[nodiscard]] Core::Error fileError(int errorNumber, std::string_view what);

/// Size in bytes, nothing if there is no such file. FAILED_PRECONDITION if it is not a regular file.
[[nodiscard]] Core::Result<std::optional<std::uint64_t>> fileSize(const std::filesystem::path &path);

/// The whole file, nothing if there is none. OUT_OF_RANGE if it is longer than sizeBytesMax.
[[nodiscard]] Core::Result<std::optional<std::string>> readSmallFile(const std::filesystem::path &path, std::size_t sizeBytesMax);

/// Replaces the file as a whole, with mode 0600: after a power cut it is the old one or the new one, and once this returns, the new one.
[[nodiscard]] Core::Result<void> writeFileAtomically(const std::filesystem::path &path, std::string_view bytes);

/// Makes the file with these bytes and mode 0600, and makes it durable. It appears as a whole or not at all, and never in place of another:
/// ALREADY_EXISTS if there is one.
[[nodiscard]] Core::Result<void> createFileOnce(const std::filesystem::path &path, std::string_view bytes);

/// As readSmallFile(), for what only this user may read: PERMISSION_DENIED/KEY_FILE_UNSAFE if it is another user's, no regular file, or
/// group or others have any right to it.
[[nodiscard]] Core::Result<std::optional<std::string>> readPrivateFile(const std::filesystem::path &path, std::size_t sizeBytesMax);

/// Unlinks the file and makes that durable; good if there is none.
[[nodiscard]] Core::Result<void> removeFile(const std::filesystem::path &path);

/// Gives the file another name in the same folder, in place of what has that name, and makes that durable. NOT_FOUND if there is none.
[[nodiscard]] Core::Result<void> renameFile(const std::filesystem::path &from, const std::filesystem::path &to);

/// As removeFile(), after its bytes were overwritten where they are. That reaches no copy that the file system or the disk keeps.
[[nodiscard]] Core::Result<void> shredFile(const std::filesystem::path &path);

/// Makes an empty file with mode 0600 unless there is one. Opens no existing file, because closing it again would drop SQLite's locks on
/// it.
[[nodiscard]] Core::Result<void> createPrivateFile(const std::filesystem::path &path);

/// Whether new files can be made beside the path by this process.
[[nodiscard]] bool isFolderWritable(const std::filesystem::path &path);

}  // namespace Satchel::CipherDb
