// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "outbox.h"

#include "wire/codec.h"

#include <algorithm>
#include <utility>

namespace Satchel::Sync {
namespace {

Core::Result<Core::Mutation> decodeRow(CipherDb::Statement &row)
{
    return Wire::decodeStoredMutation(row.blob(1));
}

}  // namespace

Core::Result<void> Outbox::load()
{
    m_window.clear();
    m_windowBytes = 0;
    m_takenThrough = 0;
    auto statement = m_database.prepared("SELECT count(*), coalesce(max(counter), 0) FROM outbox");
    if (!statement) {
        return Core::failure(statement.error());
    }
    if (auto row = (*statement)->step(); !row) {
        return Core::failure(row.error());
    }
    m_size = static_cast<std::uint64_t>((*statement)->int64(0));
    m_last = static_cast<std::uint64_t>((*statement)->int64(1));
    (*statement)->reset();
    return {};
}

Core::Result<void> Outbox::forget()
{
    return load();
}

Core::Result<void> Outbox::insert(const Core::Mutation &mutation)
{
    auto statement = m_database.prepared("INSERT INTO outbox(counter, mutation) VALUES(?, ?)");
    if (!statement) {
        return Core::failure(statement.error());
    }
    const std::string bytes = Wire::encode(mutation);
    (*statement)->bind(0, static_cast<std::int64_t>(mutation.dot.counter)).bindBlob(1, bytes);
    if (auto done = (*statement)->run(); !done) {
        return done;
    }
    // The window holds the table's first rows without a hole, so a row joins it only while every row before it is there.
    if (m_window.size() == m_size && m_window.size() < windowMutationsMax && m_windowBytes < windowBytesMax) {
        remember(Entry{mutation, bytes.size()});
    }
    m_size += 1;
    m_last = mutation.dot.counter;
    return {};
}

void Outbox::remember(Entry entry)
{
    m_windowBytes += entry.bytes;
    m_window.push_back(std::move(entry));
}

Core::Result<void> Outbox::append(std::span<const Core::Mutation> mutations)
{
    for (const Core::Mutation &mutation : mutations) {
        if (auto done = insert(mutation); !done) {
            return done;
        }
    }
    return {};
}

Core::Result<void> Outbox::fill()
{
    if (m_window.size() == m_size || m_window.size() >= windowMutationsMax || m_windowBytes >= windowBytesMax) {
        return {};
    }
    auto statement = m_database.prepared("SELECT counter, mutation FROM outbox WHERE counter > ? ORDER BY counter LIMIT ?");
    if (!statement) {
        return Core::failure(statement.error());
    }
    const std::uint64_t from = m_window.empty() ? m_takenThrough : m_window.back().mutation.dot.counter;
    (*statement)->bind(0, static_cast<std::int64_t>(from)).bind(1, static_cast<std::int64_t>(windowMutationsMax - m_window.size()));
    while (m_windowBytes < windowBytesMax) {
        auto row = (*statement)->step();
        if (!row) {
            return Core::failure(row.error());
        }
        if (!*row) {
            break;
        }
        const std::size_t bytes = (*statement)->blob(1).size();
        auto mutation = decodeRow(**statement);
        if (!mutation) {
            (*statement)->reset();
            return Core::failure(mutation.error());
        }
        remember(Entry{std::move(*mutation), bytes});
    }
    (*statement)->reset();
    return {};
}

Core::Result<std::vector<Core::Mutation>> Outbox::after(std::uint64_t counter, std::size_t countMax, std::size_t bytesMax)
{
    const auto next = [this, counter] {
        return std::ranges::upper_bound(m_window, counter, {}, [](const Entry &entry) { return entry.mutation.dot.counter; });
    };
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
        found.push_back(from->mutation);
    }
    return found;
}

Core::Result<std::vector<Core::Mutation>> Outbox::takeThrough(std::uint64_t counter)
{
    std::vector<Core::Mutation> taken;
    while (m_size > 0) {
        if (m_window.empty()) {
            if (auto done = fill(); !done) {
                return Core::failure(done.error());
            }
        }
        if (m_window.empty() || m_window.front().mutation.dot.counter > counter) {
            break;
        }
        m_windowBytes -= m_window.front().bytes;
        taken.push_back(std::move(m_window.front().mutation));
        m_takenThrough = taken.back().dot.counter;
        m_window.pop_front();
        m_size -= 1;
    }
    if (taken.empty()) {
        return taken;
    }
    auto statement = m_database.prepared("DELETE FROM outbox WHERE counter <= ?");
    if (!statement) {
        return Core::failure(statement.error());
    }
    (*statement)->bind(0, static_cast<std::int64_t>(counter));
    if (auto done = (*statement)->run(); !done) {
        return Core::failure(done.error());
    }
    return taken;
}

Core::Result<std::vector<Core::Mutation>> Outbox::all()
{
    auto statement = m_database.prepared("SELECT counter, mutation FROM outbox ORDER BY counter");
    if (!statement) {
        return Core::failure(statement.error());
    }
    std::vector<Core::Mutation> found;
    found.reserve(m_size);
    while (true) {
        auto row = (*statement)->step();
        if (!row) {
            return Core::failure(row.error());
        }
        if (!*row) {
            break;
        }
        auto mutation = decodeRow(**statement);
        if (!mutation) {
            (*statement)->reset();
            return Core::failure(mutation.error());
        }
        found.push_back(std::move(*mutation));
    }
    (*statement)->reset();
    return found;
}

Core::Result<void> Outbox::replaceAll(std::span<const Core::Mutation> mutations)
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
