// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "lookupwatch.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

constexpr std::size_t operatorsMax = 10'000;

}  // namespace

bool LookUpWatch::isAlarming(const Core::UserId &who, const std::string &user, std::chrono::milliseconds now, const LookUpAlarm &alarm)
{
    const std::lock_guard lock(m_mutex);
    if (m_operators.size() >= operatorsMax && !m_operators.contains(who)) {
        m_operators.erase(std::min_element(m_operators.begin(), m_operators.end(), [](const auto &a, const auto &b) {
            return a.second.looks.back().time < b.second.looks.back().time;
        }));
    }
    Operator &seen = m_operators[who];
    std::erase_if(seen.looks, [&](const Look &look) { return look.user == user || look.time + alarm.within <= now; });
    seen.looks.push_back({now, user});
    if (seen.looks.size() > alarm.users) {
        seen.looks.pop_front();
    }
    if (seen.looks.size() < alarm.users || now < seen.quietUntil) {
        return false;
    }
    seen.quietUntil = now + alarm.within;
    return true;
}

}  // namespace Satchel::Server
