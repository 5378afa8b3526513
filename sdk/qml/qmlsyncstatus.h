// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/syncstatus.h>

#include <QtQml/qqml.h>

namespace Satchel {

/// `SyncStatus` in QML: states and carriers by name, and the type of Client.syncStatus.
struct QmlSyncStatus {
    Q_GADGET
    QML_FOREIGN(Satchel::SyncStatus)
    QML_NAMED_ELEMENT(SyncStatus)
    QML_UNCREATABLE("it is Client.syncStatus")
};

}  // namespace Satchel
