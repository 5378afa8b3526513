// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "syncstatus_p.h"

namespace Satchel {

SyncStatus::SyncStatus(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>())
{
}

SyncStatus::~SyncStatus() = default;

SyncStatus::State SyncStatus::state() const
{
    return d->state;
}

SyncStatus::Carrier SyncStatus::carrier() const
{
    return d->carrier;
}

bool SyncStatus::isOnline() const
{
    return d->isOnline;
}

bool SyncStatus::isSyncing() const
{
    return d->isSyncing;
}

int SyncStatus::pendingCount() const
{
    return d->pendingCount;
}

int SyncStatus::quarantineCount() const
{
    return d->quarantineCount;
}

QDateTime SyncStatus::lastSynced() const
{
    return d->lastSynced;
}

std::optional<Error> SyncStatus::blockedReason() const
{
    return d->blockedReason;
}

QString SyncStatus::blockedMessage() const
{
    return d->blockedReason ? d->blockedReason->message() : QString();
}

bool SyncStatus::isPaused() const
{
    return d->isPaused;
}

}  // namespace Satchel
