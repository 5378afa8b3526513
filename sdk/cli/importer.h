// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/client.h>

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QVariantMap>

namespace Satchel::Cli {

struct ImportedDocument {
    QString collection;  ///< empty: the one the user named
    QString key;
    QVariantMap fields;
    QString where;  ///< its place in the file, for messages
};

/// Reads a file of documents whole, or says what is wrong with it and where; nothing is imported from a file with a mistake in it. Forms:
///   JSON Lines, each {"key": text, "value": object} and, as `satchel export` writes it, "collection";
///   a JSON array of the same; a JSON object whose members are the documents by key; any other JSON object, which is one document, its key
///   the file's name without the suffix.
/// With `keyField`, lines or items are the documents themselves and that field is their key (it stays a field).
/// INVALID_ARGUMENT names the line or item; RESOURCE_EXHAUSTED/LIMIT_EXCEEDED above 256 MiB; NOT_FOUND if it cannot be read.
[[nodiscard]] Result<QList<ImportedDocument>> readDocuments(const QString &path, const QString &keyField = {});

struct Imported {
    qsizetype count = 0;
    QFuture<Result<void>> written;  ///< finishes when all are durable
    QList<Error> refused;           ///< of documents that passed the check and yet were refused on the spot; each says which
};

/// Writes the documents of a file, so that each shows what the file says. Registers are put, and what the file does not name is removed.
/// Of a counter the difference to what it shows is added; of a set what is missing is added and what is too much discarded, so that what
/// other devices do at the same time is not lost. A document that has either is more than one write.
/// All are checked before the first is written. INVALID_ARGUMENT and RESOURCE_EXHAUSTED name the place in the file.
[[nodiscard]] Result<Imported> importDocuments(Client &client, const QString &path, const QString &keyField,
                                               const QString &defaultCollection);

}  // namespace Satchel::Cli
