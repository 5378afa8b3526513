// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "importer.h"

#include <Satchel/json.h>

#include <QtCore/QFile>

namespace Satchel::Cli {

namespace {

constexpr qint64 fileBytesMax = 256LL * 1024 * 1024;

Error malformed(const QString &where, const QString &what)
{
    return {Error::Code::InvalidArgument, Error::Reason::MalformedInput, where + QStringLiteral(": ") + what};
}

Result<ImportedDocument> documentFrom(const QVariant &item, const QString &keyField, const QString &where)
{
    if (item.typeId() != QMetaType::QVariantMap) {
        return failure(malformed(where, QStringLiteral("a document must be a JSON object")));
    }
    const QVariantMap members = item.toMap();
    const QString keyName = keyField.isEmpty() ? QStringLiteral("key") : keyField;
    const QVariant key = members.value(keyName);
    if (key.typeId() != QMetaType::QString) {
        return failure(malformed(where, QStringLiteral("\"%1\" must be there and hold text").arg(keyName)));
    }
    if (!keyField.isEmpty()) {
        return ImportedDocument{{}, key.toString(), members};
    }
    const QVariant value = members.value(QStringLiteral("value"));
    if (value.typeId() != QMetaType::QVariantMap) {
        return failure(malformed(where, QStringLiteral("\"value\" must be a JSON object, whose members become the document's fields")));
    }
    return ImportedDocument{members.value(QStringLiteral("collection")).toString(), key.toString(), value.toMap()};
}

Result<QList<ImportedDocument>> fromLines(const QByteArray &content, const QString &keyField)
{
    QList<ImportedDocument> documents;
    qsizetype number = 0;
    for (const QByteArray &line : content.split('\n')) {
        ++number;
        if (line.trimmed().isEmpty()) {
            continue;
        }
        const QString where = QStringLiteral("line %1").arg(number);
        const auto item = valueFromJson(line);
        if (!item) {
            return failure(malformed(where, item.error().message()));
        }
        auto document = documentFrom(*item, keyField, where);
        if (!document) {
            return failure(document.error());
        }
        documents.append(std::move(*document));
    }
    return documents;
}

Result<QList<ImportedDocument>> fromWhole(const QVariant &whole, const QString &keyField)
{
    QList<ImportedDocument> documents;
    if (whole.typeId() == QMetaType::QVariantList) {
        qsizetype number = 0;
        for (const QVariant &item : whole.toList()) {
            auto document = documentFrom(item, keyField, QStringLiteral("item %1").arg(++number));
            if (!document) {
                return failure(document.error());
            }
            documents.append(std::move(*document));
        }
        return documents;
    }
    const QVariantMap members = whole.toMap();
    if (!keyField.isEmpty() || (members.contains(QStringLiteral("key")) && members.contains(QStringLiteral("value")))) {
        return documentFrom(whole, keyField, QStringLiteral("the file")).map([](ImportedDocument document) {
            return QList<ImportedDocument>{std::move(document)};
        });
    }
    for (auto it = members.cbegin(); it != members.cend(); ++it) {
        if (it->typeId() != QMetaType::QVariantMap) {
            return failure(malformed(QStringLiteral("member \"%1\"").arg(it.key()), QStringLiteral("a document must be a JSON object")));
        }
        documents.append({{}, it.key(), it->toMap()});
    }
    return documents;
}

}  // namespace

Result<QList<ImportedDocument>> readDocuments(const QString &path, const QString &keyField)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return failure(Error(Error::Code::NotFound, Error::Reason::None, QStringLiteral("%1: %2").arg(path, file.errorString())));
    }
    if (file.size() > fileBytesMax) {
        return failure(Error(Error::Code::ResourceExhausted, Error::Reason::LimitExceeded,
                             QStringLiteral("%1 is larger than 256 MiB; split it").arg(path)));
    }
    const QByteArray content = file.readAll();
    const bool isLines = path.endsWith(QStringLiteral(".jsonl")) || path.endsWith(QStringLiteral(".ndjson"));
    if (!isLines) {
        const auto whole = valueFromJson(content);
        if (whole && (whole->typeId() == QMetaType::QVariantList || whole->typeId() == QMetaType::QVariantMap)) {
            return fromWhole(*whole, keyField);
        }
        // One object over several lines is a whole file with a mistake in it; its own message says more than that of its first line.
        if (!whole && !content.trimmed().contains("}\n{")) {
            return failure(malformed(path, whole.error().message()));
        }
    }
    return fromLines(content, keyField);
}

Result<Imported> importDocuments(Client &client, const QString &path, const QString &keyField, const QString &defaultCollection)
{
    const auto documents = readDocuments(path, keyField);
    if (!documents) {
        return failure(documents.error());
    }
    // Everything is looked at before anything is written: a file is taken in whole or not at all.
    qsizetype number = 0;
    for (const ImportedDocument &document : *documents) {
        ++number;
        const QString &name = document.collection.isEmpty() ? defaultCollection : document.collection;
        const QString where = QStringLiteral("document %1").arg(number);
        if (document.fields.isEmpty()) {
            return failure(malformed(where, QStringLiteral("an empty object: a document has at least one field")));
        }
        if (const auto checked = client.collection(name)->check(document.key, document.fields); !checked) {
            return failure(malformed(where, checked.error().message()));
        }
    }
    Imported imported;
    for (const ImportedDocument &document : *documents) {
        const QString &name = document.collection.isEmpty() ? defaultCollection : document.collection;
        // Writes become durable in order, so the last one speaks for all.
        imported.written = client.collection(name)->set(document.key, document.fields);
        if (imported.written.isFinished() && !imported.written.result()) {
            const Error error = imported.written.result().error();
            return failure(malformed(QStringLiteral("document %1").arg(imported.count + 1), error.message()));
        }
        ++imported.count;
    }
    return imported;
}

}  // namespace Satchel::Cli
