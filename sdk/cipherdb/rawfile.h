// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "filesystem.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

struct sqlite3_file;

namespace Satchel::CipherDb {

/// Bytes of a store's file or WAL, read past SQLite's pager but through its VFS: that alone may open and close a file on which SQLite has
/// locks without dropping them.
class RawFile {
public:
    /// Nothing if there is no such file.
    [[nodiscard]] static Core::Result<std::optional<RawFile>> open(FileSystem &files, const std::filesystem::path &path);
    ~RawFile();
    RawFile(RawFile &&) noexcept;
    RawFile &operator=(RawFile &&) = delete;

    [[nodiscard]] std::uint64_t size() const { return m_size; }
    /// `count` bytes, fewer at the file's end; nothing where the disk, asked twice, cannot read them.
    [[nodiscard]] std::optional<std::string> read(std::uint64_t offset, std::size_t count) const;

private:
    struct Handle;
    explicit RawFile(std::unique_ptr<Handle> handle);

    std::unique_ptr<Handle> m_handle;
    std::uint64_t m_size = 0;
};

}  // namespace Satchel::CipherDb
