// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "newfile.h"

#include "storefiles.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace Satchel::CipherDb {

Core::Result<NewFile> NewFile::create(const std::filesystem::path &path)
{
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0 && errno == EEXIST)
        return Core::failure(Core::makeError(Core::ErrorCode::AlreadyExists, Core::ErrorReason::None, "the file is there already"));
    if (descriptor < 0)
        return Core::failure(fileError(errno, "a file cannot be made"));
    return NewFile(descriptor);
}

NewFile::~NewFile()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

NewFile::NewFile(NewFile &&other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

Core::Result<void> NewFile::append(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return Core::failure(fileError(errno, "a file cannot be written"));
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Core::Result<void> NewFile::finish()
{
    if (::fsync(m_descriptor) != 0)
        return Core::failure(fileError(errno, "a file cannot be made durable"));
    return {};
}

}  // namespace Satchel::CipherDb
