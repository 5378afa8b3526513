// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/mutation.h"
#include "core/result.h"
#include "wire/codec.h"

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace Satchel::Sync {

/// The device's pending mutations, in counter order: table `outbox`, with its oldest part kept in memory for pushing and settling.
/// The caller owns the transaction. After a transaction that was rolled back, call load(): memory then follows the table again.
class Outbox {
public:
    /// Enough that a row's own cost does not count; few enough that a block of large values stays small beside a message.
    static constexpr std::size_t blockMutationsMax = 64;
    /// The window takes no further block above either.
    static constexpr std::size_t windowMutationsMax = 8000;
    static constexpr std::size_t windowBytesMax = 16 * 1024 * 1024;

    explicit Outbox(CipherDb::Database &database)
        : m_database(database)
    {
    }

    /// Reads what there is after `settledThrough`, which the caller keeps beside the table, in the same transactions.
    [[nodiscard]] Core::Result<void> load(std::uint64_t settledThrough);
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    /// 0: empty.
    [[nodiscard]] std::uint64_t lastCounter() const { return m_size == 0 ? 0 : m_last; }

    /// Counters follow each other without a gap; the caller has checked.
    [[nodiscard]] Core::Result<void> append(std::span<const Core::MutationPtr> mutations);
    /// Mutations after `counter`, as many as fit both limits, at least one if there is one.
    [[nodiscard]] Core::Result<std::vector<Core::Mutation>> after(std::uint64_t counter, std::size_t countMax, std::size_t bytesMax);
    /// Takes out all up to and including `counter`.
    [[nodiscard]] Core::Result<std::vector<Core::MutationPtr>> takeThrough(std::uint64_t counter);
    [[nodiscard]] Core::Result<std::vector<Core::MutationPtr>> all();
    [[nodiscard]] Core::Result<void> replaceAll(std::span<const Core::MutationPtr> mutations);

private:
    using Block = std::vector<Wire::SizedMutation>;

    [[nodiscard]] Core::Result<void> insert(Block block);
    [[nodiscard]] Core::Result<void> fill();
    /// The first block with a mutation after `counter`, without those up to it; empty at the end.
    [[nodiscard]] Core::Result<Block> blockAfter(std::uint64_t counter);
    void remember(Block block);

    CipherDb::Database &m_database;
    std::uint64_t m_size = 0;
    std::uint64_t m_last = 0;
    std::deque<Wire::SizedMutation> m_window;  ///< the first m_window.size() pending mutations
    std::size_t m_windowBytes = 0;
    std::uint64_t m_takenThrough = 0;  ///< what is up to here is taken, though it may still lie in the table
};

}  // namespace Satchel::Sync
