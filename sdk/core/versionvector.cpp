// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "versionvector.h"

#include <algorithm>

namespace Satchel::Core {

namespace {

bool isBefore(const VersionVector::Entry &entry, const DeviceId &device)
{
    return entry.device < device;
}

}  // namespace

std::uint64_t VersionVector::counterOf(const DeviceId &device) const
{
    const auto it = std::lower_bound(m_entries.begin(), m_entries.end(), device, isBefore);
    return it != m_entries.end() && it->device == device ? it->counter : 0;
}

bool VersionVector::coversAll(const VersionVector &other) const
{
    if (other.m_entries.size() > m_entries.size())
        return false;
    auto mine = m_entries.begin();
    for (const Entry &theirs : other.m_entries) {
        while (mine != m_entries.end() && mine->device < theirs.device)
            ++mine;
        if (mine == m_entries.end() || mine->device != theirs.device || mine->counter < theirs.counter)
            return false;
        ++mine;
    }
    return true;
}

void VersionVector::add(const Dot &dot)
{
    if (dot.counter == 0)
        return;
    const auto it = std::lower_bound(m_entries.begin(), m_entries.end(), dot.device, isBefore);
    if (it != m_entries.end() && it->device == dot.device)
        it->counter = std::max(it->counter, dot.counter);
    else
        m_entries.insert(it, Entry{dot.device, dot.counter});
}

void VersionVector::join(const VersionVector &other)
{
    if (coversAll(other))
        return;
    if (other.coversAll(*this)) {
        m_entries = other.m_entries;
        return;
    }
    std::vector<Entry> joined;
    joined.reserve(m_entries.size() + other.m_entries.size());
    auto a = m_entries.begin();
    auto b = other.m_entries.begin();
    while (a != m_entries.end() && b != other.m_entries.end()) {
        if (a->device == b->device) {
            joined.push_back(Entry{a->device, std::max(a->counter, b->counter)});
            ++a;
            ++b;
        } else {
            joined.push_back(a->device < b->device ? *a++ : *b++);
        }
    }
    joined.insert(joined.end(), a, m_entries.end());
    joined.insert(joined.end(), b, other.m_entries.end());
    m_entries = std::move(joined);
}

std::partial_ordering compare(const VersionVector &a, const VersionVector &b)
{
    const bool aCovers = a.coversAll(b);
    const bool bCovers = b.coversAll(a);
    if (aCovers && bCovers)
        return std::partial_ordering::equivalent;
    if (aCovers)
        return std::partial_ordering::greater;
    return bCovers ? std::partial_ordering::less : std::partial_ordering::unordered;
}

}  // namespace Satchel::Core
