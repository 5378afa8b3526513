// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "lockfile.h"

#include "storefiles.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace Satchel::CipherDb {

Core::Result<LockFile> LockFile::acquire(const std::filesystem::path &path, LockMode mode)
{
    // A shared lock is what a reader on a read-only medium takes: it cannot open the file for writing, nor make it.
    const int flags = mode == LockMode::Exclusive ? O_RDWR | O_CREAT : O_RDONLY;
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return Core::failure(fileError(errno, "the lock file cannot be opened"));
    LockFile lock(descriptor);
    int result = 0;
    do {
        result = ::flock(descriptor, (mode == LockMode::Exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB);
    } while (result != 0 && errno == EINTR);
    if (result == 0)
        return lock;
    if (errno == EWOULDBLOCK)
        return Core::failure(Core::makeError(Core::ErrorCode::Unavailable, Core::ErrorReason::StoreLocked,
                                             "the store is open elsewhere; close it there", Core::Retry::Later));
    return Core::failure(fileError(errno, "the lock file cannot be locked"));
}

LockFile::~LockFile()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

LockFile::LockFile(LockFile &&other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

LockFile &LockFile::operator=(LockFile &&other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

}  // namespace Satchel::CipherDb
