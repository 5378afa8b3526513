// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "engine.h"

#include "client/session/engine_p.h"
#include "client/session/engineworker.h"

#include "cipherdb/threadend.h"

#include <QCoreApplication>
#include <QEvent>
#include <QPointer>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace Satchel::Sync {

namespace {

/// Lighter than a queued call: the app waits for it after each durable write.
const auto reportsEvent = static_cast<QEvent::Type>(QEvent::registerEventType());

}  // namespace

void EngineThread::run()
{
    exec();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    CipherDb::endThread();
}

Engine::Engine(EngineOptions options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
    d->options = std::move(options);
    const auto wake = [this] { QCoreApplication::postEvent(this, new QEvent(reportsEvent)); };
    d->worker = new Worker(d->options, d->commands, d->reports, wake);
    d->worker->moveToThread(&d->thread);
    d->thread.setObjectName(QStringLiteral("satchel-engine"));
    d->thread.start();
}

Engine::~Engine()
{
    d->command([worker = d->worker, thread = &d->thread] {
        worker->shutDown();
        thread->quit();
    });
    if (QCoreApplication::instance() == nullptr) {
        // Qt delivers no events any more: the thread is ended first, and what it still had to do is done here.
        d->thread.quit();
        d->thread.wait();
        d->worker->finishTurns();
    }
    d->thread.wait();
    delete d->worker;
    d->deliver(this, true);
    for (WriteCommand &write : std::exchange(d->held, {})) {
        write.durable(Core::failure(closedStoreError()));
    }
    for (const Done &done : std::exchange(d->heldBarriers, {})) {
        done(Core::failure(closedStoreError()));
    }
}

bool Engine::event(QEvent *event)
{
    if (event->type() != reportsEvent) {
        return QObject::event(event);
    }
    d->deliver(this, false);
    return true;
}

void Engine::Private::command(Command command)
{
    if (commands.push(std::move(command))) {
        QMetaObject::invokeMethod(worker, [worker = worker] { worker->turn(); }, Qt::QueuedConnection);
    }
}

void Engine::Private::barrier(Done done)
{
    command([worker = worker, done = std::move(done)] { worker->finish(done, {}); });
}

void Engine::Private::releaseBarriers()
{
    for (Done &done : std::exchange(heldBarriers, {})) {
        barrier(std::move(done));
    }
}

void Engine::Private::deliver(Engine *engine, bool isClosing)
{
    // Who is told may close the client, and with it this: its destructor tells the rest.
    const QPointer<Engine> guard(engine);
    std::vector<Report> taken;
    reports.takeAll(taken);
    std::ranges::move(taken, std::back_inserter(arrived));
    while (guard && !arrived.empty()) {
        // One by one out of the member: who is told may come here again, and hears what is left.
        auto *finished = std::get_if<Finished>(&arrived.front());
        if (finished != nullptr && finished->toldCount < finished->done.size()) {
            const Done done = std::move(finished->done[finished->toldCount++]);
            done(Core::Result<void>(finished->outcome));
            continue;
        }
        Report report = std::move(arrived.front());
        arrived.pop_front();
        handle(engine, report, isClosing);
    }
}

void Engine::Private::handle(Engine *engine, Report &report, bool isClosing)
{
    if (auto *call = std::get_if<std::function<void()>>(&report)) {
        (*call)();
    } else if (isClosing) {
        return;  // Nobody may rely on signals of an object that is being destroyed.
    } else if (auto *change = std::get_if<StoreChange>(&report)) {
        Q_EMIT engine->storeChanged(*change);
    } else if (auto *status = std::get_if<EngineStatus>(&report)) {
        Q_EMIT engine->statusChanged(*status);
    } else if (std::holds_alternative<IdentityChangeBegan>(report)) {
        isHolding = true;
        // Behind every write made so far, so that the outbox is whole when it gets its new dots.
        command([worker = worker] { worker->changeIdentity(); });
    } else if (auto *ended = std::get_if<IdentityChangeEnded>(&report)) {
        endIdentityChange(engine, *ended);
    } else if (std::holds_alternative<HealingBegan>(report)) {
        isHolding = true;
        // Behind every write made so far: the damaged store refuses them, and their writers are told.
        command([worker = worker] { worker->heal(); });
    } else if (auto *healed = std::get_if<HealingEnded>(&report)) {
        endHealing(engine, *healed);
    }
}

