// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace Satchel::Server {

/// Goes up. Thread-safe, without a lock.
class Counter {
public:
    void add(std::uint64_t count = 1) { m_value.fetch_add(count, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return m_value.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> m_value{0};
};

/// A counter for each value of an enum whose values are small; what lies beyond counts with the first.
template <typename Enum, std::size_t count>
class CounterPer {
public:
    [[nodiscard]] Counter &of(Enum value)
    {
        const auto index = static_cast<std::size_t>(value);
        return m_counters[index < count ? index : 0];
    }
    [[nodiscard]] std::uint64_t value(Enum value) const { return m_counters[static_cast<std::size_t>(value)].value(); }
    [[nodiscard]] static constexpr std::size_t size() { return count; }

private:
    std::array<Counter, count> m_counters;
};

/// How often something took how long. Thread-safe, without a lock.
class DurationHistogram {
public:
    /// Upper bounds of the buckets; a last one has no bound.
    static constexpr std::array<double, 11> boundsSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};

    void observe(std::chrono::steady_clock::duration taken)
    {
        const double seconds = std::chrono::duration<double>(taken).count();
        std::size_t bucket = 0;
        while (bucket < boundsSeconds.size() && seconds > boundsSeconds[bucket]) {
            ++bucket;
        }
        m_buckets[bucket].add();
        m_nanoseconds.add(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(taken).count()));
    }
    [[nodiscard]] std::uint64_t bucket(std::size_t index) const { return m_buckets[index].value(); }
    [[nodiscard]] double sumSeconds() const { return static_cast<double>(m_nanoseconds.value()) / 1e9; }

private:
    std::array<Counter, boundsSeconds.size() + 1> m_buckets;
    Counter m_nanoseconds;
};

/// Kinds of work in the order in which they are given up under load, the last first.
enum class Work : std::uint8_t { Health, Auth, Push, Pull, Admin };
/// What a rate limit or quota is of.
enum class LimitScope : std::uint8_t { Address, User, Tenant };
/// Why a connection is closed before its first request.
enum class TurnedAway : std::uint8_t { Full, AddressFull };

/// What a server counts; docs/metrics.md says what each means. Thread-safe.
struct Metrics {
    static constexpr std::size_t reasonsMax = 96;
    static constexpr std::size_t codesMax = 17;
    static constexpr std::size_t statusClassesMax = 6;

    Counter connections;
    CounterPer<TurnedAway, 2> connectionsTurnedAway;
    CounterPer<std::uint8_t, statusClassesMax> requests;  ///< by the hundreds of the status
    Counter slowReadersCut;
    Counter tokensRefused;
    Counter hellos;
    Counter pushes;
    Counter mutationsAccepted;
    CounterPer<Core::ErrorReason, reasonsMax> mutationsRefused;
    Counter pulls;
    Counter documentsSent;
    Counter commits;
    Counter commitsFailed;
    DurationHistogram commitTime;
    Counter auditRecords;
    CounterPer<Core::ErrorCode, codesMax> adminCalls;  ///< Core::ErrorCode() for OK
    Counter compactionPasses;
    Counter compactedEvents;
    Counter expiredDocuments;
    CounterPer<Work, 5> shed;
    CounterPer<LimitScope, 3> rateLimited;
    std::atomic<std::int64_t> loopLagUs{0};  ///< how late the slowest event loop was when last looked at
};

}  // namespace Satchel::Server
