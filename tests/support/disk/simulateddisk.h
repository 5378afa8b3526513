// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/filesystem.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

struct sqlite3_vfs;

namespace Satchel::Testing {

/// What went wrong, as the caller of the n-th operation of its kind is told.
enum class DiskFault : std::uint8_t {
    WriteFull,  ///< no space left
    WriteIo,
    SyncIo,  ///< what was to be synced counts as written from then on, and is not: Linux keeps such pages as clean
    ReadIo,
    ReadDying,  ///< what is read is garbage, and from then on the disk answers no call at all
};

/// While one lives, this thread is inside the disk, whose own memory is not part of what is tested.
class InsideDisk {
public:
    InsideDisk() { ++depth; }
    ~InsideDisk() { --depth; }
    InsideDisk(const InsideDisk &) = delete;
    InsideDisk &operator=(const InsideDisk &) = delete;
    [[nodiscard]] static bool isAny() { return depth > 0; }

private:
    static inline thread_local int depth = 0;
};

/// One file: what processes see, and what a power cut would leave of it.
class SimulatedFile {
public:
    static constexpr std::size_t sectorBytes = 512;

    [[nodiscard]] const std::string &bytes() const { return m_bytes; }
    void write(std::size_t offset, std::string_view bytes);
    void truncate(std::size_t size);
    void sync();
    /// A sync that failed.
    void forget();
    /// Content after a power cut. `tearBytes`: the unit that is written whole or not at all; 0: nothing that was not synced is there.
    [[nodiscard]] std::string afterCrash(std::uint64_t seed, std::size_t tearBytes) const;
    [[nodiscard]] bool isNamed() const { return m_isNamed; }
    void setNamed() { m_isNamed = true; }

    // SQLite's locks; -1: exclusive, else how many share it.
    int sharedLocks = 0;
    const void *reserved = nullptr;
    const void *exclusive = nullptr;
    std::array<int, 8> indexLocks{};
    std::map<int, std::unique_ptr<char[]>> index;  ///< the WAL's: memory that happens to have a name

private:
    std::string m_bytes;
    std::string m_durable;
    std::set<std::size_t> m_dirty;  ///< sectors
    bool m_isNamed = false;         ///< its name is on the disk
};

/// A machine's disk in memory. Every machine of a simulation has one; all calls come from one thread.
class SimulatedDisk final : public CipherDb::FileSystem {
public:
    using Image = std::map<std::string, std::string>;

    SimulatedDisk();
    ~SimulatedDisk() override;
    SimulatedDisk(const SimulatedDisk &) = delete;
    SimulatedDisk &operator=(const SimulatedDisk &) = delete;

    /// The power goes. Whoever has files open gets errors from now on and changes nothing any more; the seed decides what of the bytes
    /// that were not synced is there afterwards: nothing, all, or some sectors.
    void crash(std::uint64_t seed);
    /// The same, in the middle of the write, sync, truncation or removal after `after` more.
    void crashWithin(int after, std::uint64_t seed);
    /// From a crash until the machine starts again nothing can be opened.
    [[nodiscard]] bool isOff() const { return m_isOff; }
    void powerOn();
    /// The operation of this kind after `after` more fails; and all that follow, if it lasts.
    void fail(DiskFault fault, int after, bool isLasting);
    void heal();
    /// From now on the page of the file at this offset cannot be read, until it is written or the disk healed.
    void failReadsOf(const std::string &path, std::size_t offset) { m_lostPage = {find(path), offset}; }
    [[nodiscard]] bool isLost(const SimulatedFile &file, std::size_t offset, std::size_t size) const;
    /// How often a fault was met.
    [[nodiscard]] std::uint64_t faultCount() const { return m_faultCount; }
    /// All files at this moment, as a copy of the running machine has them.
    [[nodiscard]] Image image() const;
    /// Replaces everything by a copy, durably; nobody may have files open.
    void load(const Image &image);
    [[nodiscard]] std::uint64_t bytesUsed() const;

    [[nodiscard]] const char *vfsName() const override { return m_vfsName.c_str(); }
    [[nodiscard]] std::filesystem::path canonical(const std::filesystem::path &path) const override { return path; }
    [[nodiscard]] Core::Result<std::optional<std::uint64_t>> fileSize(const std::filesystem::path &path) override;
    [[nodiscard]] Core::Result<std::optional<std::string>> readSmallFile(const std::filesystem::path &path,
                                                                         std::size_t sizeBytesMax) override;
    [[nodiscard]] Core::Result<void> writeFileAtomically(const std::filesystem::path &path, std::string_view bytes) override;
    [[nodiscard]] Core::Result<void> createPrivateFile(const std::filesystem::path &path) override;
    [[nodiscard]] Core::Result<void> removeFile(const std::filesystem::path &path) override;
    [[nodiscard]] Core::Result<void> renameFile(const std::filesystem::path &from, const std::filesystem::path &to) override;
    [[nodiscard]] bool isFolderWritable(const std::filesystem::path & /*path*/) override { return true; }
    [[nodiscard]] Core::Result<std::shared_ptr<void>> acquireLock(const std::filesystem::path &path, CipherDb::LockMode mode) override;

    // For the VFS.
    [[nodiscard]] std::shared_ptr<SimulatedFile> find(const std::string &path) const;
    [[nodiscard]] std::shared_ptr<SimulatedFile> make(const std::string &path);
    /// The first sync of a file syncs the folder as well, as SQLite does on Unix, and with it all that was removed from it before.
    void sync(SimulatedFile &file);
    void remove(const std::string &path, bool isSynced);
    [[nodiscard]] std::uint64_t generation() const { return m_generation; }
    /// Before an operation that changes something: true if the power went.
    [[nodiscard]] bool losesPower();
    /// After ReadDying.
    [[nodiscard]] bool isGone() const { return m_isGone; }
    /// Counts an operation; true if it is to fail.
    [[nodiscard]] bool meets(DiskFault fault);

private:
    struct Fault {
        DiskFault kind;
        int after;
        bool isLasting;
    };
    [[nodiscard]] Core::Result<void> checkWrite();

    std::string m_vfsName;
    std::unique_ptr<sqlite3_vfs> m_vfs;
    std::map<std::string, std::shared_ptr<SimulatedFile>> m_files;
    std::map<std::string, std::shared_ptr<SimulatedFile>> m_removed;  ///< whose removal a power cut may undo
    std::map<std::string, std::weak_ptr<void>> m_locks;
    std::optional<Fault> m_fault;
    std::optional<std::pair<std::shared_ptr<SimulatedFile>, std::size_t>> m_lostPage;
    int m_crashAfter = -1;
    std::uint64_t m_crashSeed = 0;
    bool m_isOff = false;
    bool m_isGone = false;
    std::uint64_t m_generation = 1;
    std::uint64_t m_faultCount = 0;
};

}  // namespace Satchel::Testing
