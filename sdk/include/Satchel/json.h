// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/result.h>
#include <Satchel/satchelglobal.h>

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayView>
#include <QtCore/QVariant>

/// JSON (RFC 8259) without loss, for importing, exporting and storing documents as text. Unlike QJsonDocument, reading refuses what other
/// readers would take differently, with INVALID_ARGUMENT and the place: duplicate members, integers beyond 64 bits, numbers that overflow,
/// lone surrogates, text that is not UTF-8, nesting over 32, anything after the text. Integers stay integers.
///
/// What JSON has no words for is written as an object: {"$bytes": "<base64url>"}, {"$timestamp": <ms since 1970>}, {"$double": "nan" |
/// "inf" |
/// "-inf"}; an object whose only member begins with '$' as {"$map": {...}}. Reading turns them back.
///
/// Stateless; may be called from any thread.
namespace Satchel {

/// A JSON object as a document. INVALID_ARGUMENT also where the text is not an object.
[[nodiscard]] SATCHEL_EXPORT Result<QVariantMap> fromJson(QByteArrayView text);
/// Any JSON value.
[[nodiscard]] SATCHEL_EXPORT Result<QVariant> valueFromJson(QByteArrayView text);

/// One line, no spaces, members sorted by the bytes of their names: equal documents are equal text.
/// INVALID_ARGUMENT/NOT_REPRESENTABLE for what a document cannot hold either; see Collection.
[[nodiscard]] SATCHEL_EXPORT Result<QByteArray> toJson(const QVariantMap &document);
[[nodiscard]] SATCHEL_EXPORT Result<QByteArray> valueToJson(const QVariant &value);

}  // namespace Satchel
