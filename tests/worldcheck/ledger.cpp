// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "ledger.h"

#include "trace.h"

namespace Satchel::WorldCheck {

void Ledger::made(int user, int device, const Core::Mutation &mutation)
{
    const Identity identity = identityOf(mutation);
    const auto known = m_writes.find(identity);
    const bool isFree = known == m_writes.end() || (known->second.isLost && known->second.fate == Fate::Unknown);
    require(isFree, "I4", "a dot and a stamp were given twice");
    m_writes.insert_or_assign(identity, Write{user, device, mutation, Fate::Unknown, false});
}

void Ledger::promise(const Identity &identity)
{
    const auto known = m_writes.find(identity);
    require(known != m_writes.end(), "I5", "a write that nobody made is durable");
    if (known->second.fate == Fate::Unknown) {
        known->second.fate = Fate::Promised;
    }
}

void Ledger::settle(const Identity &identity, bool isRefused)
{
    const auto known = m_writes.find(identity);
    require(known != m_writes.end(), "I5", "a write that nobody made was settled");
    Fate &fate = known->second.fate;
    if (fate != Fate::Settled) {
        fate = isRefused ? Fate::Refused : Fate::Settled;
    }
}

void Ledger::reopened(int device, const Core::Dot &last)
{
    for (auto write = m_writes.upper_bound(Identity{last, Core::Hlc{UINT64_MAX}});
         write != m_writes.end() && write->first.dot.device == last.device; ++write) {
        write->second.isLost = write->second.isLost || write->second.device == device;
    }
}

const Write *Ledger::find(const Identity &identity) const
{
    const auto known = m_writes.find(identity);
    return known == m_writes.end() ? nullptr : &known->second;
}

std::int64_t Ledger::freshValue(int user)
{
    m_userOfValue.emplace(++m_lastValue, user);
    return m_lastValue;
}

int Ledger::userOfValue(std::int64_t value) const
{
    const auto known = m_userOfValue.find(value);
    return known == m_userOfValue.end() ? -1 : known->second;
}

}  // namespace Satchel::WorldCheck
