// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace Satchel::WorldCheck {

using Time = std::chrono::milliseconds;

/// An invariant does not hold. Thrown where it is found, caught where the run was started.
class Violation : public std::runtime_error {
public:
    Violation(std::string invariant, const std::string &what)
        : std::runtime_error(invariant + ": " + what)
        , m_invariant(std::move(invariant))
    {
    }
    [[nodiscard]] const std::string &invariant() const { return m_invariant; }

private:
    std::string m_invariant;
};

inline void require(bool holds, std::string_view invariant, const std::string &what)
{
    if (!holds) {
        throw Violation(std::string(invariant), what);
    }
}

/// All that happened, as a running hash; as lines, too, when asked for.
class Trace {
public:
    explicit Trace(bool isPrinted)
        : m_isPrinted(isPrinted)
    {
    }
    void add(Time now, std::string_view what, std::initializer_list<std::int64_t> numbers = {}, std::string_view text = {});
    [[nodiscard]] std::uint64_t hash() const { return m_hash; }
    [[nodiscard]] std::uint64_t count() const { return m_count; }
    [[nodiscard]] bool isPrinted() const { return m_isPrinted; }

private:
    void mix(std::uint64_t word) { m_hash = (m_hash ^ word) * 0x100000001B3U + (m_hash >> 29U); }
    bool m_isPrinted;
    std::uint64_t m_hash = 0xCBF29CE484222325U;
    std::uint64_t m_count = 0;
};

}  // namespace Satchel::WorldCheck
