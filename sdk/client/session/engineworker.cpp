// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "engineworker.h"

#include "client/logging.h"
#include "client/session/framesummary.h"

#include <QRandomGenerator>

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

namespace Satchel::Sync {
namespace {

constexpr qint64 spinNs = 80'000;
constexpr unsigned spinMissesMax = 8;

Core::DeviceId randomDevice()
{
    Core::DeviceId device;
    std::array<quint32, 4> words{};
    while (device.isNull()) {
        QRandomGenerator::system()->fillRange(words.data(), static_cast<qsizetype>(words.size()));
        std::copy_n(reinterpret_cast<const std::uint8_t *>(words.data()), device.bytes.size(), device.bytes.begin());
    }
    return device;
}

Core::Error notOpenError()
{
    return Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::ClosedStore, "the store is not open");
}

}  // namespace

Engine::Worker::Worker(const EngineOptions &options, Mailbox<Command> &commands, Mailbox<Report> &reports, std::function<void()> wake)
    : m_options(options)
    , m_commands(commands)
    , m_reports(reports)
    , m_wake(std::move(wake))
    , m_isPaused(options.isSyncPausedAtStart)
    , m_tokenGate(std::make_shared<TokenGate>())
{
    m_clock.start();
    m_tokenGate->worker = this;
}

Engine::Worker::~Worker() = default;

SyncEngine::Time Engine::Worker::now() const
{
    return SyncEngine::Time(m_clock.elapsed());
}

std::chrono::milliseconds Engine::Worker::wallNow() const
{
    if (m_options.wallClock) {
        return m_options.wallClock();
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
}

void Engine::Worker::report(Report report)
{
    if (m_reports.push(std::move(report))) {
        m_wake();
    }
}

void Engine::Worker::finish(Done done, Core::Result<void> outcome)
{
    if (done) {
        Finished finished;
        finished.done.push_back(std::move(done));
        finished.outcome = std::move(outcome);
        report(std::move(finished));
    }
}

void Engine::Worker::gather()
{
    m_commands.takeAll(m_gathered);
    std::ranges::move(m_gathered, std::back_inserter(m_backlog));
    m_gathered.clear();
}

void Engine::Worker::scheduleTurn()
{
    if (!std::exchange(m_isTurnPosted, true)) {
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_isTurnPosted = false;
                turn();
            },
            Qt::QueuedConnection);
    }
}

void Engine::Worker::turn()
{
    gather();
    m_hasWritten = false;
    int groups = 0;
    while (hasWork() || spin()) {
        if (++groups > groupsMax) {
            scheduleTurn();
            return;
        }
        step();
        gather();
    }
}

void Engine::Worker::finishTurns()
{
    for (gather(); hasWork(); gather()) {
        step();
    }
}

bool Engine::Worker::spin()
{
    // An app that waits for each write sends the next one a few microseconds after it has been woken. Looking out for it costs less than
    // falling asleep and being woken again; where that was in vain it is tried ever more rarely.
    if (!m_hasWritten || m_isClosed) {
        return false;
    }
    m_hasWritten = false;
    if (m_spinSkips > 0) {
        m_spinSkips -= 1;
        return false;
    }
    m_commands.stayAwake();
    const qint64 until = m_clock.nsecsElapsed() + spinNs;
    while (!m_commands.hasMessages() && m_clock.nsecsElapsed() < until) {
        std::this_thread::yield();
    }
    gather();
    m_spinMisses = hasWork() ? 0 : std::min(m_spinMisses + 1, spinMissesMax);
    m_spinSkips = m_spinMisses == 0 ? 0 : 1U << m_spinMisses;
    return hasWork();
}

bool Engine::Worker::Event::isForStore() const
{
    return kind == Kind::Frame && (std::holds_alternative<Wire::Pushed>(frame) || std::holds_alternative<Wire::Changes>(frame));
}

