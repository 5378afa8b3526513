// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "outbox.h"

#include <algorithm>
#include <utility>

namespace Satchel::Sync {

namespace {

std::uint64_t counterOf(const Wire::SizedMutation &sized)
{
    return sized.mutation->dot.counter;
}

}  // namespace

Core::Result<void> Outbox::load(std::uint64_t settledThrough)
{
    m_window.clear();
    m_windowBytes = 0;
    m_takenThrough = settledThrough;
    auto statement = m_database.prepared("SELECT coalesce(min(first), 0), coalesce(max(last), 0) FROM outbox");
    if (!statement) {
        return Core::failure(statement.error());
    }
    if (auto row = (*statement)->step(); !row) {
        return Core::failure(row.error());
    }
    const auto first = std::max(static_cast<std::uint64_t>((*statement)->int64(0)), settledThrough + 1);
    m_last = static_cast<std::uint64_t>((*statement)->int64(1));
    m_size = m_last < first ? 0 : m_last - first + 1;
    (*statement)->reset();
    return {};
}

Core::Result<void> Outbox::insert(Block block)
{
    auto statement = m_database.prepared("INSERT INTO outbox(last, first, mutations) VALUES(?, ?, ?)");
    if (!statement) {
        return Core::failure(statement.error());
    }
    const std::string bytes = Wire::encodeBlock(block);
    const std::uint64_t last = counterOf(block.back());
    (*statement)->bind(0, static_cast<std::int64_t>(last)).bind(1, static_cast<std::int64_t>(counterOf(block.front())));
    (*statement)->bindBlob(2, bytes);
    if (auto done = (*statement)->run(); !done) {
        return done;
    }
    // The window holds what is pending from the first on without a hole, so a block joins it only while everything before it is there.
    const bool isNext = m_window.size() == m_size;
    m_size += block.size();
    m_last = last;
    if (isNext && m_window.size() < windowMutationsMax && m_windowBytes < windowBytesMax) {
        remember(std::move(block));
    }
    return {};
}

void Outbox::remember(Block block)
{
    for (Wire::SizedMutation &sized : block) {
        m_windowBytes += sized.bytes;
        m_window.push_back(std::move(sized));
    }
}

Core::Result<void> Outbox::append(std::span<const Core::MutationPtr> mutations)
{
    while (!mutations.empty()) {
        const auto some = mutations.first(std::min(mutations.size(), blockMutationsMax));
        mutations = mutations.subspan(some.size());
        Block block;
        block.reserve(some.size());
        for (const Core::MutationPtr &mutation : some) {
            block.push_back({mutation, 0});
        }
        if (auto done = insert(std::move(block)); !done) {
            return done;
        }
    }
    return {};
}

Core::Result<Outbox::Block> Outbox::blockAfter(std::uint64_t counter)
{
    auto statement = m_database.prepared("SELECT mutations FROM outbox WHERE last > ? ORDER BY last LIMIT 1");
    if (!statement) {
        return Core::failure(statement.error());
    }
    (*statement)->bind(0, static_cast<std::int64_t>(counter));
    auto row = (*statement)->step();
    if (!row) {
        return Core::failure(row.error());
    }
    Core::Result<Block> block = *row ? Wire::decodeStoredBlock((*statement)->blob(0)) : Core::Result<Block>(Block());
    (*statement)->reset();
    if (block) {
        std::erase_if(*block, [counter](const Wire::SizedMutation &sized) { return counterOf(sized) <= counter; });
    }
    return block;
}

Core::Result<void> Outbox::fill()
{
    while (m_window.size() < m_size && m_window.size() < windowMutationsMax && m_windowBytes < windowBytesMax) {
        auto block = blockAfter(m_window.empty() ? m_takenThrough : counterOf(m_window.back()));
        if (!block) {
            return Core::failure(block.error());
        }
        if (block->empty()) {
            break;
        }
        remember(std::move(*block));
    }
    return {};
}

Core::Result<std::vector<Core::Mutation>> Outbox::after(std::uint64_t counter, std::size_t countMax, std::size_t bytesMax)
{
    const auto next = [this, counter] { return std::ranges::upper_bound(m_window, counter, {}, counterOf); };
    auto from = next();
    if (from == m_window.end() && m_window.size() < m_size) {
        if (auto done = fill(); !done) {
            return Core::failure(done.error());
        }
        from = next();
    }
    std::vector<Core::Mutation> found;
    std::size_t bytes = 0;
    for (; from != m_window.end() && found.size() < countMax; ++from) {
        bytes += from->bytes;
        if (!found.empty() && bytes > bytesMax) {
            break;
        }
        found.push_back(*from->mutation);
    }
    return found;
}

Core::Result<std::vector<Core::MutationPtr>> Outbox::takeThrough(std::uint64_t counter)
{
    std::vector<Core::MutationPtr> taken;
    while (m_size > 0) {
        if (m_window.empty()) {
            if (auto done = fill(); !done) {
                return Core::failure(done.error());
            }
        }
        if (m_window.empty() || counterOf(m_window.front()) > counter) {
            break;
        }
        m_windowBytes -= m_window.front().bytes;
        m_takenThrough = counterOf(m_window.front());
        taken.push_back(std::move(m_window.front().mutation));
        m_window.pop_front();
        m_size -= 1;
    }
    if (taken.empty()) {
        return taken;
    }
    auto statement = m_database.prepared("DELETE FROM outbox WHERE last <= ?");
    if (!statement) {
        return Core::failure(statement.error());
    }
    (*statement)->bind(0, static_cast<std::int64_t>(counter));
    if (auto done = (*statement)->run(); !done) {
        return Core::failure(done.error());
    }
    return taken;
}

Core::Result<std::vector<Core::MutationPtr>> Outbox::all()
{
    std::vector<Core::MutationPtr> found;
    found.reserve(m_size);
    std::uint64_t through = m_takenThrough;
    while (found.size() < m_size) {
        auto block = blockAfter(through);
        if (!block) {
            return Core::failure(block.error());
        }
        if (block->empty()) {
            break;
        }
        through = counterOf(block->back());
        for (Wire::SizedMutation &sized : *block) {
            found.push_back(std::move(sized.mutation));
        }
    }
    return found;
}

Core::Result<void> Outbox::replaceAll(std::span<const Core::MutationPtr> mutations)
{
    if (auto done = m_database.execute("DELETE FROM outbox"); !done) {
        return done;
    }
    m_window.clear();
    m_windowBytes = 0;
    m_takenThrough = 0;
    m_size = 0;
    m_last = 0;
    return append(mutations);
}

}  // namespace Satchel::Sync
