// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storefiles.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Satchel::CipherDb {

namespace {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::Retry;

class Descriptor {
public:
    explicit Descriptor(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    ~Descriptor()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    [[nodiscard]] bool isOpen() const { return m_descriptor >= 0; }
    [[nodiscard]] int get() const { return m_descriptor; }

private:
    int m_descriptor;
};

std::filesystem::path folderOf(const std::filesystem::path &path)
{
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

Core::Result<void> syncFolder(const std::filesystem::path &path)
{
    const Descriptor folder(::open(folderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.isOpen() || ::fsync(folder.get()) != 0)
        return Core::failure(fileError(errno, "the store's folder cannot be synced"));
    return {};
}

Core::Result<void> writeAll(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return Core::failure(fileError(written < 0 ? errno : EIO, "a file of the store cannot be written"));
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor) != 0)
        return Core::failure(fileError(errno, "a file of the store cannot be synced"));
    return {};
}

}  // namespace

Core::Error fileError(int errorNumber, std::string_view what)
{
    const std::string detail = std::string(what) + " (error number " + std::to_string(errorNumber) + ")";
    switch (errorNumber) {
    case ENOENT:
    case ENOTDIR:
        return Core::makeError(ErrorCode::NotFound, ErrorReason::None, detail, Retry::AfterChange);
    case ENOSPC:
    case EDQUOT:
        return Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::StorageFull, detail, Retry::AfterChange);
    case EACCES:
    case EPERM:
    case EROFS:
        return Core::makeError(ErrorCode::PermissionDenied, ErrorReason::StorageReadOnly, detail, Retry::AfterChange);
    default:
        return Core::makeError(ErrorCode::Unavailable, ErrorReason::StorageIo, detail, Retry::Later);
    }
}

Core::Result<std::optional<std::uint64_t>> fileSize(const std::filesystem::path &path)
{
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return std::optional<std::uint64_t>();
        return Core::failure(fileError(errno, "a file of the store cannot be looked at"));
    }
    if (!S_ISREG(status.st_mode))
        return Core::failure(Core::makeError(ErrorCode::FailedPrecondition, ErrorReason::None, "the store's path is not a regular file"));
    return std::optional<std::uint64_t>(static_cast<std::uint64_t>(status.st_size));
}

namespace {

Core::Result<std::optional<std::string>> readAll(const Descriptor &file, std::size_t sizeBytesMax)
{
    std::string bytes(sizeBytesMax + 1, '\0');
    std::size_t used = 0;
    while (used < bytes.size()) {
        const ssize_t got = ::read(file.get(), bytes.data() + used, bytes.size() - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return Core::failure(fileError(errno, "a file of the store cannot be read"));
        if (got == 0)
            break;
        used += static_cast<std::size_t>(got);
    }
    if (used > sizeBytesMax)
        return Core::failure(Core::makeError(ErrorCode::OutOfRange, ErrorReason::LimitExceeded, "a file of the store is too long"));
    bytes.resize(used);
    return std::optional<std::string>(std::move(bytes));
}

Core::Result<std::optional<std::string>> notOpened(int errorNumber)
{
    if (errorNumber == ENOENT || errorNumber == ENOTDIR)
        return std::optional<std::string>();
    return Core::failure(fileError(errorNumber, "a file of the store cannot be opened"));
}

}  // namespace

Core::Result<std::optional<std::string>> readSmallFile(const std::filesystem::path &path, std::size_t sizeBytesMax)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return file.isOpen() ? readAll(file, sizeBytesMax) : notOpened(errno);
}

Core::Result<std::optional<std::string>> readPrivateFile(const std::filesystem::path &path, std::size_t sizeBytesMax)
{
    const auto unsafe = [](const char *why) {
        return Core::failure(Core::makeError(ErrorCode::PermissionDenied, ErrorReason::KeyFileUnsafe, why, Retry::AfterChange));
    };
    // Not through a link, which leads to what somebody else chose; not blocking, which a pipe in its place would.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file.isOpen())
        return errno == ELOOP ? unsafe("the key file is a symbolic link; name the file itself") : notOpened(errno);
    struct stat status{};
    if (::fstat(file.get(), &status) != 0)
        return Core::failure(fileError(errno, "the key file cannot be looked at"));
    if (!S_ISREG(status.st_mode))
        return unsafe("the key file is not a regular file");
    if (status.st_uid != ::geteuid())
        return unsafe("the key file belongs to another user; make it this user's own and chmod 600 it");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return unsafe("others may read or write the key file; chmod 600 it, and take the key for known if they are not trusted");
    return readAll(file, sizeBytesMax);
}

Core::Result<void> writeFileAtomically(const std::filesystem::path &path, std::string_view bytes)
{
    const std::filesystem::path temporary = path.string() + ".new";
    {
        // What an interrupted call left behind is overwritten: the caller holds the store's lock, so nobody else is writing it.
        const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!file.isOpen())
            return Core::failure(fileError(errno, "a file of the store cannot be made"));
        if (auto written = writeAll(file.get(), bytes); !written) {
            ::unlink(temporary.c_str());
            return written;
        }
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const int errorNumber = errno;
        ::unlink(temporary.c_str());
        return Core::failure(fileError(errorNumber, "a file of the store cannot be put in place"));
    }
    return syncFolder(path);
}

Core::Result<void> createPrivateFile(const std::filesystem::path &path)
{
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.isOpen() && errno != EEXIST)
        return Core::failure(fileError(errno, "the store file cannot be made"));
    return syncFolder(path);
}

Core::Result<void> createFileOnce(const std::filesystem::path &path, std::string_view bytes)
{
    const std::filesystem::path temporary = path.string() + ".new";
    // What an interrupted call left is nobody's: it was never under the name that counts.
    ::unlink(temporary.c_str());
    {
        const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!file.isOpen())
            return Core::failure(fileError(errno, "a file of the store cannot be made"));
        if (auto written = writeAll(file.get(), bytes); !written) {
            ::unlink(temporary.c_str());
            return written;
        }
    }
    // Unlike a rename, a link replaces nothing.
    const int errorNumber = ::link(temporary.c_str(), path.c_str()) == 0 ? 0 : errno;
    ::unlink(temporary.c_str());
    if (errorNumber == EEXIST)
        return Core::failure(Core::makeError(ErrorCode::AlreadyExists, ErrorReason::None, "the file is there already"));
    if (errorNumber != 0)
        return Core::failure(fileError(errorNumber, "a file of the store cannot be put in place"));
    return syncFolder(path);
}

Core::Result<void> removeFile(const std::filesystem::path &path)
{
    if (::unlink(path.c_str()) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return {};
        return Core::failure(fileError(errno, "a file of the store cannot be removed"));
    }
    return syncFolder(path);
}

Core::Result<void> renameFile(const std::filesystem::path &from, const std::filesystem::path &to)
{
    if (::rename(from.c_str(), to.c_str()) != 0)
        return Core::failure(fileError(errno, "a file of the store cannot be put in place"));
    return syncFolder(to);
}

Core::Result<void> shredFile(const std::filesystem::path &path)
{
    {
        const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        struct stat status{};
        constexpr off_t sizeBytesMax = 4096;
        // A file that cannot be overwritten is still removed: that is what counts.
        if (file.isOpen() && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= sizeBytesMax)
            (void)writeAll(file.get(), std::string(static_cast<std::size_t>(status.st_size), '\0')).has_value();
    }
    return removeFile(path);
}

bool isFolderWritable(const std::filesystem::path &path)
{
    return ::access(folderOf(path).c_str(), W_OK) == 0;
}

}  // namespace Satchel::CipherDb
