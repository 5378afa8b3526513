// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "client_p.h"

#include "client/vault/keychainerrors.h"
#include "client/vault/systemkeychain.h"
#include "collection_p.h"
#include "error_p.h"
#include "logging.h"
#include "optionscheck.h"
#include "storekeysource.h"
#include "syncstatus_p.h"

#include <QDir>
#include <QFile>
#include <QFutureWatcher>
#include <QPointer>
#include <QSysInfo>
#include <QTimer>

#include <algorithm>
#include <chrono>

namespace Satchel {

namespace {

std::chrono::milliseconds systemTime()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
}

Core::PolicySet policySet(const QList<CollectionPolicy> &policies)
{
    Core::PolicySet set;
    for (const CollectionPolicy &policy : policies) {
        set.insert(toCore(policy));
    }
    return set;
}

std::filesystem::path toPath(const QString &path)
{
    return std::filesystem::path(path.toStdU16String());
}

RecoveryReport reportOf(const Sync::Recovery &recovery)
{
    RecoveryReport report;
    report.damage = QString::fromStdString(recovery.damage);
    report.damagedStore = QString::fromStdString(recovery.damagedStore);
    report.pendingSalvaged = qint64(recovery.pendingSalvaged);
    report.pendingLost = qint64(recovery.pendingLost);
    report.quarantineSalvaged = qint64(recovery.quarantineSalvaged);
    report.documentsSalvaged = qint64(recovery.documentsSalvaged);
    report.documentsMissing = qint64(recovery.documentsMissing);
    return report;
}

Core::Error closedError(Core::ErrorCode code, const char *detail)
{
    return Core::makeError(code, Core::ErrorReason::ClosedStore, detail, Core::Retry::AfterChange);
}

}  // namespace

ClientPrivate::ClientPrivate(Client *client, ClientOptions clientOptions)
    : q(client)
    , options(std::move(clientOptions))
    , live(policySet(options.policies), options.wallClock ? options.wallClock : systemTime)
    , resolving(options.resolvers, live)
    , status(new SyncStatus(client))
    , keychain(std::make_shared<Vault::SystemKeychain>())
{
    if (auto complete = completed(options)) {
        options = std::move(*complete);
    } else {
        optionsError = complete.error();
    }
    status->d->isPaused = options.isPausedAtStart;
    indexes = std::make_unique<Queries::Indexes>(optionsError ? QList<CollectionIndex>() : options.indexes, live);
    connect(&live, &Live::LiveState::documentsChanged, this, [this](const QString &name, const QStringList &keys) {
        if (Collection *known = m_collections.value(name)) {
            known->d->notify(known, keys);
        }
    });
    connect(&resolving, &Resolving::openConflictsChanged, q, &Client::conflictsChanged);
    connect(&live, &Live::LiveState::pendingCountChanged, this, &ClientPrivate::updateCounts);
    connect(&live, &Live::LiveState::quarantineChanged, this, &ClientPrivate::updateCounts);
    connect(&live, &Live::LiveState::pendingCountChanged, this, &ClientPrivate::probeSending);
    connect(&live, &Live::LiveState::pendingCountChanged, this, &ClientPrivate::goOnSuspending);
    connect(&live, &Live::LiveState::refused, q, [this](const Sync::Quarantined &item) {
        qCInfo(modelLog, "the server refused a write: %s", kindOf(item.reason).constData());
        Q_EMIT q->writeRefused(fromCore(item));
    });
}

ClientPrivate::~ClientPrivate() = default;

QFuture<Result<void>> ClientPrivate::open()
{
    if (phase != Phase::Closed) {
        return failedFuture(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                            "the client is open, about to be, or signing out"));
    }
    if (optionsError) {
        return failedFuture(*optionsError);
    }
    if (auto made = makeFolder(); !made) {
        return failedFuture(made.error());
    }
    phase = Phase::Opening;
    ++m_generation;
    m_opening = std::make_unique<QPromise<Result<void>>>();
    m_opening->start();
    QFuture<Result<void>> opened = m_opening->future();

    limitOpening();
    Vault::obtainKey(keychain, Vault::accountOf(options),
                     [self = QPointer(this), generation = m_generation](Core::Result<Vault::Access> access) {
                         if (self && self->m_generation == generation && self->phase == Phase::Opening) {
                             self->openStore(std::move(access));
                         }
                     });
    return opened;
}

