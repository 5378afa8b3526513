// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/satchelglobal.h>

#include <QtCore/QDateTime>
#include <QtCore/QList>
#include <QtCore/QMetaType>
#include <QtCore/QString>
#include <QtCore/QVariant>

namespace Satchel {

/// One of several values of a field that were written without knowing of each other.
struct ConflictCandidate {
    /// What was written; invalid if `isRemoval`.
    QVariant value;
    bool isRemoval = false;
    /// 32 hexadecimal digits of the device (or operator) that wrote it.
    QString deviceId;
    bool isThisDevice = false;
    /// The writer's hybrid clock, UTC, as the server settled it.
    QDateTime writtenAt;
    /// The one that is shown until the conflict is resolved.
    bool isProvisional = false;

    friend bool operator==(const ConflictCandidate &, const ConflictCandidate &) = default;
};

/// A field with more than one candidate, in a collection whose rule is Manual or Custom. A snapshot; see Client::conflicts() and resolve().
struct Conflict {
    QString collection;
    QString key;
    QString field;
    /// Two or more, the provisional one first.
    QList<ConflictCandidate> candidates;

    friend bool operator==(const Conflict &, const Conflict &) = default;
};

}  // namespace Satchel

Q_DECLARE_METATYPE(Satchel::Conflict)
