// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "syncengine.h"

#include <algorithm>
#include <utility>

namespace Satchel::Sync {
namespace {

using namespace std::chrono_literals;
constexpr auto progressTimeout = 60s;
constexpr auto readOnlyRetry = 30s;

}  // namespace

void SyncEngine::transportFrame(std::uint64_t connection, const Wire::ServerFrame &frame, Time now)
{
    m_now = now;
    if (connection != m_connection || (m_phase != Phase::Greeting && m_phase != Phase::Open)) {
        return;
    }
    const bool isEnd = std::holds_alternative<Wire::SessionError>(frame) || std::holds_alternative<Wire::Notice>(frame);
    if (m_phase == Phase::Greeting && !isEnd && !std::holds_alternative<Wire::Welcome>(frame)) {
        failProtocol("the server's first frame is no Welcome");
        return;
    }
    std::visit([this](auto &kind) { handle(kind); }, frame);
}

bool SyncEngine::publish(Core::Result<StoreChange> change)
{
    if (!change) {
        failStore(std::move(change.error()));
        return false;
    }
    act(Publish{std::move(*change)});
    return true;
}

void SyncEngine::handle(const Wire::Welcome &welcome)
{
    if (m_phase != Phase::Greeting) {
        return;  // A doubled frame: the first one has been taken.
    }
    if (welcome.version != Wire::protocolVersion) {
        block(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::ProtocolVersion,
                              "the server speaks a protocol version that this device does not", Core::Retry::AfterChange));
        return;
    }
    if (welcome.isTestServer && !m_options.isTestServerAllowed) {
        block(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::PolicyDenied,
                              "this is a test server, and the app did not allow one", Core::Retry::AfterChange));
        return;
    }
    const SyncStore::Facts before = m_store.facts();
    // Durable before anything is pushed: the lease tells a copy of this store from the store itself.
    if (!publish(m_store.storeWelcome(welcome))) {
        return;
    }
    m_isTokenFresh = false;
    m_serverClockAhead = welcome.serverTime - m_now;
    planReauth(welcome.tokenExpiresAt);
    m_isTestServer = welcome.isTestServer;
    const SyncStore::Facts facts = m_store.facts();
    if (welcome.resume == Wire::Resume::Incremental && isToReadAgain(before)) {
        greetAgain();
        return;
    }
    if (welcome.acceptedThrough < facts.settledThrough || welcome.acceptedThrough > facts.lastCounter) {
        adopt(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::DeviceCloned,
                              "the server's count of this device's mutations and the store's own do not fit", Core::Retry::Later));
        return;
    }
    m_blockedReason.reset();
    m_head = welcome.head;
    m_isLive = false;
    m_hasReadEnd = (welcome.resume == Wire::Resume::Snapshot ? 0 : facts.cursor.seq) >= welcome.head;
    m_liveSince.reset();
    m_inFlight.clear();
    m_recovering.clear();
    // From the first unsettled one, not from acceptedThrough: what became of it is told only in answer to a push.
    m_pushedThrough = facts.settledThrough;
    enter(Phase::Open);
    m_progressDeadline = m_now + progressTimeout;
    pump();
}

/// Whether the store wants to read the log once more, by rules that have come since `before`.
bool SyncEngine::isToReadAgain(const SyncStore::Facts &before) const
{
    const SyncStore::Facts now = m_store.facts();
    return now.cursor.seq < before.cursor.seq || (now.isInSnapshot && !before.isInSnapshot);
}

/// The server sends from where the Hello said, and in the way it said.
void SyncEngine::greetAgain()
{
    drop();
    begin();
}

void SyncEngine::pump()
{
    if (m_phase != Phase::Open) {
        return;
    }
    recover();
    push();
    if (m_phase == Phase::Open) {
        afterProgress();
    }
}

