// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "engineworker.h"

#include "client/logging.h"
#include "client/net/pollingtransport.h"
#include "client/net/websockettransport.h"
#include "client/session/framesummary.h"

#include <QRandomGenerator>

#include <algorithm>
#include <array>
#include <utility>

namespace Satchel::Sync {

namespace {

void logState(const EngineStatus &status)
{
    static constexpr std::array states{"offline", "connecting", "catching up", "live", "degraded"};
    qCInfo(syncLog, "%s%s%s, %llu pending, %llu refused", states.at(std::size_t(status.state)), status.blockedReason ? ": " : "",
           status.blockedReason ? kindOf(*status.blockedReason).constData() : "", static_cast<unsigned long long>(status.pendingCount),
           static_cast<unsigned long long>(status.quarantineCount));
}

}  // namespace

void Engine::Worker::startSync()
{
    SyncEngine::Options options;
    options.hasServer = !m_options.serverUrl.isEmpty();
    options.carriers = m_options.carriers;
    options.device = m_options.device;
    options.user = m_options.user;
    options.random = [] { return QRandomGenerator::global()->generate64(); };
    options.wallClock = [this] { return wallNow(); };
    options.isPaused = m_isPaused;
    if (m_store->isReadOnly()) {
        options.storeLoss = Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::StorageReadOnly,
                                            "the store cannot be written, and so not be synced", Core::Retry::AfterChange);
    }
    options.isTestServerAllowed = m_options.isTestServerAllowed;
    m_timer = std::make_unique<QTimer>();
    m_timer->setSingleShot(true);
    m_timer->setTimerType(Qt::PreciseTimer);
    connect(m_timer.get(), &QTimer::timeout, this, [this] {
        m_timerDeadline.reset();
        input([this](SyncEngine &engine) { engine.tick(now()); });
    });
    m_engine = std::make_unique<SyncEngine>(std::move(options), *m_store);
    input([this](SyncEngine &engine) {
        engine.setReachable(m_isReachable, now());
        engine.start(now());
    });
}

void Engine::Worker::setPaused(bool isPaused)
{
    m_isPaused = isPaused;
    input([this, isPaused](SyncEngine &engine) { engine.setPaused(isPaused, now()); });
}

void Engine::Worker::setReachable(bool isReachable)
{
    m_isReachable = isReachable;
    input([this, isReachable](SyncEngine &engine) { engine.setReachable(isReachable, now()); });
}

void Engine::Worker::probe()
{
    input([this](SyncEngine &engine) { engine.probe(now()); });
}

void Engine::Worker::whenSynced(const Done &done)
{
    if (!m_engine || m_options.serverUrl.isEmpty()) {
        finish(done, Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                                   "the store is not open, or has no server to sync with", Core::Retry::AfterChange)));
        return;
    }
    input([this, &done](SyncEngine &engine) { m_syncWaiters.emplace(engine.requestSync(now()), done); });
}

void Engine::Worker::input(const std::function<void(SyncEngine &)> &give)
{
    if (!m_engine) {
        return;
    }
    give(*m_engine);
    settle();
}

void Engine::Worker::settle()
{
    if (!m_engine) {
        return;
    }
    for (auto actions = m_engine->takeActions(); !actions.empty(); actions = m_engine->takeActions()) {
        for (SyncEngine::Action &action : actions) {
            std::visit([this](auto &kind) { perform(kind); }, action);
        }
    }
    if (EngineStatus status = m_engine->status(); status != m_lastStatus) {
        if (status.state != m_lastStatus.state || status.blockedReason != m_lastStatus.blockedReason) {
            logState(status);
        }
        m_lastStatus = status;
        report(std::move(status));
    }
    // After the status: who has waited for being in sync finds a client that says so.
    for (Done &done : std::exchange(m_reached, {})) {
        finish(std::move(done), {});
    }
    armTimer();
    healIfDamaged(m_engine->storeLoss());
}

