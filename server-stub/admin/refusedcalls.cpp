// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "refusedcalls.h"

namespace Satchel::Server {

namespace {

constexpr const char *manyAddresses = "(others)";

Wire::AuditRecord summaryOf(const std::string &address, std::uint64_t count)
{
    Wire::AuditRecord record;
    record.action = RefusedCalls::summaryAction;
    record.code = Core::ErrorCode::Unauthenticated;
    record.personal.clientAddress = address;
    record.personal.reason = std::to_string(count) + " more within a minute";
    return record;
}

}  // namespace

RefusedCalls::Outcome RefusedCalls::take(const std::string &address, std::chrono::milliseconds now)
{
    Outcome out;
    const std::lock_guard lock(m_mutex);
    for (auto it = m_minutes.begin(); it != m_minutes.end();) {
        // A clock that was set back ends a minute too.
        if (now >= it->second.begin && now - it->second.begin < window) {
            ++it;
            continue;
        }
        if (it->second.unrecorded > 0) {
            out.summaries.push_back(summaryOf(it->first, it->second.unrecorded));
        }
        it = m_minutes.erase(it);
    }
    const bool isKnown = m_minutes.contains(address);
    const std::string name = isKnown || m_minutes.size() < addressesMax ? address : manyAddresses;
    const auto [minute, isNew] = m_minutes.try_emplace(name, Minute{now, 0});
    out.isToBeRecorded = isNew;
    minute->second.unrecorded += isNew ? 0 : 1;
    return out;
}

std::vector<Wire::AuditRecord> RefusedCalls::flush()
{
    std::vector<Wire::AuditRecord> out;
    const std::lock_guard lock(m_mutex);
    for (const auto &[address, minute] : m_minutes) {
        if (minute.unrecorded > 0) {
            out.push_back(summaryOf(address, minute.unrecorded));
        }
    }
    m_minutes.clear();
    return out;
}

}  // namespace Satchel::Server