void ClientPrivate::limitOpening()
{
    QTimer::singleShot(keyTimeout, this, [this, generation = m_generation] {
        if (generation == m_generation && phase == Phase::Opening && !engine) {
            // What is under way ends by itself, and keeps the store's lock until then.
            ++m_generation;
            failOpening(Vault::keychainNotReady("it has not answered for a long time"));
        }
    });
}

Core::Result<void> ClientPrivate::makeFolder() const
{
    if (QDir(options.storeFolder).exists()) {
        return {};
    }
    if (!QDir().mkpath(options.storeFolder)) {
        return Core::failure(Core::makeError(Core::ErrorCode::PermissionDenied, Core::ErrorReason::StorageReadOnly,
                                             "the store's folder cannot be made", Core::Retry::AfterChange));
    }
    QFile::setPermissions(options.storeFolder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return {};
}

Sync::EngineOptions ClientPrivate::engineOptions()
{
    Sync::EngineOptions made;
    made.storePath = toPath(storePathOf(options));
    made.user = Core::UserId{options.tenant.toStdString(), options.user.toStdString()};
    made.serverUrl = options.serverUrl;
    made.device.name = options.deviceName.toStdString();
    made.device.platform = QSysInfo::prettyProductName().left(64).toStdString();
    made.device.appVersion = options.appVersion.toStdString();
    made.device.sdkVersion = SATCHEL_VERSION;
    made.carriers = static_cast<Sync::CarrierChoice>(options.carriers);
    made.pollingInterval = options.pollingInterval;
    made.wallClock = options.wallClock;
    made.isSyncPausedAtStart = status->d->isPaused;
    made.isTestServerAllowed = options.allowTestServer;
    made.tokenProvider = [this](std::function<void(Core::Result<std::string>)> answer) {
        QMetaObject::invokeMethod(this, [this, answer = std::move(answer)] { askForToken(answer); }, Qt::QueuedConnection);
    };
    made.makeTransport = transportFactory;
    made.baseOf = [this](const Core::DocumentId &id) { return live.base(id); };
    return made;
}

void ClientPrivate::openStore(Core::Result<Vault::Access> access)
{
    if (!access) {
        qCInfo(cryptoLog, "no key for the store: %s", kindOf(access.error()).constData());
        failOpening(access.error());
        return;
    }
    qCDebug(cryptoLog, "the store's key is there");
    engine = std::make_unique<Sync::Engine>(engineOptions());
    connect(engine.get(), &Sync::Engine::storeChanged, this, [this](const Sync::StoreChange &change) { live.apply(change); });
    connect(engine.get(), &Sync::Engine::storeReplaced, this, &ClientPrivate::replaceStore);
    connect(engine.get(), &Sync::Engine::statusChanged, this, &ClientPrivate::takeStatus);
    watchNetwork();
    engine->open(std::move(access->key), std::move(access->lock),
                 [this, generation = m_generation](Core::Result<Sync::OpenedStore> opened) {
                     if (generation != m_generation || phase != Phase::Opening) {
                         return;
                     }
                     if (opened) {
                         takeStore(std::move(*opened));
                         return;
                     }
                     // The engine is calling: it cannot be destroyed before it has returned.
                     QMetaObject::invokeMethod(
                         this,
                         [this, generation, error = opened.error()] {
                             if (generation == m_generation && phase == Phase::Opening) {
                                 engine.reset();
                                 failOpening(error);
                             }
                         },
                         Qt::QueuedConnection);
                 });
}

void ClientPrivate::takeStore(Sync::OpenedStore store)
{
    phase = Phase::Open;
    const auto recovery = std::exchange(store.recovery, std::nullopt);
    loadStore(std::move(store));
    Q_EMIT q->openChanged();
    if (recovery) {
        Q_EMIT q->storeRecovered(reportOf(*recovery));
    }
    if (const auto opening = std::exchange(m_opening, nullptr)) {
        opening->addResult(Result<void>());
        opening->finish();
    }
}

void ClientPrivate::loadStore(Sync::OpenedStore store)
{
    resolving.forget();
    qCDebug(modelLog, "loaded: %zu documents, %zu pending writes, %zu refused ones", store.documents.size(), store.pending.size(),
            store.quarantine.size());
    live.load(std::move(store), this);
    resolving.run();
    updateCounts();
}

void ClientPrivate::replaceStore(Sync::OpenedStore store)
{
    if (phase != Phase::Open) {
        return;
    }
    const auto recovery = std::exchange(store.recovery, std::nullopt);
    live.detach();
    loadStore(std::move(store));
    if (recovery) {
        Q_EMIT q->storeRecovered(reportOf(*recovery));
    }
}

void ClientPrivate::failOpening(const Core::Error &error)
{
    phase = Phase::Closed;
    qCInfo(storeLog, "the store was not opened: %s", kindOf(error).constData());
    if (const auto opening = std::exchange(m_opening, nullptr)) {
        opening->addResult(Result<void>(failure(fromCore(error))));
        opening->finish();
    }
}

void ClientPrivate::close()
{
    if (phase == Phase::Destroying) {
        return;  // That goes on by itself.
    }
    const Phase before = std::exchange(phase, Phase::Closed);
    ++m_generation;
    live.detach();
    engine.reset();
    if (before == Phase::Opening) {
        failOpening(closedError(Core::ErrorCode::Cancelled, "the client was closed while it opened"));
    }
    endSending(Core::failure(closedError(Core::ErrorCode::Cancelled, "the client was closed while it sent what was pending")));
    endSuspending(Core::failure(closedError(Core::ErrorCode::Cancelled, "the client was closed before it was suspended")));
    if (before == Phase::Open) {
        resetStatus();
        Q_EMIT q->openChanged();
    }
}

void ClientPrivate::write(std::vector<Core::MutationPtr> mutations, Live::Done durable)
{
    engine->write(std::move(mutations), std::move(durable));
}

void ClientPrivate::discardQuarantined(Core::Dot dot, Live::Done done)
{
    engine->discardQuarantined(dot, std::move(done));
}

QFuture<Result<void>> ClientPrivate::whenSynced()
{
    if (phase != Phase::Open) {
        return failedFuture(closedError(Core::ErrorCode::FailedPrecondition, "the client is not open"));
    }
    if (options.serverUrl.isEmpty()) {
        return failedFuture(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                                            "the client has no server to sync with", Core::Retry::AfterChange));
    }
    FutureDone made = makeFutureDone();
    engine->whenSynced(std::move(made.done));
    return made.future;
}

