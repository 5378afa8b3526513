// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Faults that world-check builds into its own copy of the product, one at a time, to show that it finds them. They exist only where
/// SATCHEL_SABOTAGE is defined, which nothing but tests/worldcheck does: elsewhere `isSabotaged` is a constant, and no code is made of it.
namespace Satchel::Core {

enum class Sabotage : std::uint8_t {
    None,
    SkipDotCheck,        ///< a mutation is applied although its dot is known
    ForgetLease,         ///< the device does not keep the lease of a Welcome
    AckBeforeSync,       ///< a commit does not wait for the disk
    DropTombstoneEarly,  ///< the server forgets the name of a field that has vanished
    SkipOriginCheck,     ///< what two copies of a store had pending is taken twice
    KeepOwnStamp,        ///< the device does not adopt a stamp that the server has settled
    ForgetSettled,       ///< how far the outbox is settled is not kept
    KeepUndoneState,     ///< memory is not read again after a transaction that was undone
    MoveCursorTwice,     ///< a push moves the session past what others wrote before it
    ClockGoesBack,       ///< a device's stamps follow its wall clock
    SkipExpectation,     ///< a strong write is taken whatever it expected
    ForgetOverwritten,   ///< what lost to a concurrent write is not recorded
    SkipResentCheck,     ///< another mutation under a known dot passes as sent again
    GuessForgotten,      ///< a write that the log may have forgotten is taken as a new one
    AuditAfterCommit,    ///< audit records are written after the commit, not in it
    Count,
};

[[nodiscard]] constexpr std::array<std::string_view, static_cast<std::size_t>(Sabotage::Count)> sabotageNames()
{
    return {"none",
            "skip_dot_check",
            "forget_lease",
            "ack_before_sync",
            "drop_tombstone_early",
            "skip_origin_check",
            "keep_own_stamp",
            "forget_settled",
            "keep_undone_state",
            "move_cursor_twice",
            "clock_goes_back",
            "skip_expectation",
            "forget_overwritten",
            "skip_resent_check",
            "guess_forgotten",

            "audit_after_commit"};
}

#ifdef SATCHEL_SABOTAGE
inline Sabotage activeSabotage = Sabotage::None;

[[nodiscard]] inline bool isSabotaged(Sabotage sabotage)
{
    return activeSabotage == sabotage;
}

/// False if there is none of this name.
[[nodiscard]] inline bool commitSabotage(std::string_view name)
{
    const auto names = sabotageNames();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) {
            activeSabotage = static_cast<Sabotage>(i);
            return true;
        }
    }
    return false;
}
#else
[[nodiscard]] constexpr bool isSabotaged(Sabotage /*sabotage*/)
{
    return false;
}
#endif

}  // namespace Satchel::Core
