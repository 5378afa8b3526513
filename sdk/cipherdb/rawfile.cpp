// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "rawfile.h"

#include "sqliteerror.h"

#include <sqlcipher/sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace Satchel::CipherDb {

struct RawFile::Handle {
    ~Handle()
    {
        if (file()->pMethods != nullptr)
            file()->pMethods->xClose(file());
        sqlite3_free_filename(name);
    }
    [[nodiscard]] sqlite3_file *file() { return reinterpret_cast<sqlite3_file *>(memory.data()); }

    std::vector<std::max_align_t> memory;
    sqlite3_filename name = nullptr;
};

RawFile::RawFile(std::unique_ptr<Handle> handle)
    : m_handle(std::move(handle))
{
}
RawFile::~RawFile() = default;
RawFile::RawFile(RawFile &&) noexcept = default;

Core::Result<std::optional<RawFile>> RawFile::open(FileSystem &files, const std::filesystem::path &path)
{
    const auto there = files.fileSize(path);
    if (!there)
        return Core::failure(there.error());
    if (!*there)
        return std::optional<RawFile>();
    sqlite3_vfs *vfs = sqlite3_vfs_find(files.vfsName());
    auto handle = std::make_unique<Handle>();
    if (vfs != nullptr) {
        handle->memory.resize(static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) + 1);
        handle->name = sqlite3_create_filename(path.string().c_str(), "", "", 0, nullptr);
    } else {
        handle->memory.resize(1);
    }
    int result = vfs == nullptr ? SQLITE_ERROR : handle->name == nullptr ? SQLITE_NOMEM : SQLITE_OK;
    // A WAL as well: opened as what it is, it would be asked for the rights of a store that may be gone.
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
    if (result == SQLITE_OK)
        result = vfs->xOpen(vfs, handle->name, handle->file(), flags, &flags);
    sqlite3_int64 size = 0;
    if (result == SQLITE_OK)
        result = handle->file()->pMethods->xFileSize(handle->file(), &size);
    if (result != SQLITE_OK)
        return Core::failure(sqliteError(result, nullptr));
    RawFile file(std::move(handle));
    file.m_size = static_cast<std::uint64_t>(size);
    return std::optional<RawFile>(std::move(file));
}

std::optional<std::string> RawFile::read(std::uint64_t offset, std::size_t count) const
{
    std::string bytes(offset >= m_size ? 0 : std::min<std::uint64_t>(count, m_size - offset), '\0');
    if (bytes.empty())
        return bytes;
    sqlite3_file *file = m_handle->file();
    const auto tryRead = [&] {
        return file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), static_cast<sqlite3_int64>(offset));
    };
    int result = tryRead();
    // A disk that fails once is not taken at its word.
    if (result != SQLITE_OK)
        result = tryRead();
    return result == SQLITE_OK ? std::optional<std::string>(std::move(bytes)) : std::nullopt;
}

}  // namespace Satchel::CipherDb
