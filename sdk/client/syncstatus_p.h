// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/syncstatus.h>

namespace Satchel {

struct SyncStatus::Private {
    State state = State::Offline;
    Carrier carrier = Carrier::None;
    int pendingCount = 0;
    int quarantineCount = 0;
    QDateTime lastSynced;
    std::optional<Error> blockedReason;
    bool isPaused = false;
    bool isOnline = false;
    bool isSyncing = false;
};

}  // namespace Satchel
