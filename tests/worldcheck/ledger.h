// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "linearizability.h"

#include "core/mutation.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace Satchel::WorldCheck {

/// First name of a write, by which all its copies are known: two writes never share dot and stamp.
struct Identity {
    Core::Dot dot;
    Core::Hlc stamp;
    friend auto operator<=>(const Identity &, const Identity &) = default;
};

[[nodiscard]] inline Identity identityOf(const Core::Mutation &mutation)
{
    return mutation.origin ? Identity{mutation.origin->dot, mutation.origin->stamp} : Identity{mutation.dot, mutation.stamp};
}

/// What became of a write, as far as an app was told.
enum class Fate : std::uint8_t {
    Unknown,   ///< not answered, or answered with an error of the disk: it may be there or not
    Promised,  ///< durable: it must not be lost
    Settled,   ///< the server has answered that it is in the log
    Refused,   ///< the server has answered that it is not
};

struct Write {
    int user = 0;
    int device = 0;
    Core::Mutation mutation;  ///< as it was made
    Fate fate = Fate::Unknown;
    bool isLost = false;  ///< its store was opened without it
};

/// What every app did and was told, kept outside of all machines.
class Ledger {
public:
    void made(int user, int device, const Core::Mutation &mutation);
    void promise(const Identity &identity);
    void settle(const Identity &identity, bool isRefused);
    /// A store was opened that goes on after this dot. Writes of its device beyond, of which nobody has heard since, were made by a process
    /// that died before it stored them: never stored, they were never sent, and their dots are given anew. The stamp may be the same by
    /// chance, as the dead process left no trace that the next could stay clear of; the lost write is nowhere, to be mistaken for the new.
    void reopened(int device, const Core::Dot &last);
    [[nodiscard]] const std::map<Identity, Write> &writes() const { return m_writes; }
    [[nodiscard]] const Write *find(const Identity &identity) const;

    /// Values are numbers that are never used twice.
    [[nodiscard]] std::int64_t freshValue(int user);
    /// -1: nobody wrote it.
    [[nodiscard]] int userOfValue(std::int64_t value) const;

    /// Strong collections: one history a user.
    [[nodiscard]] std::map<int, History> &histories() { return m_histories; }
    [[nodiscard]] std::int64_t tick() { return ++m_ticks; }

    /// A restored server may have lost answers that were given; linearizability ends there.
    bool wasRestored = false;

private:
    std::map<Identity, Write> m_writes;
    std::map<std::int64_t, int> m_userOfValue;
    std::int64_t m_lastValue = 1000;
    std::map<int, History> m_histories;
    std::int64_t m_ticks = 0;
};

}  // namespace Satchel::WorldCheck
