// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "client_p.h"

#include "collection_p.h"
#include "error_p.h"
#include "syncstatus_p.h"
#include "values.h"
#include "why/explaining.h"

namespace Satchel {

namespace {

/// Sets a member and tells whether it is another value now.
template <typename T>
bool assign(T &member, T value)
{
    if (member == value) {
        return false;
    }
    member = std::move(value);
    return true;
}

}  // namespace

Explanation ClientPrivate::why(const QString &collectionName, const QString &key)
{
    Live::Shelf *shelf = live.shelf(collectionName);
    WhyFacts facts;
    facts.entry = shelf->find(key);
    facts.device = live.device();
    facts.hasServer = !options.serverUrl.isEmpty() || transportFactory != nullptr;
    facts.isPaused = status->d->isPaused;
    facts.isConnected = status->d->state == SyncStatus::State::Live || status->d->state == SyncStatus::State::CatchingUp;
    if (status->d->blockedReason) {
        facts.blockedReason = toCore(*status->d->blockedReason);
    }
    const auto &quarantine = live.quarantine();
    QList<QuarantinedWrite> refused;
    for (auto item = quarantine.rbegin(); item != quarantine.rend(); ++item) {
        if (toQString(item->mutation.document.collection) == collectionName && toQString(item->mutation.document.key) == key) {
            facts.refused.push_back(&*item);
            refused.append(fromCore(*item));
        }
    }
    Explanation told = explain(facts);
    told.refused = refused;
    told.policy = fromCore(shelf->policy);
    told.policy.collection = collectionName;
    return told;
}

void ClientPrivate::setPaused(bool isPaused)
{
    if (!assign(status->d->isPaused, isPaused)) {
        return;
    }
    if (engine) {
        engine->setPaused(isPaused);
    }
    Q_EMIT status->pausedChanged();
    goOnSuspending();
}

void ClientPrivate::showPaused(bool isPaused)
{
    if (assign(status->d->isPaused, isPaused)) {
        Q_EMIT status->pausedChanged();
    }
}

void ClientPrivate::takeStatus(const Sync::EngineStatus &engineStatus)
{
    live.setOnline(engineStatus.state == Sync::State::Live || engineStatus.state == Sync::State::CatchingUp);
    SyncStatus::Private &shown = *status->d;
    const bool hasState = assign(shown.state, static_cast<SyncStatus::State>(engineStatus.state));
    const bool hasCarrier = assign(shown.carrier, static_cast<SyncStatus::Carrier>(engineStatus.carrier));
    const bool hasTime = engineStatus.lastSynced.count() > 0 && assign(shown.lastSynced, utcTime(engineStatus.lastSynced.count()));
    const bool hasReason =
        assign(shown.blockedReason, engineStatus.blockedReason ? std::optional(fromCore(*engineStatus.blockedReason)) : std::nullopt);
    // All is set before anybody is told, so that no reader sees a mixture.
    updateOnline();
    if (hasState) {
        Q_EMIT status->stateChanged();
    }
    if (hasCarrier) {
        Q_EMIT status->carrierChanged();
    }
    if (hasTime) {
        Q_EMIT status->lastSyncedChanged();
    }
    if (hasReason) {
        Q_EMIT status->blockedReasonChanged();
    }
    if (engineStatus.blockedReason && (engineStatus.blockedReason->reason == Core::ErrorReason::UserGone ||
                                       engineStatus.blockedReason->reason == Core::ErrorReason::DeviceRevoked)) {
        // The engine is calling: it cannot be destroyed before it has returned.
        QMetaObject::invokeMethod(this, [this, reason = *engineStatus.blockedReason] { obeyWipe(reason); }, Qt::QueuedConnection);
    }
}

void ClientPrivate::resetStatus()
{
    Sync::EngineStatus offline;
    offline.state = Sync::State::Offline;
    takeStatus(offline);
}

void ClientPrivate::updateCounts()
{
    if (assign(status->d->pendingCount, int(live.pendingCount()))) {
        Q_EMIT status->pendingCountChanged();
    }
    if (assign(status->d->quarantineCount, int(live.quarantine().size()))) {
        Q_EMIT status->quarantineCountChanged();
    }
    updateCollectionCounts();
    updateOnline();
}

void ClientPrivate::updateOnline()
{
    SyncStatus::Private &shown = *status->d;
    const bool isBehind = shown.state == SyncStatus::State::CatchingUp;
    const bool hasOnline = assign(shown.isOnline, shown.carrier != SyncStatus::Carrier::None);
    const bool hasSyncing = assign(shown.isSyncing, isBehind || (shown.state == SyncStatus::State::Live && shown.pendingCount > 0));
    if (hasOnline) {
        Q_EMIT status->onlineChanged();
    }
    if (hasSyncing) {
        Q_EMIT status->syncingChanged();
    }
}

void ClientPrivate::updateCollectionCounts()
{
    QHash<QString, int> refused;
    for (const Sync::Quarantined &item : live.quarantine()) {
        ++refused[toQString(item.mutation.document.collection)];
    }
    // Who is told may ask for a collection, which makes it.
    for (Collection *collection : m_collections.values()) {
        Collection::Private &shown = *collection->d;
        if (assign(shown.pendingCount, int(shown.shelf->pendingCount))) {
            Q_EMIT collection->pendingCountChanged();
        }
        if (assign(shown.quarantineCount, refused.value(shown.shelf->name))) {
            Q_EMIT collection->quarantineCountChanged();
        }
    }
}

}  // namespace Satchel