void SyncEngine::push()
{
    const SyncStore::Facts facts = m_store.facts();
    // Contexts may name dots that a restored server learns only by Recover.
    const bool mustRecover = facts.isEpochSnapshot || (facts.hasRecoveries && !m_isRecoverRefused);
    while (!mustRecover && !m_readOnlyUntil && m_pushedThrough < facts.lastCounter && m_inFlight.size() < Wire::pushesInFlightMax) {
        auto mutations = m_store.pendingAfter(m_pushedThrough, Wire::pushMutationsMax, pushBytesMax);
        if (!mutations) {
            failStore(std::move(mutations.error()));
            return;
        }
        if (mutations->empty()) {
            return;
        }
        const PushInFlight flight{m_nextPushId++, mutations->front().dot.counter, mutations->back().dot.counter};
        if (m_inFlight.empty()) {
            m_progressDeadline = m_now + progressTimeout;
        }
        m_inFlight.push_back(flight);
        m_pushedThrough = flight.last;
        send(Wire::Push{flight.id, std::move(*mutations)});
    }
}

void SyncEngine::recover()
{
    const SyncStore::Facts facts = m_store.facts();
    if (!facts.hasRecoveries || facts.isInSnapshot || m_isRecoverRefused || !m_recovering.empty()) {
        return;
    }
    auto documents = m_store.toRecover(recoverDocumentsMax, pushBytesMax);
    if (!documents) {
        failStore(std::move(documents.error()));
        return;
    }
    if (documents->empty()) {
        return;
    }
    m_recovering = std::move(*documents);
    m_recoverId += 1;
    m_progressDeadline = m_now + progressTimeout;
    send(Wire::Recover{m_recoverId, m_recovering, false});
}

void SyncEngine::handle(const Wire::Recovered &recovered)
{
    if (recovered.recoverId != m_recoverId || m_recovering.empty()) {
        return;
    }
    if (auto done = m_store.markRecovered(std::exchange(m_recovering, {})); !done) {
        failStore(std::move(done.error()));
        return;
    }
    m_sessionErrors = 0;
    pump();
}

void SyncEngine::handle(const Wire::Pushed &pushed)
{
    if (m_inFlight.empty() || pushed.pushId < m_inFlight.front().id) {
        return;  // A doubled answer.
    }
    const PushInFlight flight = m_inFlight.front();
    if (pushed.pushId != flight.id) {
        failProtocol("answers to pushes came out of order");
        return;
    }
    const std::uint64_t through = std::min(pushed.acceptedThrough, flight.last);
    if (through >= flight.first) {
        if (!publish(m_store.settle(pushed, through))) {
            return;
        }
        m_sessionErrors = 0;
    }
    if (through < flight.last) {
        failProtocol("the server answered a push without processing all of it");
        return;
    }
    m_inFlight.pop_front();
    m_progressDeadline = m_now + progressTimeout;
    pump();
}

void SyncEngine::handle(const Wire::Changes &changes)
{
    const Wire::Cursor cursor = m_store.facts().cursor;
    if (changes.to < changes.from) {
        failProtocol("a piece of the log runs backwards");
        return;
    }
    if (changes.to <= cursor.seq && changes.from < changes.to) {
        return;  // A doubled frame.
    }
    if (changes.from != cursor.seq) {
        failProtocol("a piece of the log does not begin at the cursor");
        return;
    }
    if (!publish(m_store.take(changes))) {
        return;
    }
    m_hasReadEnd = m_hasReadEnd || !changes.hasMore;
    m_sessionErrors = 0;
    m_progressDeadline = m_now + progressTimeout;
    send(Wire::Ack{m_store.facts().cursor});
    pump();
}

void SyncEngine::afterProgress()
{
    const SyncStore::Facts facts = m_store.facts();
    if (!m_isLive && !facts.isInSnapshot && m_hasReadEnd && facts.cursor.seq >= m_head) {
        m_isLive = true;
        m_liveSince = m_now;
        m_adoptions = 0;
    }
    if (m_isLive && m_inFlight.empty() && m_recovering.empty()) {
        m_progressDeadline.reset();
    }
    if (m_isLive && facts.pendingCount == 0 && m_options.wallClock) {
        m_lastSynced = m_options.wallClock();
        // A clock that was set back counts as well.
        if (std::chrono::abs(m_lastSynced - facts.lastSynced) >= lastSyncedGrain) {
            // It informs only, so a full disk is no matter; after an error of the disk, though, the store keeps nothing any more.
            if (auto kept = keepLastSynced(); !kept && kept.error().reason == Core::ErrorReason::StorageIo) {
                failStore(std::move(kept.error()));
                return;
            }
        }
    }
    checkWaiters();
}

