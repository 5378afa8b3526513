// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "simulateddisk.h"

#include "simulatedvfs.h"

#include "cipherdb/storefiles.h"

#include <sqlcipher/sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace Satchel::Testing {

namespace {

/// SplitMix64.
std::uint64_t draw(std::uint64_t &state)
{
    std::uint64_t z = (state += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
}

constexpr std::size_t pageBytes = 4096;

std::uint64_t nextDiskNumber()
{
    static std::uint64_t number = 0;
    return ++number;
}

}  // namespace

void SimulatedFile::write(std::size_t offset, std::string_view bytes)
{
    if (m_bytes.size() < offset + bytes.size()) {
        m_bytes.resize(offset + bytes.size());
    }
    std::memcpy(m_bytes.data() + offset, bytes.data(), bytes.size());
    for (std::size_t sector = offset / sectorBytes; sector * sectorBytes < offset + bytes.size(); ++sector) {
        m_dirty.insert(m_dirty.end(), sector);
    }
}

void SimulatedFile::truncate(std::size_t size)
{
    m_bytes.resize(size);
    m_dirty.insert(size / sectorBytes);
}

void SimulatedFile::sync()
{
    m_durable.resize(m_bytes.size());
    for (const std::size_t sector : m_dirty) {
        const std::size_t offset = sector * sectorBytes;
        if (offset < m_bytes.size()) {
            std::memcpy(m_durable.data() + offset, m_bytes.data() + offset, std::min(sectorBytes, m_bytes.size() - offset));
        }
    }
    m_dirty.clear();
    m_isNamed = true;
}

void SimulatedFile::forget()
{
    m_dirty.clear();
}

std::string SimulatedFile::afterCrash(std::uint64_t seed, std::size_t tearBytes) const
{
    std::string content = m_durable;
    if (tearBytes == 0) {
        return content;
    }
    bool isKept = false;
    std::size_t unit = SIZE_MAX;
    for (const std::size_t sector : m_dirty) {
        if (sector * sectorBytes / tearBytes != unit) {
            unit = sector * sectorBytes / tearBytes;
            isKept = draw(seed) % 2 == 0;
        }
        const std::size_t offset = sector * sectorBytes;
        if (!isKept) {
            continue;
        }
        if (offset >= m_bytes.size()) {
            content.resize(std::min(content.size(), m_bytes.size()));
            continue;
        }
        const std::size_t size = std::min(sectorBytes, m_bytes.size() - offset);
        content.resize(std::max(content.size(), offset + size));
        std::memcpy(content.data() + offset, m_bytes.data() + offset, size);
    }
    return content;
}

SimulatedDisk::SimulatedDisk()
    : m_vfsName("satchel-simulated-" + std::to_string(nextDiskNumber()))
    , m_vfs(makeVfs(*this, m_vfsName.c_str()))
{
    sqlite3_vfs_register(m_vfs.get(), 0);
}

SimulatedDisk::~SimulatedDisk()
{
    sqlite3_vfs_unregister(m_vfs.get());
}

void SimulatedDisk::crash(std::uint64_t seed)
{
    ++m_generation;
    m_isOff = true;
    m_crashAfter = -1;
    m_locks.clear();
    m_fault.reset();
    const std::uint64_t manner = draw(seed) % 4;
    auto before = std::exchange(m_files, {});
    for (const auto &[path, file] : std::exchange(m_removed, {})) {
        if (file->isNamed() && manner != 1 && draw(seed) % 2 == 0) {
            before.try_emplace(path, file);
        }
    }
    for (const auto &[path, file] : before) {
        if (!file->isNamed() && (manner == 0 || draw(seed) % 2 == 0)) {
            continue;
        }
        auto after = std::make_shared<SimulatedFile>();
        after->write(0, manner == 0   ? file->afterCrash(0, 0)
                        : manner == 1 ? file->bytes()
                                      : file->afterCrash(draw(seed), manner == 2 ? SimulatedFile::sectorBytes : pageBytes));
        after->sync();
        m_files.emplace(path, std::move(after));
    }
}

void SimulatedDisk::crashWithin(int after, std::uint64_t seed)
{
    m_crashAfter = after;
    m_crashSeed = seed;
}

void SimulatedDisk::powerOn()
{
    m_isOff = false;
    m_crashAfter = -1;
}

bool SimulatedDisk::losesPower()
{
    if (m_crashAfter >= 0 && m_crashAfter-- == 0) {
        crash(m_crashSeed);
    }
    return m_isOff || m_isGone;
}

void SimulatedDisk::fail(DiskFault fault, int after, bool isLasting)
{
    m_fault = Fault{fault, after, isLasting};
}

bool SimulatedDisk::isLost(const SimulatedFile &file, std::size_t offset, std::size_t size) const
{
    return m_lostPage && m_lostPage->first.get() == &file && offset <= m_lostPage->second && m_lostPage->second < offset + size;
}

void SimulatedDisk::heal()
{
    m_fault.reset();
    m_lostPage.reset();
    m_isGone = false;
}

bool SimulatedDisk::meets(DiskFault fault)
{
    if (!m_fault || m_fault->kind != fault || m_fault->after-- > 0) {
        return false;
    }
    ++m_faultCount;
    m_isGone = fault == DiskFault::ReadDying;
    if (m_fault->isLasting) {
        m_fault->after = 0;
    } else {
        m_fault.reset();
    }
    return true;
}

SimulatedDisk::Image SimulatedDisk::image() const
{
    Image image;
    for (const auto &[path, file] : m_files) {
        image.emplace(path, file->bytes());
    }
    return image;
}

void SimulatedDisk::load(const Image &image)
{
    ++m_generation;
    m_crashAfter = -1;
    m_locks.clear();
    m_files.clear();
    m_removed.clear();
    for (const auto &[path, bytes] : image) {
        auto file = std::make_shared<SimulatedFile>();
        file->write(0, bytes);
        file->sync();
        m_files.emplace(path, std::move(file));
    }
}

std::uint64_t SimulatedDisk::bytesUsed() const
{
    std::uint64_t total = 0;
    for (const auto &[path, file] : m_files) {
        total += file->bytes().size();
    }
    return total;
}

std::shared_ptr<SimulatedFile> SimulatedDisk::find(const std::string &path) const
{
    const auto known = m_files.find(path);
    return known == m_files.end() ? nullptr : known->second;
}

std::shared_ptr<SimulatedFile> SimulatedDisk::make(const std::string &path)
{
    m_removed.erase(path);
    auto &file = m_files[path];
    if (!file) {
        file = std::make_shared<SimulatedFile>();
    }
    return file;
}

void SimulatedDisk::sync(SimulatedFile &file)
{
    if (!file.isNamed()) {
        m_removed.clear();
    }
    file.sync();
}

void SimulatedDisk::remove(const std::string &path, bool isSynced)
{
    auto file = m_files.extract(path);
    if (file && !isSynced) {
        m_removed.insert_or_assign(path, std::move(file.mapped()));
    } else {
        m_removed.clear();
    }
}

Core::Result<void> SimulatedDisk::checkWrite()
{
    if (losesPower()) {
        return Core::failure(CipherDb::fileError(EIO, "the machine is off"));
    }
    if (meets(DiskFault::WriteFull)) {
        return Core::failure(CipherDb::fileError(ENOSPC, "the simulated disk is full"));
    }
    if (meets(DiskFault::WriteIo) || meets(DiskFault::SyncIo)) {
        return Core::failure(CipherDb::fileError(EIO, "the simulated disk fails"));
    }
    return {};
}

Core::Result<std::optional<std::uint64_t>> SimulatedDisk::fileSize(const std::filesystem::path &path)
{
    if (m_isOff) {
        return Core::failure(CipherDb::fileError(EIO, "the machine is off"));
    }
    const auto file = find(path.string());
    return file ? std::optional<std::uint64_t>(file->bytes().size()) : std::nullopt;
}

Core::Result<std::optional<std::string>> SimulatedDisk::readSmallFile(const std::filesystem::path &path, std::size_t sizeBytesMax)
{
    const auto file = find(path.string());
    if (file && meets(DiskFault::ReadIo)) {
        return Core::failure(CipherDb::fileError(EIO, "the simulated disk fails"));
    }
    if (file && file->bytes().size() > sizeBytesMax) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::OutOfRange, Core::ErrorReason::LimitExceeded, "a file of the store is too long"));
    }
    return file ? std::optional<std::string>(file->bytes()) : std::nullopt;
}

