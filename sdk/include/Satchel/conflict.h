// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/satchelglobal.h>

#include <QtCore/QDateTime>
#include <QtCore/QList>
#include <QtCore/QMetaType>
#include <QtCore/QString>
#include <QtCore/QVariant>

#include <functional>
#include <optional>
#include <utility>

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

/// A field with candidates that are not all equal, in a collection whose rule is Manual or Custom. A snapshot; see Client::conflicts() and
/// resolve().
struct Conflict {
    QString collection;
    QString key;
    QString field;
    /// Two or more, the provisional one first.
    QList<ConflictCandidate> candidates;

    friend bool operator==(const Conflict &, const Conflict &) = default;
};

/// What a conflict ends with.
struct Resolution {
    QVariant value;
    /// The field is removed, and `value` is not looked at.
    bool isRemoval = false;

    [[nodiscard]] static Resolution put(QVariant value) { return {std::move(value), false}; }
    [[nodiscard]] static Resolution removal() { return {{}, true}; }
};

/// An app's own rule for a collection of the rule Custom; see ClientOptions::resolvers. It answers with what the conflict ends with, or
/// with nothing to leave it to a person: then, and only then, Client::conflicts() lists it.
///
///     // The longest streak is the one to keep.
///     options.resolvers[QStringLiteral("streaks")] = [](const Satchel::Conflict &conflict) -> std::optional<Satchel::Resolution> {
///         qlonglong longest = 0;
///         for (const auto &candidate : conflict.candidates) longest = std::max(longest, candidate.value.toLongLong());
///         return Satchel::Resolution::put(longest);
///     };
///
/// Runs on the client's thread, once for each set of candidates that this device sees in an opening: when the store is opened and when
/// candidates arrive. Every device runs it by itself, so let it be a pure function of the values, their `isRemoval` and `writtenAt`: then
/// devices that resolve at the same time write the same, and equal values are no conflict. Where they do not, the conflict comes back,
/// and after the third time in a row it is left open. There is no base to look at: it is not part of what all devices know. Do not use
/// the client in it. Throwing, a value that a field cannot hold, and one that the limits refuse are as if it had answered nothing, with
/// a warning in the log (category "satchel.model"); a resolution that the server refuses is kept like any refused write, and the
/// conflict is listed.
using ConflictResolver = std::function<std::optional<Resolution>(const Conflict &conflict)>;

}  // namespace Satchel

Q_DECLARE_METATYPE(Satchel::Conflict)
