// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "nthcall.h"

#include <sqlcipher/sqlite3.h>

#include <atomic>

namespace Satchel::Testing::NthCall {

namespace {

std::atomic<bool> isSheltered = false;

/// Makes the n-th call fail.
struct Countdown {
    std::atomic<int> left = -1;  ///< before the one that fails; negative: none does
    std::atomic<bool> isLasting = false;
    std::atomic<int> failed = 0;

    void arm(int number, bool isLastingNow)
    {
        isLasting = isLastingNow;
        failed = 0;
        left = number;
    }
    bool failsNow() noexcept
    {
        if (left < 0 || isSheltered) {
            return false;
        }
        if (left > 0) {
            left -= 1;
            return false;
        }
        if (!isLasting) {
            left = -1;
        }
        failed += 1;
        return true;
    }
};

Countdown sqliteMemory;
Countdown allocations;
sqlite3_mem_methods systemMemory;

void *allocate(int size)
{
    return sqliteMemory.failsNow() ? nullptr : systemMemory.xMalloc(size);
}

void *reallocate(void *memory, int size)
{
    return sqliteMemory.failsNow() ? nullptr : systemMemory.xRealloc(memory, size);
}

void arm(Fault fault, SimulatedDisk &disk, int number)
{
    switch (fault) {
    case Fault::WriteFull:
    case Fault::WriteFullOn:
        disk.fail(DiskFault::WriteFull, number, fault == Fault::WriteFullOn);
        break;
    case Fault::WriteIo:
        disk.fail(DiskFault::WriteIo, number, false);
        break;
    case Fault::SyncIo:
        disk.fail(DiskFault::SyncIo, number, false);
        break;
    case Fault::ReadIo:
        disk.fail(DiskFault::ReadIo, number, false);
        break;
    case Fault::PowerCut:
        disk.crashWithin(number, static_cast<std::uint64_t>(number));
        break;
    case Fault::Memory:
    case Fault::MemoryOn:
        sqliteMemory.arm(number, fault == Fault::MemoryOn);
        break;
    case Fault::Allocation:
    case Fault::AllocationOn:
        allocations.arm(number, fault == Fault::AllocationOn);
        break;
    }
}

}  // namespace

const char *nameOf(Fault fault)
{
    constexpr const char *names[] = {"disk full once", "disk full",          "EIO on a write", "EIO on a sync",  "EIO on a read",
                                     "power cut",      "out of memory once", "out of memory",  "bad_alloc once", "bad_alloc"};
    return names[static_cast<std::size_t>(fault)];
}

Sheltered::Sheltered()
{
    isSheltered = true;
}

Sheltered::~Sheltered()
{
    isSheltered = false;
}

void disarm()
{
    sqliteMemory.left = -1;
    allocations.left = -1;
}

void failSqliteMemory(int number, bool isLasting)
{
    sqliteMemory.arm(number, isLasting);
}

bool isSqliteMemoryFailed()
{
    return sqliteMemory.failed > 0;
}

bool allocationFails() noexcept
{
    return !InsideDisk::isAny() && allocations.failsNow();
}

void countSqliteMemory()
{
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &systemMemory);
    sqlite3_mem_methods counting = systemMemory;
    counting.xMalloc = allocate;
    counting.xRealloc = reallocate;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &counting);
    // Otherwise small requests are served from memory that was set aside before.
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
    sqlite3_initialize();
    // SQLCipher sets itself up with the first connection, and does not survive having no memory for it.
    sqlite3 *anchor = nullptr;
    sqlite3_open(":memory:", &anchor);
    sqlite3_exec(anchor, "PRAGMA key = 'anchor'; CREATE TABLE t(a)", nullptr, nullptr, nullptr);
}

int forEach(Fault fault, SimulatedDisk &disk, const SimulatedDisk::Image &start, const std::function<void()> &work,
            const std::function<void(const std::string &where)> &check, int roundsMax, int stride)
{
    for (int number = 0; number < roundsMax; number += stride) {
        disk.powerOn();
        disk.heal();
        disk.load(start);
        const std::uint64_t faultsBefore = disk.faultCount();
        sqliteMemory.arm(-1, false);
        allocations.arm(-1, false);
        arm(fault, disk, number);
        work();
        const bool isMet =
            fault == Fault::PowerCut ? disk.isOff() : disk.faultCount() > faultsBefore || sqliteMemory.failed > 0 || allocations.failed > 0;
        disarm();
        disk.heal();
        disk.powerOn();
        check(std::string(nameOf(fault)) + ", call " + std::to_string(number + 1));
        if (!isMet) {
            return number;
        }
    }
    return -1;
}

}  // namespace Satchel::Testing::NthCall
