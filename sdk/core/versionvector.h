// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "ids.h"

#include <compare>
#include <cstdint>
#include <vector>

namespace Satchel::Core {

/// Device -> highest counter seen. A document's causal context. Entries are sorted by device and never zero, so equal vectors are equal
/// bytes.
class VersionVector {
public:
    struct Entry {
        DeviceId device;
        std::uint64_t counter = 0;
        friend bool operator==(const Entry &, const Entry &) = default;
    };

    /// Highest counter seen of `device`; 0 if none.
    [[nodiscard]] std::uint64_t counterOf(const DeviceId &device) const;
    [[nodiscard]] bool covers(const Dot &dot) const { return counterOf(dot.device) >= dot.counter; }
    /// True if every dot that `other` covers is covered here too.
    [[nodiscard]] bool coversAll(const VersionVector &other) const;
    /// Raises the device's entry to at least the dot's counter.
    void add(const Dot &dot);
    /// Pointwise maximum.
    void join(const VersionVector &other);

    [[nodiscard]] bool isEmpty() const { return m_entries.empty(); }
    [[nodiscard]] std::size_t size() const { return m_entries.size(); }
    [[nodiscard]] const std::vector<Entry> &entries() const { return m_entries; }

    /// partial_ordering::unordered means concurrent.
    friend std::partial_ordering compare(const VersionVector &a, const VersionVector &b);
    friend bool operator==(const VersionVector &, const VersionVector &) = default;

private:
    std::vector<Entry> m_entries;
};

[[nodiscard]] std::partial_ordering compare(const VersionVector &a, const VersionVector &b);

}  // namespace Satchel::Core
