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
};

/// Reads a file of documents whole, or says what is wrong with it and where; nothing is imported from a file with a mistake in it. Forms:
///   JSON Lines, each {"key": text, "value": object} and, as `satchel export` writes it, "collection";
///   a JSON array of the same; a JSON object whose members are the documents by key.
/// With `keyField`, lines or items are the documents themselves and that field is their key (it stays a field).
/// INVALID_ARGUMENT names the line or item; RESOURCE_EXHAUSTED/LIMIT_EXCEEDED above 256 MiB; NOT_FOUND if it cannot be read.
[[nodiscard]] Result<QList<ImportedDocument>> readDocuments(const QString &path, const QString &keyField = {});

struct Imported {
    qsizetype count = 0;
    QFuture<Result<void>> written;  ///< finishes when all are durable; not valid if there are none
};

/// Writes the documents of a file, each replacing what is there. A document that the limits refuse ends it with that error; the ones before
/// it have been written.
[[nodiscard]] Result<Imported> importDocuments(Client &client, const QString &path, const QString &keyField,
                                               const QString &defaultCollection);

}  // namespace Satchel::Cli
