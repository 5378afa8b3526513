// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "readonlyvfs.h"

#include <sqlcipher/sqlite3.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace Satchel::CipherDb {

namespace {

using Index = std::vector<std::unique_ptr<std::byte[]>>;

/// The system's file lies behind this head, in the memory that SQLite gave for both.
struct File {
    sqlite3_file base;
    Index *index;

    [[nodiscard]] sqlite3_file *real() { return reinterpret_cast<sqlite3_file *>(this + 1); }
};
static_assert(sizeof(File) % alignof(sqlite3_int64) == 0);

File *self(sqlite3_file *file)
{
    return reinterpret_cast<File *>(file);
}

sqlite3_file *real(sqlite3_file *file)
{
    return self(file)->real();
}

/// A WAL that is not there is an empty one, so that none is made.
bool isThere(sqlite3_file *file)
{
    return real(file)->pMethods != nullptr;
}

int closeFile(sqlite3_file *file)
{
    delete self(file)->index;
    self(file)->index = nullptr;
    return isThere(file) ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;
}

int readFile(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset)
{
    if (isThere(file))
        return real(file)->pMethods->xRead(real(file), bytes, count, offset);
    std::memset(bytes, 0, static_cast<std::size_t>(count));
    return SQLITE_IOERR_SHORT_READ;
}

int refuseWrite(sqlite3_file * /*file*/, const void * /*bytes*/, int /*count*/, sqlite3_int64 /*offset*/)
{
    return SQLITE_READONLY;
}

int refuseTruncate(sqlite3_file * /*file*/, sqlite3_int64 /*size*/)
{
    return SQLITE_READONLY;
}

int sizeOfFile(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = 0;
    return isThere(file) ? real(file)->pMethods->xFileSize(real(file), size) : SQLITE_OK;
}

int controlFile(sqlite3_file *file, int operation, void *argument)
{
    return isThere(file) ? real(file)->pMethods->xFileControl(real(file), operation, argument) : SQLITE_NOTFOUND;
}

int sectorSize(sqlite3_file *file)
{
    return isThere(file) ? real(file)->pMethods->xSectorSize(real(file)) : 0;
}

int characteristics(sqlite3_file *file)
{
    return isThere(file) ? real(file)->pMethods->xDeviceCharacteristics(real(file)) : 0;
}

int lockNothing(sqlite3_file * /*file*/, int /*level*/)
{
    return SQLITE_OK;
}

int findNoLock(sqlite3_file * /*file*/, int *isReserved)
{
    *isReserved = 0;
    return SQLITE_OK;
}

int mapIndex(sqlite3_file *file, int number, int size, int isExtending, void volatile **memory)
{
    *memory = nullptr;
    Index &index = *self(file)->index;
    const auto wanted = static_cast<std::size_t>(number);
    while (index.size() <= wanted) {
        if (isExtending == 0)
            return SQLITE_OK;
        std::unique_ptr<std::byte[]> part(new (std::nothrow) std::byte[static_cast<std::size_t>(size)]());
        if (!part)
            return SQLITE_NOMEM;
        index.push_back(std::move(part));
    }
    *memory = index[wanted].get();
    return SQLITE_OK;
}

int lockIndex(sqlite3_file * /*file*/, int /*offset*/, int /*count*/, int /*flags*/)
{
    return SQLITE_OK;
}

void orderIndex(sqlite3_file * /*file*/) {}

int unmapIndex(sqlite3_file * /*file*/, int /*isDeleting*/)
{
    return SQLITE_OK;
}

const sqlite3_io_methods methods = {
    2,           closeFile,  readFile,        refuseWrite, refuseTruncate, lockNothing, sizeOfFile, lockNothing, lockNothing, findNoLock,
    controlFile, sectorSize, characteristics, mapIndex,    lockIndex,      orderIndex,  unmapIndex, nullptr,     nullptr,
};

sqlite3_vfs *systemVfs(sqlite3_vfs *vfs)
{
    return static_cast<sqlite3_vfs *>(vfs->pAppData);
}

int openFile(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flagsOut)
{
    file->pMethods = nullptr;
    flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_DELETEONCLOSE)) | SQLITE_OPEN_READONLY;
    sqlite3_file *under = real(file);
    std::memset(under, 0, static_cast<std::size_t>(systemVfs(vfs)->szOsFile));
    const int result = systemVfs(vfs)->xOpen(systemVfs(vfs), name, under, flags, flagsOut);
    const bool isMissingWal = result == SQLITE_CANTOPEN && (flags & SQLITE_OPEN_WAL) != 0;
    if (result != SQLITE_OK && !isMissingWal)
        return result;
    file->pMethods = &methods;
    self(file)->index = new (std::nothrow) Index;
    if (self(file)->index == nullptr) {
        closeFile(file);
        file->pMethods = nullptr;
        return SQLITE_NOMEM;
    }
    if (isMissingWal) {
        under->pMethods = nullptr;
        if (flagsOut != nullptr)
            *flagsOut = flags;
    }
    return SQLITE_OK;
}

int removeNothing(sqlite3_vfs * /*vfs*/, const char * /*name*/, int /*isSynced*/)
{
    return SQLITE_OK;
}

int accessFile(sqlite3_vfs *vfs, const char *name, int flags, int *outcome)
{
    return systemVfs(vfs)->xAccess(systemVfs(vfs), name, flags, outcome);
}

int fullName(sqlite3_vfs *vfs, const char *name, int size, char *full)
{
    return systemVfs(vfs)->xFullPathname(systemVfs(vfs), name, size, full);
}

sqlite3_vfs *makeVfs()
{
    sqlite3_vfs *system = sqlite3_vfs_find(nullptr);
    if (system == nullptr)
        return nullptr;
    // The rest (randomness, time, sleep, libraries) is the system's own, which does not look at which VFS it is called for.
    static sqlite3_vfs vfs = *system;
    vfs.iVersion = 1;
    vfs.szOsFile = system->szOsFile + static_cast<int>(sizeof(File));
    vfs.pNext = nullptr;
    vfs.zName = "satchel-readonly";
    vfs.pAppData = system;
    vfs.xOpen = openFile;
    vfs.xDelete = removeNothing;
    vfs.xAccess = accessFile;
    vfs.xFullPathname = fullName;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? &vfs : nullptr;
}

}  // namespace

const char *readOnlyVfsName()
{
    static sqlite3_vfs *const vfs = makeVfs();
    return vfs != nullptr ? vfs->zName : nullptr;
}

}  // namespace Satchel::CipherDb