void Engine::Worker::step()
{
    std::vector<WriteCommand> writes;
    std::size_t mutationCount = 0;
    while (!m_backlog.empty() && std::holds_alternative<WriteCommand>(m_backlog.front()) && mutationCount < groupMutationsMax) {
        writes.push_back(std::move(std::get<WriteCommand>(m_backlog.front())));
        mutationCount += writes.back().mutations.size();
        m_backlog.pop_front();
    }
    std::vector<Event> events;
    while (!m_events.empty() && m_events.front().isForStore() && events.size() < groupFramesMax) {
        events.push_back(std::move(m_events.front()));
        m_events.pop_front();
    }
    if (!writes.empty() || !events.empty()) {
        commitGroup(std::move(writes), std::move(events));
    } else if (!m_backlog.empty()) {
        const Command command = std::move(m_backlog.front());
        m_backlog.pop_front();
        std::get<std::function<void()>>(command)();
    } else {
        const Event event = std::move(m_events.front());
        m_events.pop_front();
        input([this, &event](SyncEngine &) { give(event); });
    }
}

void Engine::Worker::commitGroup(std::vector<WriteCommand> writes, std::vector<Event> events)
{
    if (!m_store) {
        for (WriteCommand &write : writes) {
            finish(std::move(write.durable), Core::failure(m_isClosed ? closedStoreError() : notOpenError()));
        }
        return;
    }
    WriteGroup group = makeGroup(m_store->facts(), std::move(writes));
    for (Done &refused : group.refused) {
        finish(std::move(refused), Core::failure(LocalStore::gapError()));
    }
    if (group.mutations.empty() && events.empty()) {
        return;
    }
    GroupOutcome outcome = Sync::commitGroup(*m_store, group.mutations, [this, &events] {
        for (const Event &event : events) {
            give(event);
        }
    });
    m_hasWritten = !group.mutations.empty();
    qCDebug(storeLog, "one transaction for %zu writes and %zu frames", group.mutations.size(), events.size());
    if (!group.durable.empty()) {
        report(Finished{std::move(group.durable), std::move(outcome.writes), 0});
    }
    if (!outcome.group) {
        qCInfo(storeLog, "a transaction failed: %s", kindOf(outcome.group.error()).constData());
        groupFailed(outcome.group.error());
    } else if (m_hasWritten) {
        input([this](SyncEngine &engine) { engine.appended(now()); });
    } else {
        settle();
    }
}

void Engine::Worker::groupFailed(const Core::Error &error)
{
    if (!m_engine) {
        return;
    }
    // What the state machine wanted done relied on a transaction that is undone.
    for (const std::uint64_t ticket : dropUndone(*m_engine)) {
        if (auto waiter = m_syncWaiters.extract(ticket)) {
            finish(std::move(waiter.mapped()), Core::failure(error));
        }
    }
    retireTransport();
    input([this, &error](SyncEngine &engine) { engine.storeFailed(error, now()); });
    healIfDamaged(error);
}

void Engine::Worker::happen(Event event)
{
    m_events.push_back(std::move(event));
    scheduleTurn();
}

void Engine::Worker::give(const Event &event)
{
    if (!m_engine) {
        return;
    }
    switch (event.kind) {
    case Event::Kind::Opened:
        qCDebug(netLog, "connection %llu is open", static_cast<unsigned long long>(event.connection));
        m_engine->transportOpened(event.connection, now());
        break;
    case Event::Kind::Frame:
        qCDebug(syncLog, "received %s", summaryOf(event.frame).c_str());
        m_engine->transportFrame(event.connection, event.frame, now());
        break;
    case Event::Kind::Failed:
        qCInfo(netLog, "connection %llu ended: %s", static_cast<unsigned long long>(event.connection), kindOf(event.error).constData());
        m_engine->transportFailed(event.connection, event.error, now());
        break;
    }
}

