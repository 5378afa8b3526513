// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include <Satchel/typed.h>

#include "keeping.h"
#include "reflection.h"
#include "revision.h"

#include "client/collection_p.h"
#include "client/error_p.h"
#include "client/values.h"

#include <algorithm>

namespace Satchel {

struct CollectionAccess {
    static QFuture<Result<void>> revise(Collection *collection, const QString &key, std::vector<Edits::Revision> revisions,
                                        WriteOptions options)
    {
        return collection->d->write(key, Edits::revise(std::move(revisions)), options);
    }
};

namespace Typed {

namespace {

using Core::Value;

QFuture<Result<void>> failed(const Error &error)
{
    return readyResult<void>(failure(error));
}

std::optional<Value> member(const Value::Map &fields, const std::string &name)
{
    const auto found = std::ranges::find(fields, name, &Value::MapEntry::key);
    return found == fields.end() ? std::nullopt : std::optional(found->value);
}

/// A value of a document as Core has it; it came from there.
std::optional<Value> shownValue(const QVariantMap &shown, const QString &name)
{
    const auto field = shown.constFind(name);
    const auto value = field == shown.constEnd() ? Core::Result<Value>(Value()) : toValue(*field);
    return field == shown.constEnd() || !value ? std::nullopt : std::optional(*value);
}

/// What documents make of fields: the form in which they can be compared. Errors name the path.
Result<Value::Map> normalized(const QVariantMap &fields)
{
    return fromCore(Satchel::toFields(fields));
}

/// As QVariants, and as what these can be compared by: QVariant takes 1 and 1.0 for equal.
struct Both {
    QVariantMap fields;
    Value::Map values;
};

Result<Both> bothForms(const QMetaObject &type, const void *gadget)
{
    const Result<QVariantMap> fields = Reflection::encodeGadget(type, gadget, {});
    if (!fields) {
        return failure(fields.error());
    }
    Result<Value::Map> values = normalized(*fields);
    return values ? Result<Both>(Both{toVariantMap(*values), std::move(*values)}) : failure(values.error());
}

}  // namespace

Result<QVariantMap> toFields(const QMetaObject &type, const void *gadget)
{
    Result<Both> both = bothForms(type, gadget);
    return both ? Result<QVariantMap>(std::move(both->fields)) : failure(both.error());
}

Result<void> fromFields(const QMetaObject &type, const QVariantMap &fields, void *gadget)
{
    // What an app made itself becomes what a document would give.
    const Result<Value::Map> values = normalized(fields);
    return values ? Reflection::decodeGadget(type, toVariantMap(*values), gadget, {}) : failure(values.error());
}

QFuture<Result<void>> write(Collection *collection, const QString &key, const QMetaObject &type, const void *before, const void *after,
                            WriteOptions options)
{
    Q_ASSERT(collection && after);
    const QVariantMap shown = collection->get(key).value_or(QVariantMap());
    const Result<Both> was = before ? bothForms(type, before) : Result<Both>(Both());
    const Result<Both> is = bothForms(type, after);
    if (!was || !is) {
        return failed(!is ? is.error() : was.error());
    }
    QVariantMap fields;
    std::vector<Edits::Revision> revisions;
    for (int i = 0; i < type.propertyCount(); ++i) {
        const QMetaProperty property = type.property(i);
        const QString name = QString::fromUtf8(property.name());
        const std::string field = name.toStdString();
        // Without a document that can be read, all of it is written.
        if (!Reflection::isField(property) || (before && member(was->values, field) == member(is->values, field))) {
            continue;
        }
        if (is->fields.contains(name)) {
            const QVariant value = is->fields.value(name);
            fields.insert(name, Reflection::withUnknown(property.metaType(), shown.value(name), was->fields.value(name), value));
        }
        revisions.push_back({field, shownValue(shown, name), std::nullopt});
    }
    const Result<Value::Map> values = normalized(fields);
    if (!values) {
        return failed(values.error());
    }
    for (Edits::Revision &revision : revisions) {
        revision.after = member(*values, revision.field);
    }
    return CollectionAccess::revise(collection, key, std::move(revisions), options);
}

QFuture<Result<void>> writeField(Collection *collection, const QString &key, const QMetaObject &type, std::string_view field,
                                 QMetaType valueType, const void *value, WriteOptions options)
{
    Q_ASSERT(collection && value);
    const QString name = QString::fromUtf8(field.data(), qsizetype(field.size()));
    const Reflection::Place root;
    const Reflection::Place place = root.member(name);
    const int index = type.indexOfProperty(name.toUtf8().constData());
    const QMetaProperty property = type.property(index);
    if (index < 0 || !Reflection::isField(property) || property.metaType() != valueType) {
        return failed(Reflection::refuse(QStringLiteral("%1 has no stored Q_PROPERTY of this name and the type %2")
                                             .arg(QLatin1String(type.className()), QLatin1String(valueType.name())),
                                         place)
                          .value());
    }
    const Result<Reflection::Shown> encoded = Reflection::encode(valueType, value, place);
    if (!encoded) {
        return failed(encoded.error());
    }
    const QVariantMap shown = collection->get(key).value_or(QVariantMap());
    QVariantMap fields;
    if (*encoded) {
        // The field as its type reads it; what cannot be read is replaced as a whole.
        QVariant was(valueType);
        const bool isRead = shown.contains(name) && Reflection::decode(valueType, shown.value(name), was.data(), place);
        const Result<Reflection::Shown> before =
            isRead ? Reflection::encode(valueType, was.constData(), place) : Result<Reflection::Shown>(Reflection::Shown());
        fields.insert(name, Reflection::withUnknown(valueType, shown.value(name), before && *before ? **before : QVariant(), **encoded));
    }
    const Result<Value::Map> values = normalized(fields);
    if (!values) {
        return failed(values.error());
    }
    std::vector<Edits::Revision> revisions;
    revisions.push_back({name.toStdString(), shownValue(shown, name), member(*values, name.toStdString())});
    return CollectionAccess::revise(collection, key, std::move(revisions), options);
}

}  // namespace Typed

}  // namespace Satchel
