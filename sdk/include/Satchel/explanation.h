// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/error.h>
#include <Satchel/policy.h>
#include <Satchel/quarantine.h>
#include <Satchel/satchelglobal.h>

#include <QtCore/QDateTime>
#include <QtCore/QList>
#include <QtCore/QMetaType>
#include <QtCore/QString>
#include <QtCore/QVariant>

#include <optional>

namespace Satchel {

/// Why a document is as it is here, from Client::why(): for support, for an app's "why did this not sync?", for logs. A snapshot that needs
/// no network: what is said of the server is what this device last heard from it.
struct SATCHEL_EXPORT Explanation {
    Q_GADGET
    Q_PROPERTY(Cause cause MEMBER cause CONSTANT)
    Q_PROPERTY(QString summary MEMBER summary CONSTANT)
    Q_PROPERTY(QString nextStep MEMBER nextStep CONSTANT)

public:
    /// The one thing to know first; append-only. A refused write comes before one that waits, that before a conflict.
    enum class Cause {
        NeverSeen,         ///< nothing was ever written or heard under this key
        InSync,            ///< what is shown is what the server has
        WrittenElsewhere,  ///< the same, and other devices (or an operator) wrote what is shown, after or beside this one
        RemovedElsewhere,  ///< another device (or an operator, or expiry) removed it
        RemovedHere,
        InConflict,            ///< values of several devices wait for a decision
        Sending,               ///< connected, the answer is under way
        WaitsForConnection,    ///< no way to the server, or it does not answer
        WaitsForSignIn,        ///< the token is missing, expired, wrong, or somebody else's
        WaitsForResume,        ///< sync is paused
        WaitsForServer,        ///< the server is reached and does not take writes now: read-only, overloaded, going down
        LocalOnly,             ///< ClientOptions::serverUrl is not set
        BlockedForGood,        ///< sync stands still until something is changed: app too old, device revoked, not a Satchel server
        RefusedByRule,         ///< the server's policies do not allow the write
        RefusedByQuota,        ///< a quota or limit is used up
        RefusedByClock,        ///< written too long ago to tell how it fits
        RefusedBySchema,       ///< the collection's policy has fields of another kind, or the value cannot be kept
        RefusedByExpectation,  ///< strong collection: another device wrote first
        RefusedOtherwise,
    };
    Q_ENUM(Cause)

    /// Who wrote a field that is shown, or that was removed.
    struct Field {
        QString name;
        /// Invalid if it was removed.
        QVariant value;
        /// 32 hexadecimal digits of the writer: a device, an operator or the server. Empty for counters and sets, which have many writers.
        QString deviceId;
        bool isThisDevice = false;
        /// The writer's hybrid clock, UTC.
        QDateTime writtenAt;
        /// The server has not answered this write.
        bool isPending = false;
        bool isInConflict = false;

        friend bool operator==(const Field &, const Field &) = default;
    };

    Cause cause = Cause::NeverSeen;
    /// English, for developers and support staff, without values of the user.
    QString summary;
    /// What to do about it; empty if there is nothing to do.
    QString nextStep;
    /// Of a refusal, or why sync waits.
    std::optional<Error> error;
    /// Who decides between concurrent writes, and when a write counts.
    CollectionPolicy policy;
    /// Writes to this document that the server has not answered.
    int pendingCount = 0;
    /// Those that it refused, the last one first.
    QList<QuarantinedWrite> refused;
    /// The document as the server had it when this device last heard; nothing if it has none.
    std::optional<QVariantMap> onServer;
    /// All fields that are or were there, by name.
    QList<Field> fields;
};

}  // namespace Satchel

Q_DECLARE_METATYPE(Satchel::Explanation)
