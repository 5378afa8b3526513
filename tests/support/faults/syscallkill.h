// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Kills a process at its n-th system call, the calls of all its threads counted in the order in which they are made. The kill comes on the
/// way into the kernel: the call before has been made whole, this one not at all. Linux only; elsewhere, and where tracing is not permitted
/// (containers, hardened kernels), the outcome is NotPermitted.
namespace Satchel::Test {

/// A kind of system call that changes files or makes a change last, with its variants.
enum class FileChange : std::uint8_t {
    Create,    ///< of a file or folder: open() with O_CREAT, mkdir()
    Write,     ///< write(), which pipes and sockets count into as well
    WriteAt,   ///< pwrite()
    Resize,    ///< ftruncate(), fallocate()
    Sync,      ///< fsync()
    SyncData,  ///< fdatasync()
    Link,
    Rename,
    Unlink,
};

struct KillPlan {
    enum class Begin : std::uint8_t {
        AtStart,  ///< of the program
        AtMark,   ///< once the program calls beginKillableCalls()
    };
    int call = 1;  ///< which one kills, from 1
    Begin begin = Begin::AtStart;
    std::vector<FileChange> counted{};  ///< what counts; if empty, each call but those that cannot change a file (memory, clocks, reads)
};

enum class KillOutcome : std::uint8_t {
    Killed,        ///< at the call that was asked for
    Ended,         ///< by itself, before it made that many
    NotPermitted,  ///< this machine does not let one process trace another
};

struct KilledRun {
    KillOutcome outcome = KillOutcome::NotPermitted;
    int exitCode = -1;  ///< if it ended by itself
    int callCount = 0;  ///< calls that it made, the one that killed it included
};

/// Runs the program to its end or to its kill; all calls count, from the program's mark. Standard output is dropped.
[[nodiscard]] KilledRun runKilledAtCall(const std::vector<std::string> &command, int call);

/// The calls to try where trying each takes too long: every `stride`-th, and each of the last `lastCount`, where files change places.
[[nodiscard]] std::vector<int> callsToTry(int callCount, int stride, int lastCount);

/// What the program says where the stretch begins in which it may be killed.
void beginKillableCalls();

/// For a process that is about to execute another program: gives it a child that traces it and kills that program as planned. The process
/// keeps its parent, descriptors and exit status; it ends with traceRefusedExit if it may not be traced. A KilledRun is written to
/// `report`, a descriptor, unless that is -1.
void beTraced(const KillPlan &plan, int report = -1);
constexpr int traceRefusedExit = 126;

}  // namespace Satchel::Test
