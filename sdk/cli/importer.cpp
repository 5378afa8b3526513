// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "importer.h"

#include <Satchel/json.h>

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QMap>

#include <algorithm>
#include <optional>

namespace Satchel::Cli {

namespace {

constexpr qint64 fileBytesMax = 256LL * 1024 * 1024;

Error malformed(const QString &where, const QString &what)
{
    return {Error::Code::InvalidArgument, Error::Reason::MalformedInput, where + QStringLiteral(": ") + what};
}

Error at(const QString &where, const Error &error)
{
    return {error.code(), error.reason(), where + QStringLiteral(": ") + error.message(), error.retry()};
}

bool isObject(const QVariant &value)
{
    return value.typeId() == QMetaType::QVariantMap;
}

Result<ImportedDocument> documentFrom(const QVariant &item, const QString &keyField, const QString &where)
{
    if (!isObject(item)) {
        return failure(malformed(where, QStringLiteral("a document must be a JSON object")));
    }
    const QVariantMap members = item.toMap();
    const QString keyName = keyField.isEmpty() ? QStringLiteral("key") : keyField;
    const QVariant key = members.value(keyName);
    if (key.typeId() != QMetaType::QString) {
        const QString advice = keyField.isEmpty() && !members.contains(QStringLiteral("value"))
                                   ? QStringLiteral("; of plain documents, say with --key-field which field is the key")
                                   : QString();
        return failure(malformed(where, QStringLiteral("\"%1\" must be there and hold text").arg(keyName) + advice));
    }
    if (!keyField.isEmpty()) {
        return ImportedDocument{{}, key.toString(), members, where};
    }
    const QVariant value = members.value(QStringLiteral("value"));
    if (!isObject(value)) {
        return failure(malformed(where, QStringLiteral("\"value\" must be a JSON object, whose members become the document's fields")));
    }
    return ImportedDocument{members.value(QStringLiteral("collection")).toString(), key.toString(), value.toMap(), where};
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

Result<QList<ImportedDocument>> fromWhole(const QVariant &whole, const QString &keyField, const QString &name)
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
    if (members.isEmpty() || !std::all_of(members.cbegin(), members.cend(), isObject)) {
        return QList<ImportedDocument>{{{}, name, members, QStringLiteral("the file")}};
    }
    for (auto it = members.cbegin(); it != members.cend(); ++it) {
        documents.append({{}, it.key(), it->toMap(), QStringLiteral("member \"%1\"").arg(it.key())});
    }
    return documents;
}

/// A document's fields, apart by what its collection's policy says that they are.
struct Parts {
    QVariantMap registers;
    QMap<QString, qint64> counters;
    QMap<QString, QVariantList> sets;
};

Result<Parts> partsOf(const ImportedDocument &document, const CollectionPolicy &policy)
{
    Parts parts;
    for (auto it = document.fields.cbegin(); it != document.fields.cend(); ++it) {
        const FieldKind kind = policy.fieldKinds.value(it.key(), FieldKind::Register);
        if (kind == FieldKind::Counter && it->typeId() != QMetaType::LongLong) {
            return failure(malformed(document.where, QStringLiteral("\"%1\" is a counter: give a whole number").arg(it.key())));
        }
        if (kind == FieldKind::Set && it->typeId() != QMetaType::QVariantList) {
            return failure(malformed(document.where, QStringLiteral("\"%1\" is a set: give a list").arg(it.key())));
        }
        if (kind == FieldKind::Counter) {
            parts.counters.insert(it.key(), it->toLongLong());
        } else if (kind == FieldKind::Set) {
            parts.sets.insert(it.key(), it->toList());
        } else {
            parts.registers.insert(it.key(), *it);
        }
    }
    for (auto it = parts.sets.cbegin(); it != parts.sets.cend(); ++it) {
        const auto isScalar = [](const QVariant &element) {
            return element.typeId() != QMetaType::QVariantList && element.typeId() != QMetaType::QVariantMap;
        };
        if (!std::all_of(it->begin(), it->end(), isScalar)) {
            return failure(
                malformed(document.where, QStringLiteral("\"%1\" is a set: its elements cannot be lists or objects").arg(it.key())));
        }
    }
    return parts;
}

Result<void> checkDocument(const Collection &collection, const ImportedDocument &document)
{
    if (document.fields.isEmpty()) {
        return failure(malformed(document.where, QStringLiteral("an empty object: a document has at least one field")));
    }
    const auto parts = partsOf(document, collection.policy());
    if (!parts) {
        return failure(parts.error());
    }
    const auto checked = collection.check(document.key, parts->registers);
    if (!checked) {
        return failure(at(document.where, checked.error()));
    }
    return {};
}

/// Makes writes until one is refused on the spot.
class Writer {
public:
    void take(const QFuture<Result<void>> &write)
    {
        // Writes become durable in order, so the last one speaks for all.
        m_written = write;
        if (write.isFinished() && !write.result() && !m_error) {
            m_error = write.result().error();
        }
    }
    [[nodiscard]] bool isGood() const { return !m_error; }
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }
    [[nodiscard]] QFuture<Result<void>> written() const { return m_written; }

private:
    std::optional<Error> m_error;
    QFuture<Result<void>> m_written = readyResult<void>({});
};

/// QVariant takes 1 and 1.0 for the same; a set does not.
bool holds(const QVariantList &list, const QVariant &element)
{
    return std::any_of(list.begin(), list.end(),
                       [&](const QVariant &item) { return item.typeId() == element.typeId() && item == element; });
}

void writeSet(Writer &writer, Collection &collection, const QString &key, const QString &field, const QVariantList &wanted)
{
    const QVariantList shown = collection.value(key, field).toList();
    for (const QVariant &element : shown) {
        if (writer.isGood() && !holds(wanted, element)) {
            writer.take(collection.discardFromSet(key, field, element));
        }
    }
    for (const QVariant &element : wanted) {
        if (writer.isGood() && !holds(shown, element)) {
            writer.take(collection.addToSet(key, field, element));
        }
    }
}

void writeParts(Writer &writer, Collection &collection, const QString &key, const Parts &parts)
{
    const QVariantMap before = collection.get(key).value_or(QVariantMap());
    for (auto it = before.cbegin(); it != before.cend() && writer.isGood(); ++it) {
        if (!parts.registers.contains(it.key()) && !parts.counters.contains(it.key()) && !parts.sets.contains(it.key())) {
            writer.take(collection.removeField(key, it.key()));
        }
    }
    if (!parts.registers.isEmpty() && writer.isGood()) {
        writer.take(collection.update(key, parts.registers));
    }
    for (auto it = parts.counters.cbegin(); it != parts.counters.cend() && writer.isGood(); ++it) {
        // Counters wrap, and so does their difference.
        const auto delta = static_cast<qint64>(static_cast<quint64>(*it) - static_cast<quint64>(before.value(it.key()).toLongLong()));
        if (delta != 0 || !before.contains(it.key())) {
            writer.take(collection.increment(key, it.key(), delta));
        }
    }
    for (auto it = parts.sets.cbegin(); it != parts.sets.cend() && writer.isGood(); ++it) {
        writeSet(writer, collection, key, it.key(), *it);
    }
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
            return fromWhole(*whole, keyField, QFileInfo(path).completeBaseName());
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
    auto documents = readDocuments(path, keyField);
    if (!documents) {
        return failure(documents.error());
    }
    // Everything is looked at before anything is written: a file is taken in whole or not at all.
    for (ImportedDocument &document : *documents) {
        if (document.collection.isEmpty()) {
            document.collection = defaultCollection;
        }
        if (document.collection.isEmpty()) {
            return failure(malformed(document.where, QStringLiteral("no \"collection\" is named; say which with --collection")));
        }
        if (const auto checked = checkDocument(*client.collection(document.collection), document); !checked) {
            return failure(checked.error());
        }
    }
    Imported imported;
    imported.written = readyResult<void>({});
    for (const ImportedDocument &document : *documents) {
        Collection &collection = *client.collection(document.collection);
        Writer writer;
        if (collection.policy().fieldKinds.isEmpty()) {
            writer.take(collection.set(document.key, document.fields));
        } else {
            writeParts(writer, collection, document.key, partsOf(document, collection.policy()).value());
        }
        if (writer.isGood()) {
            // What the server decides on may take for ever; it is durable when what comes after it is, or when the client closes.
            imported.written = collection.policy().consistency == Consistency::Strong ? imported.written : writer.written();
            ++imported.count;
        } else {
            imported.refused.append(at(document.where, *writer.error()));
        }
    }
    return imported;
}

}  // namespace Satchel::Cli
