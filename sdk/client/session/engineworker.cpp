// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "engineworker.h"

#include <QRandomGenerator>

#include <algorithm>
#include <iterator>
#include <utility>

namespace Satchel::Sync {
namespace {

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

void Engine::Worker::drain()
{
    std::ranges::move(m_commands.takeAll(), std::back_inserter(m_backlog));
    while (!m_backlog.empty()) {
        Command command = std::move(m_backlog.front());
        m_backlog.pop_front();
        if (auto *write = std::get_if<WriteCommand>(&command)) {
            m_group.push_back(std::move(write->mutation));
            m_groupDone.push_back(std::move(write->durable));
            if (m_group.size() < groupMutationsMax) {
                continue;
            }
            commitWrites();
            if (!m_backlog.empty() && !m_isClosed) {
                QMetaObject::invokeMethod(this, [this] { drain(); }, Qt::QueuedConnection);
                return;
            }
            continue;
        }
        commitWrites();
        std::get<std::function<void()>>(command)();
    }
    commitWrites();
}

void Engine::Worker::commitWrites()
{
    if (m_group.empty()) {
        return;
    }
    const std::vector<Core::Mutation> group = std::exchange(m_group, {});
    Finished finished;
    finished.done = std::exchange(m_groupDone, {});
    std::erase(finished.done, nullptr);
    finished.outcome = m_store ? m_store->appendOutbox(group) : Core::Result<void>(Core::failure(m_isClosed ? closedStoreError() : notOpenError()));
    const bool wasWritten = finished.outcome.has_value();
    report(std::move(finished));
    if (wasWritten) {
        input([this](SyncEngine &engine) { engine.appended(now()); });
    }
}

void Engine::Worker::open(const CipherDb::StoreKey &key, const std::function<void(Core::Result<OpenedStore>)> &opened)
{
    const auto answer = [this, &opened](Core::Result<OpenedStore> outcome) {
        auto shared = std::make_shared<Core::Result<OpenedStore>>(std::move(outcome));
        report(std::function<void()>([opened, shared] { opened(std::move(*shared)); }));
    };
    if (m_store || m_isClosed) {
        answer(Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None, "an engine opens its store once")));
        return;
    }
    LocalStore::Options options;
    options.path = m_options.storePath;
    options.user = m_options.user;
    options.freshDevice = randomDevice();
    options.wallClock = [this] { return wallNow(); };
    auto store = LocalStore::open(std::move(options), key);
    if (!store) {
        answer(Core::failure(store.error()));
        return;
    }
    auto content = (*store)->loadAll();
    if (!content) {
        answer(Core::failure(content.error()));
        return;
    }
    m_store = std::move(*store);
    answer(std::move(*content));
    startSync();
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
    auto change = m_store ? m_store->adoptNewDevice(randomDevice(), &ended.redot) : Core::Result<StoreChange>(Core::failure(notOpenError()));
    if (change) {
        ended.change = std::move(*change);
    } else {
        outcome = Core::failure(change.error());
    }
    report(std::move(ended));
    input([this, &outcome](SyncEngine &engine) { engine.identityAdopted(outcome, now()); });
}

void Engine::Worker::shutDown()
{
    m_isClosed = true;
    {
        const std::lock_guard lock(m_tokenGate->mutex);
        m_tokenGate->worker = nullptr;
    }
    m_engine.reset();
    m_timer.reset();
    retireTransport();
    m_store.reset();
    for (auto &[ticket, done] : std::exchange(m_syncWaiters, {})) {
        finish(std::move(done), Core::failure(closedStoreError()));
    }
}

}  // namespace Satchel::Sync
