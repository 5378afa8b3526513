// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/mutation.h"
#include "core/result.h"

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace Satchel::Sync {

/// The device's pending mutations, in counter order: table `outbox`, with its oldest part kept in memory for pushing and settling.
/// The caller owns the transaction. After a transaction that was rolled back, call forget(): memory then follows the table again.
class Outbox {
public:
    static constexpr std::size_t windowMutationsMax = 8000;
    static constexpr std::size_t windowBytesMax = 16 * 1024 * 1024;

    explicit Outbox(CipherDb::Database &database)
        : m_database(database)
    {
    }

    /// Reads count and last counter.
    [[nodiscard]] Core::Result<void> load();
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    /// 0: empty.
    [[nodiscard]] std::uint64_t lastCounter() const { return m_size == 0 ? 0 : m_last; }

    /// Counters follow each other without a gap; the caller has checked.
    [[nodiscard]] Core::Result<void> append(std::span<const Core::Mutation> mutations);
    /// Mutations after `counter`, as many as fit both limits, at least one if there is one.
    [[nodiscard]] Core::Result<std::vector<Core::Mutation>> after(std::uint64_t counter, std::size_t countMax, std::size_t bytesMax);
    /// Takes out all up to and including `counter`.
    [[nodiscard]] Core::Result<std::vector<Core::Mutation>> takeThrough(std::uint64_t counter);
    [[nodiscard]] Core::Result<std::vector<Core::Mutation>> all();
    [[nodiscard]] Core::Result<void> replaceAll(std::span<const Core::Mutation> mutations);
    [[nodiscard]] Core::Result<void> forget();

private:
    struct Entry {
        Core::Mutation mutation;
        std::size_t bytes = 0;
    };

    [[nodiscard]] Core::Result<void> insert(const Core::Mutation &mutation);
    [[nodiscard]] Core::Result<void> fill();
    void remember(Entry entry);

    CipherDb::Database &m_database;
    std::uint64_t m_size = 0;
    std::uint64_t m_last = 0;
    std::deque<Entry> m_window;  ///< the first m_window.size() rows of the table
    std::size_t m_windowBytes = 0;
    std::uint64_t m_takenThrough = 0;  ///< rows up to here are taken, though the transaction may not have deleted them yet
};

}  // namespace Satchel::Sync
