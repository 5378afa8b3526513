// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "syncengine.h"

#include <algorithm>
#include <utility>

namespace Satchel::Sync {

void SyncEngine::drop()
{
    Core::ignore(keepLastSynced(), "it informs only; a store that cannot be written says so with the next Welcome");
    if (m_phase == Phase::Connecting || m_phase == Phase::Greeting || m_phase == Phase::Open) {
        act(Close{m_connection});
    }
    if (m_liveSince && m_now - *m_liveSince >= Backoff::capMax) {
        m_backoff.reset();
        m_sessionErrors = 0;
        if (m_carrier == Carrier::WebSocket) {
            m_selector.proven();
        }
    }
    m_liveSince.reset();
    m_isLive = false;
    m_inFlight.clear();
    m_recovering.clear();
    m_readOnlyUntil.reset();
    m_progressDeadline.reset();
    m_reauthAt.reset();
    m_isReauthing = false;
}

void SyncEngine::transportFailed(std::uint64_t connection, Core::Error error, Time now)
{
    m_now = now;
    const bool isCurrent = m_phase == Phase::Connecting || m_phase == Phase::Greeting || m_phase == Phase::Open;
    if (connection != m_connection || !isCurrent) {
        return;
    }
    const bool canFallBack = m_carrier == Carrier::WebSocket && m_options.carriers == CarrierChoice::Automatic;
    const bool isRefusal = m_phase == Phase::Connecting && error.reason != Core::ErrorReason::NetworkUnreachable &&
                           error.code != Core::ErrorCode::Unauthenticated;
    if (canFallBack && isRefusal) {
        m_selector.upgradeFailed(now);
        if (m_selector.choose(now) == Carrier::Polling) {
            // The other carrier has not failed: it is tried at once.
            drop();
            begin();
        } else {
            // What a refused upgrade means, polling will tell; a proxy may have said it.
            wait(std::move(error));
        }
        return;
    }
    if (canFallBack && m_phase != Phase::Connecting && error.reason == Core::ErrorReason::NetworkTimeout) {
        m_selector.stalled(now);
    }
    fail(std::move(error));
}

void SyncEngine::fail(Core::Error error)
{
    if (error.reason == Core::ErrorReason::DeviceCloned) {
        adopt(std::move(error));
        return;
    }
    if (error.code == Core::ErrorCode::Unauthenticated) {
        refreshToken(std::move(error));
        return;
    }
    const bool isFinal = error.code == Core::ErrorCode::PermissionDenied || error.reason == Core::ErrorReason::ProtocolVersion ||
                         error.retry == Core::Retry::AfterChange;
    if (isFinal) {
        block(std::move(error));
        return;
    }
    wait(std::move(error));
}

void SyncEngine::failProtocol(std::string detail)
{
    m_sessionErrors += 1;
    wait(Core::makeError(Core::ErrorCode::Internal, Core::ErrorReason::UnexpectedFrame, std::move(detail), Core::Retry::Later));
}

void SyncEngine::storeFailed(Core::Error error, Time now)
{
    m_now = now;
    if (m_phase == Phase::Greeting || m_phase == Phase::Open || m_phase == Phase::Waiting) {
        failStore(std::move(error));
    }
}

void SyncEngine::failStore(Core::Error error)
{
    // Whatever the server does, this device cannot keep it: that is no matter of the network, and is shown at once.
    m_sessionErrors = sessionErrorsMax;
    if (error.reason == Core::ErrorReason::StorageIo || error.reason == Core::ErrorReason::StoreDamaged) {
        // What could not be written may be read after all when the store is opened anew. Until then a Hello would hand out a lease that is
        // not kept, past the one that may have been, and the store would look like a copy of itself.
        m_storeLoss = error;
        block(std::move(error));
        return;
    }
    wait(std::move(error));
}

void SyncEngine::adopt(Core::Error error)
{
    drop();
    if (m_adoptions >= adoptionsMax) {
        block(std::move(error));
        return;
    }
    m_adoptions += 1;
    enter(Phase::Adopting);
    act(AdoptIdentity{});
}

void SyncEngine::block(Core::Error error)
{
    drop();
    m_blockedReason = std::move(error);
    enter(Phase::Blocked);
}

void SyncEngine::wait(Core::Error error)
{
    drop();
    const Time retryAfter = error.retryAfter;
    m_blockedReason = std::move(error);
    const Time pause = m_backoff.next(retryAfter);
    enter(Phase::Waiting, m_isReachable ? pause : std::max<Time>(pause, unreachableRetry));
}

}  // namespace Satchel::Sync