void Engine::Private::endIdentityChange(Engine *engine, IdentityChangeEnded &ended)
{
    isHolding = false;
    adoptHeld(held, ended.change, ended.redot, options.baseOf);
    for (WriteCommand &write : std::exchange(held, {})) {
        command(std::move(write));
    }
    releaseBarriers();
    if (ended.change) {
        Q_EMIT engine->storeChanged(*ended.change);
    }
}

void Engine::Private::endHealing(Engine *engine, HealingEnded &ended)
{
    isHolding = false;
    for (WriteCommand &write : std::exchange(held, {})) {
        write.durable(Core::failure(Core::makeError(Core::ErrorCode::Aborted, Core::ErrorReason::StoreDamaged,
                                                    "the store was being healed; write again", Core::Retry::Later)));
    }
    releaseBarriers();
    if (ended.content) {
        Q_EMIT engine->storeReplaced(std::move(*ended.content));
    }
}

void Engine::open(CipherDb::StoreKey key, std::shared_ptr<void> lock, std::function<void(Core::Result<OpenedStore>)> opened)
{
    struct Access {
        CipherDb::StoreKey key;
        std::shared_ptr<void> lock;
    };
    // A command is copyable and a key, on purpose, is not.
    auto access = std::make_shared<Access>(Access{std::move(key), std::move(lock)});
    d->command([worker = d->worker, access = std::move(access), opened = std::move(opened)] {
        worker->open(access->key, std::move(access->lock), opened);
    });
}

void Engine::write(std::vector<Core::MutationPtr> mutations, Done durable)
{
    WriteCommand write{std::move(mutations), std::move(durable)};
    if (d->isHolding) {
        d->held.push_back(std::move(write));
        return;
    }
    d->command(std::move(write));
}

bool Engine::waitForWrites(std::chrono::steady_clock::time_point until)
{
    // A commit takes about as long on a good disk; a slow one is waited for asleep.
    constexpr std::chrono::microseconds spin(200);
    const QPointer<Engine> guard(this);
    const auto isMet = [&](const auto &condition) {
        while (guard && !condition() && std::chrono::steady_clock::now() < until) {
            d->reports.wait(until, spin);
            d->deliver(this, false);
        }
        return !guard || condition();
    };
    if (!isMet([this] { return !d->isHolding; })) {
        return false;
    }
    // Behind all that was written.
    const auto isReached = std::make_shared<bool>(false);
    if (guard) {
        d->command([worker = d->worker, isReached] { worker->report(std::function<void()>([isReached] { *isReached = true; })); });
    }
    return isMet([&] { return *isReached; });
}

void Engine::discardQuarantined(Core::Dot dot, Done done)
{
    d->command([worker = d->worker, dot, done = std::move(done)] { worker->discardQuarantined(dot, done); });
}

void Engine::whenWritten(Done done)
{
    if (d->isHolding) {
        d->heldBarriers.push_back(std::move(done));
        return;
    }
    d->barrier(std::move(done));
}

void Engine::setPaused(bool isPaused, Done done)
{
    d->command([worker = d->worker, isPaused, done = std::move(done)] {
        worker->setPaused(isPaused);
        worker->finish(done, {});
    });
}

void Engine::setReachable(bool isReachable)
{
    d->command([worker = d->worker, isReachable] { worker->setReachable(isReachable); });
}

void Engine::probe()
{
    d->command([worker = d->worker] { worker->probe(); });
}

void Engine::whenSynced(Done done)
{
    d->command([worker = d->worker, done = std::move(done)] { worker->whenSynced(done); });
}

}  // namespace Satchel::Sync