Core::Result<void> SyncEngine::keepLastSynced()
{
    return m_lastSynced == m_store.facts().lastSynced ? Core::Result<void>() : m_store.keepLastSynced(m_lastSynced);
}

std::uint64_t SyncEngine::requestSync(Time now)
{
    m_now = now;
    m_lastTicket += 1;
    // A session whose Hello is still to be sent will name a head that is newer than this request. After that, the Welcome may be on its way
    // already, and older.
    const bool isGreeted = m_phase == Phase::Greeting || m_phase == Phase::Open;
    m_waiters.push_back({m_lastTicket, m_store.facts().lastCounter, isGreeted ? m_connection + 1 : m_connection, 0, 0});
    checkWaiters();
    return m_lastTicket;
}

void SyncEngine::checkWaiters()
{
    if (m_phase != Phase::Open || !m_isLive) {
        return;
    }
    const SyncStore::Facts facts = m_store.facts();
    while (!m_waiters.empty() && m_waiters.front().counter <= facts.settledThrough && m_connection >= m_waiters.front().sessionMin) {
        act(SyncReached{m_waiters.front().ticket});
        m_waiters.pop_front();
    }
    std::size_t probing = static_cast<std::size_t>(
        std::count_if(m_waiters.begin(), m_waiters.end(), [this](const Waiter &waiter) { return waiter.probedSession == m_connection; }));
    for (Waiter &waiter : m_waiters) {
        const bool isDue = waiter.counter <= facts.settledThrough && waiter.probedSession != m_connection;
        if (isDue && probing < Wire::probesInFlightMax) {
            waiter.probedSession = m_connection;
            waiter.probe = ++m_lastProbe;
            ++probing;
            send(Wire::Probe{waiter.probe});
        }
    }
}

void SyncEngine::handle(const Wire::Probed &probed)
{
    for (Waiter &waiter : m_waiters) {
        if (waiter.probedSession == m_connection && waiter.probe <= probed.probeId) {
            waiter.sessionMin = m_connection;
        }
    }
    checkWaiters();
}

void SyncEngine::handle(const Wire::Notice &notice)
{
    switch (notice.kind) {
    case Wire::NoticeKind::Revoked:
        block(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::DeviceRevoked, "the device may not sync any more"));
        break;
    case Wire::NoticeKind::Wipe:
        block(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::UserGone, "the device must destroy its key"));
        break;
    case Wire::NoticeKind::ShuttingDown:
        fail(Core::unavailable(Core::ErrorReason::ShuttingDown, "the server is going down", notice.retryAfter));
        break;
    case Wire::NoticeKind::Busy:
        fail(Core::unavailable(Core::ErrorReason::Overloaded, "the server is busy", notice.retryAfter));
        break;
    case Wire::NoticeKind::Superseded:
        fail(Core::unavailable(Core::ErrorReason::None, "a newer session of this device took over"));
        break;
    case Wire::NoticeKind::ReadOnly:
        m_readOnlyUntil = m_now + (notice.retryAfter.count() > 0 ? notice.retryAfter : Time(readOnlyRetry));
        m_blockedReason = Core::unavailable(Core::ErrorReason::ServerReadOnly, "the server takes no writes now", notice.retryAfter);
        break;
    case Wire::NoticeKind::PolicyChanged:
        if (const SyncStore::Facts before = m_store.facts(); notice.policies && publish(m_store.storePolicies(*notice.policies))) {
            if (isToReadAgain(before)) {
                greetAgain();
            } else {
                pump();
            }
        }
        break;
    }
}

void SyncEngine::handle(const Wire::SessionError &error)
{
    if (error.error.code == Core::ErrorCode::Unimplemented && !m_recovering.empty()) {
        m_isRecoverRefused = true;
        fail(error.error);
        return;
    }
    m_sessionErrors += 1;
    fail(error.error);
}

}  // namespace Satchel::Sync
