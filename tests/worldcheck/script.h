// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "trace.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::WorldCheck {

/// What can happen to the world from outside. A step means the same whatever others are left out: its chances come from its own seed.
enum class StepKind : std::uint8_t {
    Run,          ///< some pieces of work, in any order
    Advance,      ///< time passes
    Write,        ///< an app writes, once or several times
    Sync,         ///< an app asks to be in sync, and reads
    Quarantine,   ///< an app retries or discards what was refused
    Close,        ///< an app is closed
    Open,         ///< everything that is closed or dead starts
    CrashDevice,  ///< power cut, between or within operations of the disk
    Clone,        ///< a device's store is copied to a new device
    NewDevice,
    Pause,
    Skew,  ///< a device's clock jumps by up to a year
    Cut,   ///< a connection breaks
    HalfOpen,
    Link,       ///< offline, or online again
    DiskFault,  ///< of a device
    CrashServer,
    StopServer,   ///< in good order
    ServerFault,  ///< of its disk
    ServerSkew,
    RotateKey,  ///< tokens are void from now on
    Revoke,
    PolicyChange,
    Backup,   ///< of the server
    Restore,  ///< the server becomes what it was at the last backup
    Compact,  ///< a user's log is shortened
    OperatorRead,
    Count,
};

struct Step {
    StepKind kind = StepKind::Run;
    std::uint8_t device = 0;
    std::uint64_t seed = 0;
};

/// A world and everything that will happen to it.
struct Script {
    std::uint64_t seed = 0;
    int users = 1;
    int devices = 2;  ///< of each user
    std::int64_t delayMaxMs = 50;
    std::int64_t tokenLifeMs = 600'000;
    std::vector<Step> steps;
};

[[nodiscard]] std::string_view nameOf(StepKind kind);
/// The same seed gives the same script. Each leaves out some kinds of steps altogether, so that the others meet more often.
[[nodiscard]] Script makeScript(std::uint64_t seed);
/// One word a line, so that a script can be kept in a file, read by a person and shortened by hand. '#' begins a comment.
[[nodiscard]] std::string format(const Script &script);
[[nodiscard]] std::optional<Script> parseScript(std::string_view text);

}  // namespace Satchel::WorldCheck