Collection *ClientPrivate::collection(const QString &name)
{
    Collection *&known = m_collections[name];
    if (!known) {
        auto data = std::make_unique<Collection::Private>();
        data->live = &live;
        data->shelf = live.shelf(name);
        data->indexes = indexes.get();
        data->pendingCount = int(data->shelf->pendingCount);
        data->quarantineCount = int(std::ranges::count_if(live.quarantine(), [data = data.get()](const Sync::Quarantined &item) {
            return item.mutation.document.collection == data->shelf->nameUtf8;
        }));
        known = new Collection(std::move(data), q);
    }
    return known;
}

void ClientPrivate::askForToken(std::function<void(Core::Result<std::string>)> answer)
{
    if (phase == Phase::Closed) {
        return;
    }
    if (!options.tokenProvider) {
        answer(Core::failure(Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenMissing,
                                             "ClientOptions::tokenProvider is not set", Core::Retry::AfterSignIn)));
        return;
    }
    auto *watcher = new QFutureWatcher<Result<QString>>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher, generation = m_generation, answer = std::move(answer)] {
        watcher->deleteLater();
        if (generation != m_generation) {
            return;
        }
        if (watcher->isCanceled() || watcher->future().resultCount() == 0) {
            answer(Core::failure(Core::makeError(Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenMissing,
                                                 "the token provider gave up", Core::Retry::AfterSignIn)));
            return;
        }
        const Result<QString> token = watcher->result();
        answer(token ? Core::Result<std::string>(token->toStdString()) : Core::failure(toCore(token.error())));
    });
    watcher->setFuture(options.tokenProvider());
}

}  // namespace Satchel
