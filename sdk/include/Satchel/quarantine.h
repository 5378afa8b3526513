// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/error.h>
#include <Satchel/satchelglobal.h>

#include <QtCore/QDateTime>
#include <QtCore/QList>
#include <QtCore/QMetaType>
#include <QtCore/QString>
#include <QtCore/QVariant>

namespace Satchel {

/// What a write did to one field.
struct FieldChange {
    enum class Kind { Put, Remove, Increment, AddToSet, DiscardFromSet };

    Kind kind = Kind::Put;
    QString field;
    /// The value put, the delta, or the element; invalid for Remove.
    QVariant value;

    friend bool operator==(const FieldChange &, const FieldChange &) = default;
};

/// A write of this device that the server refused for good. It is not shown any more, and kept until retryQuarantined() or
/// discardQuarantined().
struct QuarantinedWrite {
    /// Names the write for ever: "<device id>:<number>".
    QString id;
    QString collection;
    QString key;
    QList<FieldChange> changes;
    /// Why, by the server's word.
    Error error;
    QDateTime refusedAt;

    friend bool operator==(const QuarantinedWrite &, const QuarantinedWrite &) = default;
};

}  // namespace Satchel

Q_DECLARE_METATYPE(Satchel::QuarantinedWrite)
