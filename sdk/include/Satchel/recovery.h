// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/satchelglobal.h>

#include <QtCore/QMetaType>
#include <QtCore/QString>

namespace Satchel {

/// What came of a damaged store.
struct RecoveryReport {
    /// Where the damage was: pages of the file, frames of its log. For people; not translated.
    QString damage;
    /// The damaged file, kept beside the store under the same key until the next one takes its place. Delete it when nobody wants to look
    /// into it any more.
    QString damagedStore;
    /// Writes that the server had not answered and that are there, waiting to be sent.
    qint64 pendingSalvaged = 0;
    /// Writes between those that are gone. Whether any were made after the last one salvaged cannot be told.
    qint64 pendingLost = 0;
    /// Refused writes that are there.
    qint64 quarantineSalvaged = 0;
    /// Documents that can be read at once; the server checks all of them.
    qint64 documentsSalvaged = 0;
    /// Documents that are known to be missing until the server has sent them; more may be.
    qint64 documentsMissing = 0;

    friend bool operator==(const RecoveryReport &, const RecoveryReport &) = default;
};

}  // namespace Satchel

Q_DECLARE_METATYPE(Satchel::RecoveryReport)
