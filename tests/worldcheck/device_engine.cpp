// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// The engine's thread of a device: what comes from the network, groups that share a transaction, what the state machine asks for.
#include "device.h"

#include <algorithm>
#include <utility>

namespace Satchel::WorldCheck {

namespace {

constexpr std::size_t groupWritesMax = 8;
constexpr std::size_t groupFramesMax = 4;

}  // namespace

void Device::opened(std::uint64_t attempt)
{
    m_events.push_back({attempt, Event::Kind::Opened, {}, {}});
}

void Device::received(std::uint64_t attempt, Wire::ServerFrame frame)
{
    m_events.push_back({attempt, Event::Kind::Frame, std::move(frame), {}});
}

void Device::failed(std::uint64_t attempt, Core::Error error)
{
    m_events.push_back({attempt, Event::Kind::Failed, {}, std::move(error)});
}

bool Device::Event::isForStore() const
{
    return kind == Kind::Frame && (std::holds_alternative<Wire::Pushed>(frame) || std::holds_alternative<Wire::Changes>(frame));
}

void Device::collect(std::vector<Work> &ready) const
{
    if (!m_engine) {
        return;
    }
    if (!m_commands.empty() || !m_events.empty()) {
        ready.push_back(Work::Turn);
    }
    if (!m_reports.empty()) {
        ready.push_back(Work::Deliver);
    }
    if (const auto due = m_engine->deadline(); due && *due <= m_around.now) {
        ready.push_back(Work::Timer);
    }
    if (m_tokenAt && *m_tokenAt <= m_around.now) {
        ready.push_back(Work::Token);
    }
}

std::optional<Time> Device::nextTime() const
{
    if (!m_engine) {
        return std::nullopt;
    }
    std::optional<Time> next = m_engine->deadline();
    if (m_tokenAt && (!next || *m_tokenAt < *next)) {
        next = m_tokenAt;
    }
    return next;
}

void Device::run(Work work, Rng &rng)
{
    m_around.trace.add(m_around.now, "work", {m_number, static_cast<std::int64_t>(work)});
    switch (work) {
    case Work::Turn:
        turn(rng);
        break;
    case Work::Deliver:
        deliverReports();
        break;
    case Work::Timer:
        m_engine->tick(m_around.now);
        settle();
        break;
    case Work::Token:
        m_tokenAt.reset();
        m_engine->tokenAnswered(isOnline ? Core::Result<std::string>(m_around.issueToken(m_user))
                                         : Core::failure(Core::unavailable(Core::ErrorReason::NetworkUnreachable, "offline")),
                                m_around.now);
        settle();
        break;
    }
}

void Device::turn(Rng &rng)
{
    std::vector<Sync::WriteCommand> writes;
    const std::size_t writesMax = 1 + rng.below(groupWritesMax);
    while (!m_commands.empty() && std::holds_alternative<Sync::WriteCommand>(m_commands.front()) && writes.size() < writesMax) {
        writes.push_back(std::move(std::get<Sync::WriteCommand>(m_commands.front())));
        m_commands.pop_front();
    }
    std::vector<Event> events;
    const std::size_t framesMax = 1 + rng.below(groupFramesMax);
    while (!m_events.empty() && m_events.front().isForStore() && events.size() < framesMax) {
        events.push_back(std::move(m_events.front()));
        m_events.pop_front();
    }
    if (!writes.empty() || !events.empty()) {
        commitGroup(std::move(writes), std::move(events));
    } else if (!m_commands.empty()) {
        const auto command = std::move(std::get<std::function<void()>>(m_commands.front()));
        m_commands.pop_front();
        command();
    } else if (!m_events.empty()) {
        const Event event = std::move(m_events.front());
        m_events.pop_front();
        give(event);
        settle();
    }
}

void Device::commitGroup(std::vector<Sync::WriteCommand> writes, std::vector<Event> events)
{
    Sync::WriteGroup group = Sync::makeGroup(m_store->facts(), std::move(writes));
    if (!group.refused.empty()) {
        m_reports.emplace_back(Finished{std::move(group.refused), Core::failure(Sync::LocalStore::gapError())});
    }
    if (group.mutations.empty() && events.empty()) {
        return;
    }
    Sync::GroupOutcome outcome = Sync::commitGroup(*m_store, group.mutations, [this, &events] {
        for (const Event &event : events) {
            give(event);
        }
    });
    const bool hasWritten = !group.mutations.empty();
    if (!group.durable.empty()) {
        m_reports.emplace_back(Finished{std::move(group.durable), std::move(outcome.writes)});
    }
    if (!outcome.group) {
        for (const std::uint64_t ticket : Sync::dropUndone(*m_engine)) {
            if (auto waiter = m_syncWaiters.extract(ticket)) {
                m_reports.emplace_back(Finished{{std::move(waiter.mapped())}, outcome.group});
            }
        }
        m_around.network.cut(*this);
        m_engine->storeFailed(outcome.group.error(), m_around.now);
    } else if (hasWritten) {
        m_engine->appended(m_around.now);
    }
    settle();
}

void Device::give(const Event &event)
{
    if (const auto *pushed = std::get_if<Wire::Pushed>(&event.frame); pushed != nullptr && event.kind == Event::Kind::Frame) {
        for (const Wire::Settled &settled : pushed->settled) {
            if (settled.wasDuplicate) {
                m_duplicates.insert(Core::Dot{m_store->facts().device, settled.counter});
            }
        }
    }
    switch (event.kind) {
    case Event::Kind::Opened:
        m_engine->transportOpened(event.attempt, m_around.now);
        break;
    case Event::Kind::Frame:
        m_engine->transportFrame(event.attempt, event.frame, m_around.now);
        break;
    case Event::Kind::Failed:
        m_engine->transportFailed(event.attempt, event.error, m_around.now);
        break;
    }
}

void Device::settle()
{
    for (auto actions = m_engine->takeActions(); !actions.empty(); actions = m_engine->takeActions()) {
        for (Sync::SyncEngine::Action &action : actions) {
            if (!m_disk.isOff()) {
                perform(action);
            }
        }
    }
    if (Sync::EngineStatus status = m_engine->status(); status != m_lastStatus) {
        m_lastStatus = status;
        m_reports.emplace_back(std::move(status));
    }
}

void Device::perform(Sync::SyncEngine::Action &action)
{
    if (std::holds_alternative<Sync::SyncEngine::RequestToken>(action)) {
        m_tokenAt = m_around.now + Time(m_rng.between(1, 200));
    } else if (auto *connect = std::get_if<Sync::SyncEngine::Connect>(&action)) {
        m_connects += 1;
        m_around.network.connect(*this, connect->connection, std::move(connect->token), isOnline);
    } else if (auto *send = std::get_if<Sync::SyncEngine::Send>(&action)) {
        m_around.network.sendUp(*this, send->connection, send->frame);
    } else if (auto *close = std::get_if<Sync::SyncEngine::Close>(&action)) {
        m_around.network.closeByClient(*this, close->connection);
    } else if (auto *publish = std::get_if<Sync::SyncEngine::Publish>(&action)) {
        m_reports.emplace_back(std::move(publish->change));
    } else if (std::holds_alternative<Sync::SyncEngine::AdoptIdentity>(action)) {
        require(mayAdopt, "I4", "a store that nobody copied takes a new identity");
        m_reports.emplace_back(IdentityBegan{});
    } else if (auto *reached = std::get_if<Sync::SyncEngine::SyncReached>(&action)) {
        if (auto waiter = m_syncWaiters.extract(reached->ticket)) {
            m_reports.emplace_back(Finished{{std::move(waiter.mapped())}, {}});
        }
    }
}

void Device::changeIdentity()
{
    IdentityEnded ended;
    Core::Result<void> outcome;
    auto change = m_store->adoptNewDevice(randomDevice(), &ended.redot);
    if (change) {
        ended.change = std::move(*change);
    } else {
        outcome = Core::failure(change.error());
    }
    m_around.trace.add(m_around.now, "identity", {m_number, outcome ? 1 : 0});
    m_reports.emplace_back(std::move(ended));
    m_engine->identityAdopted(outcome, m_around.now);
    settle();
}

}  // namespace Satchel::WorldCheck
