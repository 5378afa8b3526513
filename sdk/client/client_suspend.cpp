// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "client_p.h"

#include "collection_p.h"
#include "logging.h"
#include "syncstatus_p.h"

#include <QHostAddress>
#include <QPointer>

#include <algorithm>

namespace Satchel {

QFuture<Result<void>> ClientPrivate::suspend(std::chrono::milliseconds budget)
{
    if (phase != Phase::Open) {
        return failedFuture(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::ClosedStore, "the client is not open",
                                            Core::Retry::AfterChange));
    }
    FutureDone made = makeFutureDone();
    budget = std::max(budget, std::chrono::milliseconds(0));
    if (m_suspending) {
        m_suspending->done.push_back(std::move(made.done));
        const bool isSooner = m_suspending->deadline.isActive() && budget < m_suspending->deadline.remainingTimeAsDuration();
        if (isSooner) {
            m_suspending->deadline.start(budget);
        }
        return made.future;
    }
    m_suspending = std::make_unique<Suspending>();
    m_suspending->done.push_back(std::move(made.done));
    m_suspending->id = ++m_suspensions;
    m_suspending->deadline.setSingleShot(true);
    connect(&m_suspending->deadline, &QTimer::timeout, this, [this] {
        m_suspending->isTimeUp = true;
        goOnSuspending();
    });
    m_suspending->deadline.start(budget);
    engine->whenWritten([self = QPointer(this), id = m_suspending->id](const Core::Result<void> & /*outcome*/) {
        if (self && self->m_suspending && self->m_suspending->id == id) {
            self->m_suspending->isDurable = true;
            self->goOnSuspending();
        }
    });
    if (live.pendingCount() != 0 && !status->d->isPaused) {
        engine->probe();
    }
    return made.future;
}

void ClientPrivate::goOnSuspending()
{
    if (!m_suspending || phase != Phase::Open || !m_suspending->isDurable || m_suspending->isCutting) {
        return;
    }
    const bool canSend = !status->d->isPaused && !options.serverUrl.isEmpty();
    if (canSend && live.pendingCount() != 0 && !m_suspending->isTimeUp) {
        return;
    }
    m_suspending->isCutting = true;
    m_suspending->deadline.stop();
    engine->setPaused(true, [self = QPointer(this), id = m_suspending->id](const Core::Result<void> & /*outcome*/) {
        if (self && self->m_suspending && self->m_suspending->id == id) {
            self->endSuspending({});
        }
    });
    showPaused(true);
}

void ClientPrivate::endSuspending(const Core::Result<void> &outcome)
{
    if (const auto suspending = std::exchange(m_suspending, nullptr)) {
        // Its timer may be what calls.
        suspending->deadline.disconnect();
        suspending->deadline.stop();
        for (const Live::Done &done : suspending->done) {
            done(outcome);
        }
    }
}

void ClientPrivate::resume()
{
    const bool wasPaused = status->d->isPaused;
    setPaused(false);
    if (!wasPaused && phase == Phase::Open) {
        engine->probe();
    }
    endSuspending(Core::failure(Core::makeError(Core::ErrorCode::Cancelled, Core::ErrorReason::None,
                                                "the client was resumed before it was suspended", Core::Retry::Later)));
}

void ClientPrivate::watchNetwork()
{
    const QString host = options.serverUrl.host();
    if (!reachability && !host.isEmpty() && host != QLatin1String("localhost") && !QHostAddress(host).isLoopback()) {
        reachability = Sync::systemReachability();
    }
    if (!reachability) {
        return;
    }
    qCDebug(netLog, "the system says that the network is %s", reachability->isReachable() ? "there" : "not there");
    engine->setReachable(reachability->isReachable());
    connect(reachability.get(), &Sync::Reachability::changed, engine.get(), &Sync::Engine::setReachable);
}

}  // namespace Satchel
