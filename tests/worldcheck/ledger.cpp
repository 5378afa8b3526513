// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "ledger.h"

#include "trace.h"

namespace Satchel::WorldCheck {

void Ledger::made(int user, int device, const Core::Mutation &mutation)
{
    const bool isNew = m_writes.emplace(identityOf(mutation), Write{user, device, mutation, Fate::Unknown}).second;
    require(isNew, "I4", "a dot and a stamp were given twice");
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