void Engine::Worker::armTimer()
{
    const auto deadline = m_engine->deadline();
    if (deadline == m_timerDeadline) {
        return;
    }
    m_timerDeadline = deadline;
    if (deadline) {
        m_timer->start(std::max(*deadline - now(), SyncEngine::Time(0)));
    } else {
        m_timer->stop();
    }
}

void Engine::Worker::perform(SyncEngine::RequestToken & /*action*/)
{
    qCDebug(authLog, "a token is asked for");
    const auto answer = [gate = m_tokenGate](Core::Result<std::string> token) {
        qCDebug(authLog, "%s", token ? "a token was given" : ("no token: " + kindOf(token.error())).constData());
        const std::lock_guard lock(gate->mutex);
        if (Worker *worker = gate->worker) {
            QMetaObject::invokeMethod(
                worker,
                [worker, token = std::move(token)] {
                    worker->input([worker, &token](SyncEngine &engine) { engine.tokenAnswered(token, worker->now()); });
                },
                Qt::QueuedConnection);
        }
    };
    if (m_options.tokenProvider) {
        m_options.tokenProvider(answer);
    } else {
        answer(Core::failure(Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenMissing,
                                             "the app gave no token provider", Core::Retry::AfterSignIn)));
    }
}

std::unique_ptr<Transport> Engine::Worker::makeTransport(Carrier carrier) const
{
    if (m_options.makeTransport) {
        return m_options.makeTransport(carrier);
    }
    if (carrier == Carrier::WebSocket) {
        return std::make_unique<WebSocketTransport>();
    }
    return std::make_unique<PollingTransport>(m_options.pollingInterval);
}

void Engine::Worker::perform(SyncEngine::Connect &action)
{
    retireTransport();
    const std::uint64_t connection = action.connection;
    m_connection = connection;
    m_transport = makeTransport(action.carrier);
    qCDebug(netLog, "connection %llu by %s", static_cast<unsigned long long>(connection),
            action.carrier == Carrier::WebSocket ? "WebSocket" : "polling");
    // What a transport tells, even from within a call to it, is taken up in a turn of its own.
    connect(m_transport.get(), &Transport::opened, this, [this, connection] { happen({connection, Event::Kind::Opened, {}, {}}); });
    connect(m_transport.get(), &Transport::received, this,
            [this, connection](const Wire::ServerFrame &frame) { happen({connection, Event::Kind::Frame, frame, {}}); });
    connect(m_transport.get(), &Transport::failed, this,
            [this, connection](const Core::Error &error) { happen({connection, Event::Kind::Failed, {}, error}); });
    m_transport->open(m_options.serverUrl, action.token);
}

void Engine::Worker::perform(SyncEngine::Send &action)
{
    if (m_transport && action.connection == m_connection) {
        qCDebug(syncLog, "sends %s", summaryOf(action.frame).c_str());
        m_transport->send(action.frame);
    }
}

void Engine::Worker::perform(SyncEngine::Close &action)
{
    if (action.connection == m_connection) {
        qCDebug(netLog, "connection %llu is closed", static_cast<unsigned long long>(action.connection));
        retireTransport();
    }
}

void Engine::Worker::perform(SyncEngine::Ping &action)
{
    if (m_transport && action.connection == m_connection) {
        m_transport->ping();
    }
}

void Engine::Worker::perform(SyncEngine::Publish &action)
{
    report(std::move(action.change));
}

void Engine::Worker::perform(SyncEngine::AdoptIdentity & /*action*/)
{
    report(IdentityChangeBegan{});
}

void Engine::Worker::perform(SyncEngine::SyncReached &action)
{
    if (auto waiter = m_syncWaiters.extract(action.ticket)) {
        m_reached.push_back(std::move(waiter.mapped()));
    }
}

void Engine::Worker::retireTransport()
{
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->close();
        // It may be on the call stack.
        m_transport.release()->deleteLater();
    }
}

}  // namespace Satchel::Sync
