// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "simulateddisk.h"

#include <cstdint>
#include <functional>
#include <string>

/// Loops that make the first, second, third... call of a kind fail, until the work is done without meeting the fault.
///
///     for (const NthCall::Fault fault : NthCall::allFaults) {
///         const int calls = NthCall::forEach(fault, disk, start, [&] { ... the work ... }, [&](const std::string &where) { ... check ...
///         }); QVERIFY(calls > 0);
///     }
///
/// Every round starts from the same disk. `work` opens what it needs itself, and closes it. `check` runs on the disk as the round has left
/// it, healed: it opens the store again and looks that what was acknowledged is there, and the rest whole or not at all.
namespace Satchel::Testing::NthCall {

enum class Fault : std::uint8_t {
    WriteFull,    ///< one write finds no space
    WriteFullOn,  ///< and all after it
    WriteIo,
    SyncIo,
    ReadIo,
    PowerCut,    ///< the machine goes off at a write, sync, truncation or removal
    Memory,      ///< SQLite gets no memory once
    MemoryOn,    ///< and never again during the work
    Allocation,  ///< operator new throws once; the program's own operator new asks allocationFails()
    AllocationOn,
};

inline constexpr Fault diskFaults[] = {Fault::WriteFull, Fault::WriteFullOn, Fault::WriteIo, Fault::SyncIo, Fault::ReadIo, Fault::PowerCut};
inline constexpr Fault memoryFaults[] = {Fault::Memory, Fault::MemoryOn};
inline constexpr Fault allocationFaults[] = {Fault::Allocation, Fault::AllocationOn};

[[nodiscard]] const char *nameOf(Fault fault);

/// Before anything has used SQLite in this process: makes its allocations countable. Once.
void countSqliteMemory();

/// While it lives no fault of memory is counted or met: for work that opens what is not meant (SQLCipher does not survive every allocation
/// that fails while it sets up a connection).
class Sheltered {
public:
    Sheltered();
    ~Sheltered();
    Sheltered(const Sheltered &) = delete;
    Sheltered &operator=(const Sheltered &) = delete;
};

/// No more faults of memory in this round: what had none is to be looked at with some.
void disarm();
/// A fault of SQLite's memory at the call after `number` more, for work that may take its whole process with it; and whether it was met.
void failSqliteMemory(int number, bool isLasting);
[[nodiscard]] bool isSqliteMemoryFailed();
/// Counts an allocation of C++; true if it is to fail.
[[nodiscard]] bool allocationFails() noexcept;

/// One round for each `stride`-th call. Returns the number of calls; -1 if the fault was still met at call `roundsMax`.
[[nodiscard]] int forEach(Fault fault, SimulatedDisk &disk, const SimulatedDisk::Image &start, const std::function<void()> &work,
                          const std::function<void(const std::string &where)> &check, int roundsMax = 5000, int stride = 1);

}  // namespace Satchel::Testing::NthCall