Core::Result<void> SimulatedDisk::writeFileAtomically(const std::filesystem::path &path, std::string_view bytes)
{
    return checkWrite().map([&] {
        auto file = std::make_shared<SimulatedFile>();
        file->write(0, bytes);
        file->sync();
        m_removed.clear();
        m_files.insert_or_assign(path.string(), std::move(file));
    });
}

Core::Result<void> SimulatedDisk::createPrivateFile(const std::filesystem::path &path)
{
    return checkWrite().map([&] {
        make(path.string())->setNamed();
        m_removed.clear();
    });
}

Core::Result<void> SimulatedDisk::removeFile(const std::filesystem::path &path)
{
    return checkWrite().map([&] {
        m_files.erase(path.string());
        m_removed.clear();
    });
}

Core::Result<void> SimulatedDisk::renameFile(const std::filesystem::path &from, const std::filesystem::path &to)
{
    return checkWrite().and_then([&]() -> Core::Result<void> {
        auto file = m_files.extract(from.string());
        if (!file) {
            return Core::failure(CipherDb::fileError(ENOENT, "there is no such file"));
        }
        m_files.insert_or_assign(to.string(), std::move(file.mapped()));
        m_removed.clear();
        return {};
    });
}

Core::Result<std::shared_ptr<void>> SimulatedDisk::acquireLock(const std::filesystem::path &path, CipherDb::LockMode mode)
{
    std::weak_ptr<void> &held = m_locks[path.string()];
    if (mode == CipherDb::LockMode::Exclusive && !held.expired()) {
        return Core::failure(Core::makeError(Core::ErrorCode::Unavailable, Core::ErrorReason::StoreLocked, "the store is open elsewhere",
                                             Core::Retry::Later));
    }
    std::shared_ptr<void> lock = std::make_shared<int>(0);
    held = lock;
    return lock;
}

}  // namespace Satchel::Testing
