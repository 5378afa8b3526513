// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "syncengine.h"

#include <algorithm>
#include <utility>

namespace Satchel::Sync {
namespace {

using namespace std::chrono_literals;
constexpr auto tokenTimeout = 60s;
constexpr auto connectTimeout = 30s;

}  // namespace

SyncEngine::SyncEngine(Options options, SyncStore &store)
    : m_options(std::move(options))
    , m_store(store)
    , m_backoff(m_options.random)
    , m_selector(m_options.carriers)
    , m_isPaused(m_options.isPaused)
    , m_storeLoss(m_options.storeLoss)
    , m_lastSynced(store.facts().lastSynced)
{
}

void SyncEngine::start(Time now)
{
    m_now = now;
    begin();
}

void SyncEngine::begin()
{
    if (!m_options.hasServer || m_isPaused) {
        enter(Phase::Idle);
        return;
    }
    if (m_storeLoss) {
        block(*m_storeLoss);
        return;
    }
    if (!m_token.empty()) {
        connect();
        return;
    }
    enter(Phase::AwaitingToken, tokenTimeout);
    askForToken();
}

void SyncEngine::connect()
{
    m_connection += 1;
    m_carrier = m_selector.choose(m_now);
    enter(Phase::Connecting, connectTimeout);
    act(Connect{m_connection, m_carrier, m_token});
}

void SyncEngine::enter(Phase phase, std::optional<Time> after)
{
    m_phase = phase;
    m_phaseDeadline.reset();
    if (after) {
        m_phaseDeadline = m_now + *after;
    }
}

void SyncEngine::send(Wire::ClientFrame frame)
{
    act(Send{m_connection, std::move(frame)});
}

void SyncEngine::appended(Time now)
{
    m_now = now;
    pump();
}

void SyncEngine::setPaused(bool isPaused, Time now)
{
    m_now = now;
    if (m_isPaused == isPaused) {
        return;
    }
    m_isPaused = isPaused;
    if (isPaused) {
        drop();
        // A store that is being given a new identity finishes that first.
        if (m_phase != Phase::Adopting) {
            enter(Phase::Idle);
        }
        m_blockedReason.reset();
    } else if (m_phase == Phase::Idle) {
        m_backoff.reset();
        begin();
    }
}

void SyncEngine::probe(Time now)
{
    m_now = now;
    m_backoff.reset();
    m_selector.probe();
    m_sessionErrors = 0;
    m_adoptions = 0;
    m_isProbedMeanwhile = m_isTokenAsked;
    if (m_phase == Phase::Waiting || m_phase == Phase::Blocked) {
        m_isTokenFresh = false;
        begin();
    } else if (m_phase == Phase::Open && m_carrier == Carrier::Polling && m_options.carriers == CarrierChoice::Automatic) {
        drop();
        begin();
    } else if (m_phase == Phase::Open) {
        act(Ping{m_connection});
    }
}

void SyncEngine::setReachable(bool isReachable, Time now)
{
    m_now = now;
    if (std::exchange(m_isReachable, isReachable) == isReachable) {
        return;
    }
    if (isReachable) {
        probe(now);
    } else if (m_phase == Phase::Waiting) {
        enter(Phase::Waiting, unreachableRetry);
    }
}

void SyncEngine::transportOpened(std::uint64_t connection, Time now)
{
    m_now = now;
    if (connection != m_connection || m_phase != Phase::Connecting) {
        return;
    }
    const SyncStore::Facts facts = m_store.facts();
    Wire::Hello hello;
    hello.device = m_options.device;
    hello.device.id = facts.device;
    hello.cursor = facts.cursor;
    hello.lease = facts.lease;
    hello.policyVersion = facts.policyVersion;
    hello.lastCounter = facts.lastCounter;
    hello.settledCounter = facts.settledThrough;
    hello.isInSnapshot = facts.isInSnapshot;
    hello.owner = m_options.user;
    hello.isRecovering = facts.isEpochSnapshot || facts.hasRecoveries;
    enter(Phase::Greeting, connectTimeout);
    send(std::move(hello));
}

void SyncEngine::identityAdopted(Core::Result<void> outcome, Time now)
{
    m_now = now;
    if (m_phase != Phase::Adopting) {
        return;
    }
    const SyncStore::Facts facts = m_store.facts();
    for (Waiter &waiter : m_waiters) {
        waiter.counter = facts.lastCounter;
    }
    if (!outcome) {
        failStore(std::move(outcome.error()));
        return;
    }
    begin();
}

void SyncEngine::tick(Time now)
{
    m_now = now;
    if (m_readOnlyUntil && now >= *m_readOnlyUntil) {
        m_readOnlyUntil.reset();
        m_blockedReason.reset();
        pump();
    }
    if (m_progressDeadline && now >= *m_progressDeadline && m_phase == Phase::Open) {
        m_selector.stalled(now);
        fail(Core::unavailable(Core::ErrorReason::NetworkTimeout, "the server has not answered for a minute"));
        return;
    }
    if (m_phase == Phase::Open && m_carrier == Carrier::WebSocket && m_liveSince && now - *m_liveSince >= Backoff::capMax) {
        m_selector.proven();
    }
    const auto webSocketAt = m_selector.retryAt();
    if (m_phase == Phase::Open && m_carrier == Carrier::Polling && webSocketAt && now >= *webSocketAt) {
        drop();
        begin();
        return;
    }
    if (m_reauthAt && now >= *m_reauthAt) {
        m_reauthAt.reset();
        askForToken();
    }
    if (!m_phaseDeadline || now < *m_phaseDeadline) {
        return;
    }
    m_phaseDeadline.reset();
    switch (m_phase) {
    case Phase::Waiting:
    case Phase::Blocked:
        begin();
        break;
    case Phase::AwaitingToken:
        // A refusal of the token before says more than that another takes its time.
        wait(m_blockedReason && m_blockedReason->code == Core::ErrorCode::Unauthenticated
                 ? *m_blockedReason
                 : Core::unavailable(Core::ErrorReason::NetworkTimeout, "the token provider has not answered in time"));
        break;
    case Phase::Connecting:
    case Phase::Greeting:
        if (m_carrier == Carrier::WebSocket) {
            m_selector.upgradeFailed(now);
        }
        fail(Core::unavailable(Core::ErrorReason::NetworkTimeout, "the server has not answered in time"));
        break;
    case Phase::Idle:
    case Phase::Open:
    case Phase::Adopting:
        break;
    }
}

std::optional<SyncEngine::Time> SyncEngine::deadline() const
{
    std::optional<Time> earliest;
    const auto consider = [&earliest](std::optional<Time> time) {
        if (time && (!earliest || *time < *earliest)) {
            earliest = time;
        }
    };
    consider(m_phaseDeadline);
    consider(m_readOnlyUntil);
    if (m_phase == Phase::Open) {
        consider(m_progressDeadline);
        consider(m_reauthAt);
        if (m_carrier == Carrier::Polling) {
            consider(m_selector.retryAt());
        }
    }
    return earliest;
}

EngineStatus SyncEngine::status() const
{
    const SyncStore::Facts facts = m_store.facts();
    EngineStatus status;
    status.blockedReason = m_blockedReason;
    status.pendingCount = facts.pendingCount;
    status.quarantineCount = facts.quarantineCount;
    status.lastSynced = m_lastSynced;
    status.isTestServer = m_isTestServer;
    switch (m_phase) {
    case Phase::Idle:
        break;
    case Phase::Waiting:
        status.state = m_sessionErrors >= sessionErrorsMax ? State::Degraded : State::Offline;
        break;
    case Phase::AwaitingToken:
    case Phase::Connecting:
    case Phase::Greeting:
    case Phase::Adopting:
        status.state = State::Connecting;
        break;
    case Phase::Blocked:
        status.state = State::Degraded;
        break;
    case Phase::Open:
        status.carrier = m_carrier;
        status.state = m_readOnlyUntil ? State::Degraded : m_isLive ? State::Live : State::CatchingUp;
        break;
    }
    return status;
}

}  // namespace Satchel::Sync