void Engine::Worker::open(const CipherDb::StoreKey &key, std::shared_ptr<void> lock,
                          const std::function<void(Core::Result<OpenedStore>)> &opened)
{
    const auto answer = [this, &opened](Core::Result<OpenedStore> outcome) {
        auto shared = std::make_shared<Core::Result<OpenedStore>>(std::move(outcome));
        report(std::function<void()>([opened, shared] { opened(std::move(*shared)); }));
    };
    if (m_store || m_isClosed) {
        answer(
            Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None, "an engine opens its store once")));
        return;
    }
    m_key = key.clone();
    auto content = openStore(Suspicion::None, std::move(lock));
    const bool isOpen = content.has_value();
    answer(std::move(content));
    if (isOpen) {
        startSync();
    }
}

Core::Result<OpenedStore> Engine::Worker::openStore(Suspicion suspicion, std::shared_ptr<void> lock)
{
    LocalStore::Options options;
    options.path = m_options.storePath;
    options.user = m_options.user;
    options.freshDevice = randomDevice();
    options.wallClock = [this] { return wallNow(); };
    options.lock = std::move(lock);
    auto opened = openHealed(std::move(options), *m_key, suspicion);
    if (!opened) {
        return Core::failure(opened.error());
    }
    constexpr quint32 saltEnd = 1U << 15U;
    opened->content.clockSalt = static_cast<std::uint16_t>(QRandomGenerator::system()->bounded(saltEnd));
    m_store = std::move(opened->store);
    qCDebug(storeLog, "the store is open");
    return std::move(opened->content);
}

void Engine::Worker::healIfDamaged(const std::optional<Core::Error> &error)
{
    if (!error || error->reason != Core::ErrorReason::StoreDamaged || m_isHealing || m_isClosed || m_healings >= healingsMax) {
        return;
    }
    m_isHealing = true;
    m_healings += 1;
    qCInfo(storeLog, "the store is damaged and is healed");
    report(HealingBegan{});
}

void Engine::Worker::heal()
{
    m_isHealing = false;
    if (m_isClosed) {
        return;
    }
    auto waiters = std::exchange(m_syncWaiters, {});
    closeStore();
    auto content = openStore(Suspicion::DamageMet, {});
    if (!content) {
        EngineStatus status;
        status.blockedReason = content.error();
        report(std::move(status));
        for (auto &[ticket, done] : waiters) {
            finish(std::move(done), Core::failure(content.error()));
        }
        report(HealingEnded{std::move(content)});
        return;
    }
    report(HealingEnded{std::move(content)});
    startSync();
    for (auto &[ticket, done] : waiters) {
        whenSynced(done);
    }
}

void Engine::Worker::discardQuarantined(const Core::Dot &dot, const Done &done)
{
    finish(done, m_store ? m_store->discardQuarantined(dot) : Core::Result<void>(Core::failure(notOpenError())));
    settle();
}

void Engine::Worker::changeIdentity()
{
    IdentityChangeEnded ended;
    Core::Result<void> outcome;
    auto change =
        m_store ? m_store->adoptNewDevice(randomDevice(), &ended.redot) : Core::Result<StoreChange>(Core::failure(notOpenError()));
    if (change) {
        ended.change = std::move(*change);
    } else {
        outcome = Core::failure(change.error());
    }
    report(std::move(ended));
    input([this, &outcome](SyncEngine &engine) { engine.identityAdopted(outcome, now()); });
}

void Engine::Worker::closeStore()
{
    if (m_engine) {
        m_engine->shutDown();
    }
    m_engine.reset();
    m_timer.reset();
    m_timerDeadline.reset();
    retireTransport();
    m_store.reset();
}

void Engine::Worker::shutDown()
{
    m_isClosed = true;
    if (m_store) {
        m_store->giveBackSpace();
    }
    {
        const std::lock_guard lock(m_tokenGate->mutex);
        m_tokenGate->worker = nullptr;
    }
    closeStore();
    for (auto &[ticket, done] : std::exchange(m_syncWaiters, {})) {
        finish(std::move(done), Core::failure(closedStoreError()));
    }
}

}  // namespace Satchel::Sync
