// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "nthcall.h"

#include <sqlcipher/sqlite3.h>

#include <atomic>

namespace Satchel::Testing::NthCall {

namespace {

/// Before the n-th allocation that fails; negative: none does.
std::atomic<int> allocationsLeft = -1;
std::atomic<bool> isMemoryLasting = false;
std::atomic<int> allocationsFailed = 0;
sqlite3_mem_methods systemMemory;

bool failsNow()
{
    if (allocationsLeft < 0) {
        return false;
    }
    if (allocationsLeft > 0) {
        allocationsLeft -= 1;
        return false;
    }
    if (!isMemoryLasting) {
        allocationsLeft = -1;
    }
    allocationsFailed += 1;
    return true;
}

void *allocate(int size)
{
    return failsNow() ? nullptr : systemMemory.xMalloc(size);
}

void *reallocate(void *memory, int size)
{
    return failsNow() ? nullptr : systemMemory.xRealloc(memory, size);
}

bool arm(Fault fault, SimulatedDisk &disk, int number)
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
        isMemoryLasting = fault == Fault::MemoryOn;
        allocationsFailed = 0;
        allocationsLeft = number;
        break;
    }
    return true;
}

}  // namespace

const char *nameOf(Fault fault)
{
    constexpr const char *names[] = {"disk full once", "disk full", "EIO on a write",     "EIO on a sync",
                                     "EIO on a read",  "power cut", "out of memory once", "out of memory"};
    return names[static_cast<std::size_t>(fault)];
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
            const std::function<void(const std::string &where)> &check, int roundsMax)
{
    for (int number = 0; number < roundsMax; ++number) {
        disk.powerOn();
        disk.heal();
        disk.load(start);
        const std::uint64_t faultsBefore = disk.faultCount();
        arm(fault, disk, number);
        work();
        const bool isMemory = fault == Fault::Memory || fault == Fault::MemoryOn;
        const bool isMet = isMemory ? allocationsFailed > 0 : fault == Fault::PowerCut ? disk.isOff() : disk.faultCount() > faultsBefore;
        allocationsLeft = -1;
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
