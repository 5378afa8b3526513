// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Kills a process at its n-th system call. The kill comes on the way into the kernel: the call before has been made whole, this one not at
/// all. Linux only; elsewhere, and where tracing is not permitted (containers, hardened kernels), the outcome is NotPermitted.
namespace Satchel::Test {

enum class KillOutcome : std::uint8_t {
    Killed,        ///< at the call that was asked for
    Ended,         ///< by itself, before it made that many
    NotPermitted,  ///< this machine does not let a process trace its child
};

struct KilledRun {
    KillOutcome outcome = KillOutcome::NotPermitted;
    int exitCode = -1;  ///< if it ended by itself
    int callCount = 0;  ///< calls that it made, the one that killed it included
};

/// Calls that cannot change a file (memory, clocks, reads) are passed over. Counting begins when the program calls beginKillableCalls(),
/// from 1. Standard output is dropped; the program must have one thread.
[[nodiscard]] KilledRun runKilledAtCall(const std::vector<std::string> &command, int call);

/// The calls to try where trying each takes too long: every `stride`-th, and each of the last `lastCount`, where files change places.
[[nodiscard]] std::vector<int> callsToTry(int callCount, int stride, int lastCount);

/// What the program says where the stretch begins in which it may be killed.
void beginKillableCalls();

}  // namespace Satchel::Test
