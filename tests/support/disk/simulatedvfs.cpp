// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "simulatedvfs.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace Satchel::Testing {

namespace {

/// An open file. SQLite owns the memory; close() destroys.
struct Handle {
    sqlite3_file base;
    SimulatedDisk *disk;
    std::shared_ptr<SimulatedFile> file;
    std::uint64_t generation;
    int level = SQLITE_LOCK_NONE;
    std::array<int, 8> indexLocks{};  ///< 1 shared, -1 exclusive
    std::string deleteOnClose;

    [[nodiscard]] bool isDead() const { return disk->generation() != generation; }
};

Handle &of(sqlite3_file *file)
{
    return *reinterpret_cast<Handle *>(file);
}

SimulatedDisk &of(sqlite3_vfs *vfs)
{
    return *static_cast<SimulatedDisk *>(vfs->pAppData);
}

int unlockTo(Handle &handle, int level)
{
    SimulatedFile &file = *handle.file;
    if (handle.level > level) {
        if (file.exclusive == &handle) {
            file.exclusive = nullptr;
        }
        if (file.reserved == &handle) {
            file.reserved = nullptr;
        }
        if (level == SQLITE_LOCK_NONE && handle.level >= SQLITE_LOCK_SHARED) {
            --file.sharedLocks;
        }
        handle.level = level;
    }
    return SQLITE_OK;
}

int unlock(sqlite3_file *file, int level)
{
    return unlockTo(of(file), level);
}

int lock(sqlite3_file *base, int level)
{
    Handle &handle = of(base);
    SimulatedFile &file = *handle.file;
    if (handle.isDead()) {
        return SQLITE_IOERR_LOCK;
    }
    if (handle.level >= level) {
        return SQLITE_OK;
    }
    if (file.exclusive != nullptr && file.exclusive != &handle) {
        return SQLITE_BUSY;
    }
    if (handle.level == SQLITE_LOCK_NONE) {
        ++file.sharedLocks;
        handle.level = SQLITE_LOCK_SHARED;
    }
    if (level >= SQLITE_LOCK_RESERVED) {
        if (file.reserved != nullptr && file.reserved != &handle) {
            return SQLITE_BUSY;
        }
        file.reserved = &handle;
        handle.level = std::max(handle.level, SQLITE_LOCK_RESERVED);
    }
    if (level == SQLITE_LOCK_EXCLUSIVE) {
        file.exclusive = &handle;
        handle.level = SQLITE_LOCK_PENDING;
        if (file.sharedLocks > 1) {
            return SQLITE_BUSY;
        }
        handle.level = SQLITE_LOCK_EXCLUSIVE;
    }
    return SQLITE_OK;
}

int checkReserved(sqlite3_file *file, int *result)
{
    *result = of(file).file->reserved != nullptr ? 1 : 0;
    return SQLITE_OK;
}

int closeFile(sqlite3_file *file)
{
    const InsideDisk inside;
    Handle &handle = of(file);
    unlockTo(handle, SQLITE_LOCK_NONE);
    if (!handle.isDead() && !handle.deleteOnClose.empty()) {
        handle.disk->remove(handle.deleteOnClose, false);
    }
    handle.~Handle();
    return SQLITE_OK;
}

int readFile(sqlite3_file *file, void *to, int amount, sqlite3_int64 from)
{
    const InsideDisk inside;
    Handle &handle = of(file);
    if (handle.isDead() || handle.disk->isGone() || handle.disk->meets(DiskFault::ReadIo)) {
        return SQLITE_IOERR_READ;
    }
    if (handle.disk->meets(DiskFault::ReadDying)) {
        std::memset(to, 0x5a, static_cast<std::size_t>(amount));
        return SQLITE_OK;
    }
    const std::string &bytes = handle.file->bytes();
    const auto offset = static_cast<std::size_t>(from);
    const auto size = static_cast<std::size_t>(amount);
    if (handle.disk->isLost(*handle.file, offset, size)) {
        return SQLITE_IOERR_READ;
    }
    const std::size_t there = offset < bytes.size() ? std::min(size, bytes.size() - offset) : 0;
    std::memcpy(to, bytes.data() + std::min(offset, bytes.size()), there);
    std::memset(static_cast<char *>(to) + there, 0, size - there);
    return there == size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int writeFile(sqlite3_file *file, const void *from, int amount, sqlite3_int64 to)
{
    const InsideDisk inside;
    Handle &handle = of(file);
    if (handle.isDead() || handle.disk->losesPower() || handle.disk->meets(DiskFault::WriteIo)) {
        return SQLITE_IOERR_WRITE;
    }
    if (handle.disk->meets(DiskFault::WriteFull)) {
        return SQLITE_FULL;
    }
    handle.file->write(static_cast<std::size_t>(to), {static_cast<const char *>(from), static_cast<std::size_t>(amount)});
    return SQLITE_OK;
}

int truncateFile(sqlite3_file *file, sqlite3_int64 size)
{
    const InsideDisk inside;
    Handle &handle = of(file);
    if (handle.isDead() || handle.disk->losesPower() || handle.disk->meets(DiskFault::WriteIo)) {
        return SQLITE_IOERR_TRUNCATE;
    }
    handle.file->truncate(static_cast<std::size_t>(size));
    return SQLITE_OK;
}

int syncFile(sqlite3_file *file, int /*flags*/)
{
    const InsideDisk inside;
    Handle &handle = of(file);
    if (handle.isDead() || handle.disk->losesPower()) {
        return SQLITE_IOERR_FSYNC;
    }
    if (handle.disk->meets(DiskFault::SyncIo)) {
        handle.file->forget();
        return SQLITE_IOERR_FSYNC;
    }
    handle.disk->sync(*handle.file);
    return SQLITE_OK;
}

int fileSize(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = static_cast<sqlite3_int64>(of(file).file->bytes().size());
    return of(file).isDead() ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

int fileControl(sqlite3_file * /*file*/, int /*operation*/, void * /*argument*/)
{
    return SQLITE_NOTFOUND;
}

int sectorSize(sqlite3_file * /*file*/)
{
    return 4096;
}

int characteristics(sqlite3_file * /*file*/)
{
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int mapIndex(sqlite3_file *file, int region, int size, int isExtending, void volatile **out)
{
    const InsideDisk inside;
    Handle &handle = of(file);
    *out = nullptr;
    auto found = handle.file->index.find(region);
    if (found == handle.file->index.end()) {
        if (isExtending == 0) {
            return SQLITE_OK;
        }
        found = handle.file->index.emplace(region, std::make_unique<char[]>(static_cast<std::size_t>(size))).first;
    }
    *out = found->second.get();
    return SQLITE_OK;
}

int lockIndex(sqlite3_file *file, int offset, int count, int flags)
{
    Handle &handle = of(file);
    auto &all = handle.file->indexLocks;
    auto &mine = handle.indexLocks;
    const auto first = static_cast<std::size_t>(offset);
    const std::size_t last = first + static_cast<std::size_t>(count);
    for (std::size_t i = first; i < last; ++i) {
        if ((flags & SQLITE_SHM_UNLOCK) != 0 || mine[i] != 0) {
            continue;
        }
        const bool isFree = (flags & SQLITE_SHM_SHARED) != 0 ? all[i] >= 0 : all[i] == 0;
        if (!isFree) {
            return SQLITE_BUSY;
        }
    }
    for (std::size_t i = first; i < last; ++i) {
        if ((flags & SQLITE_SHM_UNLOCK) != 0) {
            all[i] = mine[i] < 0 ? 0 : all[i] - mine[i];
            mine[i] = 0;
        } else if (mine[i] == 0) {
            mine[i] = (flags & SQLITE_SHM_SHARED) != 0 ? 1 : -1;
            all[i] = mine[i] < 0 ? -1 : all[i] + 1;
        }
    }
    return SQLITE_OK;
}

void indexBarrier(sqlite3_file * /*file*/) {}

int unmapIndex(sqlite3_file *file, int isDeleting)
{
    const InsideDisk inside;
    Handle &handle = of(file);
    lockIndex(file, 0, 8, SQLITE_SHM_UNLOCK);
    if (isDeleting != 0) {
        handle.file->index.clear();
    }
    return SQLITE_OK;
}

const sqlite3_io_methods methods = {2,         closeFile,    readFile,      writeFile,   truncateFile, syncFile,        fileSize,
                                    lock,      unlock,       checkReserved, fileControl, sectorSize,   characteristics, mapIndex,
                                    lockIndex, indexBarrier, unmapIndex,    nullptr,     nullptr};

int openFile(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *outFlags)
{
    const InsideDisk inside;
    SimulatedDisk &disk = of(vfs);
    file->pMethods = nullptr;
    if (disk.isOff()) {
        return SQLITE_CANTOPEN;
    }
    std::shared_ptr<SimulatedFile> found = name != nullptr ? disk.find(name) : std::make_shared<SimulatedFile>();
    if (!found) {
        if ((flags & SQLITE_OPEN_CREATE) == 0) {
            return SQLITE_CANTOPEN;
        }
        found = disk.make(name);
    }
    auto *handle = new (file) Handle{{&methods}, &disk, std::move(found), disk.generation(), SQLITE_LOCK_NONE, {}, {}};
    if (name != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) != 0) {
        handle->deleteOnClose = name;
    }
    if (outFlags != nullptr) {
        *outFlags = flags;
    }
    return SQLITE_OK;
}

int deleteFile(sqlite3_vfs *vfs, const char *name, int isSynced)
{
    const InsideDisk inside;
    if (of(vfs).losesPower()) {
        return SQLITE_IOERR_DELETE;
    }
    if (!of(vfs).find(name)) {
        return SQLITE_IOERR_DELETE_NOENT;
    }
    of(vfs).remove(name, isSynced != 0);
    return SQLITE_OK;
}

int accessFile(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
    const InsideDisk inside;
    const auto file = of(vfs).find(name);
    // As on Unix, an empty file does not count as there.
    *result = file && (flags != SQLITE_ACCESS_EXISTS || !file->bytes().empty()) ? 1 : 0;
    return SQLITE_OK;
}

int fullPathname(sqlite3_vfs * /*vfs*/, const char *name, int size, char *out)
{
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs * /*vfs*/, int size, char *out)
{
    std::memset(out, 0x5a, static_cast<std::size_t>(size));
    return size;
}

int sleepFor(sqlite3_vfs * /*vfs*/, int microseconds)
{
    return microseconds;
}

int currentTime(sqlite3_vfs * /*vfs*/, sqlite3_int64 *time)
{
    constexpr sqlite3_int64 someDayMs = 212'534'366'400'000;
    *time = someDayMs;
    return SQLITE_OK;
}

int lastError(sqlite3_vfs * /*vfs*/, int /*size*/, char * /*out*/)
{
    return 0;
}

}  // namespace

std::unique_ptr<sqlite3_vfs> makeVfs(SimulatedDisk &disk, const char *name)
{
    constexpr int pathBytesMax = 512;
    auto vfs = std::make_unique<sqlite3_vfs>();
    vfs->iVersion = 2;
    vfs->szOsFile = static_cast<int>(sizeof(Handle));
    vfs->mxPathname = pathBytesMax;
    vfs->zName = name;
    vfs->pAppData = &disk;
    vfs->xOpen = openFile;
    vfs->xDelete = deleteFile;
    vfs->xAccess = accessFile;
    vfs->xFullPathname = fullPathname;
    vfs->xRandomness = randomness;
    vfs->xSleep = sleepFor;
    vfs->xGetLastError = lastError;
    vfs->xCurrentTimeInt64 = currentTime;
    return vfs;
}

}  // namespace Satchel::Testing
