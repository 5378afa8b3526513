// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "reflection.h"
#include "typeinfo.h"

#include <QDateTime>

#include <cstring>
#include <limits>

namespace Satchel::Reflection {

namespace {

Result<Shown> encodeScalar(QMetaType type, const void *data)
{
    const QVariant value(type, data);
    if (type.id() == QMetaType::QDateTime && !value.toDateTime().isValid()) {
        return Shown();
    }
    return Shown(type.id() == QMetaType::Float ? QVariant(double(value.toFloat())) : value);
}

bool isUnsigned(QMetaType type)
{
    return type.flags() & QMetaType::IsUnsignedEnumeration;
}

Result<Shown> encodeInteger(QMetaType type, const void *data, const Place &place)
{
    const QVariant value(type, data);
    const bool isWide = type.id() == QMetaType::ULong || type.id() == QMetaType::ULongLong;
    if (isWide && value.toULongLong() > quint64(std::numeric_limits<qint64>::max())) {
        return refuse(QStringLiteral("an integer beyond 64 bit signed, which is what documents hold"), place);
    }
    return Shown(qlonglong(value.toLongLong()));
}

/// The bytes of an enum as the int that QMetaEnum takes; nothing if it is no such int.
std::optional<int> enumNumber(QMetaType type, const void *data)
{
    qint64 number = 0;
    std::memcpy(&number, data, std::size_t(type.sizeOf()));
    const int unused = 64 - 8 * int(type.sizeOf());
    number = isUnsigned(type) ? qint64(quint64(number) << unused >> unused) : qint64(quint64(number) << unused) >> unused;
    const bool isInt = number >= std::numeric_limits<int>::min() && number <= std::numeric_limits<int>::max();
    return isInt ? std::optional(int(number)) : std::nullopt;
}

Result<Shown> encodeEnum(const TypeInfo &info, QMetaType type, const void *data, const Place &place)
{
    const std::optional<int> number = enumNumber(type, data);
    const char *const key = number ? info.enumerator().valueToKey(*number) : nullptr;
    if (!key) {
        return refuse(QStringLiteral("a number that is no value of the enum %1").arg(QLatin1String(info.enumerator().name())), place);
    }
    return Shown(QString::fromLatin1(key));
}

Result<Shown> encodeList(const TypeInfo &info, const void *data, const Place &place)
{
    QVariantList list;
    const qsizetype count = info.sequence().size(data);
    list.reserve(count);
    for (qsizetype i = 0; i < count; ++i) {
        QVariant element(info.inner());
        const bool isVariant = info.inner() == QMetaType::fromType<QVariant>();
        info.sequence().valueAtIndex(data, i, isVariant ? static_cast<void *>(&element) : element.data());
        Result<Shown> value = encode(info.inner(), isVariant ? static_cast<const void *>(&element) : element.constData(), place.element(i));
        if (!value) {
            return failure(value.error());
        }
        if (!*value) {
            return refuse(QStringLiteral("a list has no place for a value that is not there"), place.element(i));
        }
        list.append(std::move(**value));
    }
    return Shown(std::move(list));
}

Result<Shown> encodeFree(QMetaType type, const void *data)
{
    if (type.id() == QMetaType::QVariant) {
        const QVariant &value = *static_cast<const QVariant *>(data);
        return value.isValid() ? Shown(value) : Shown();
    }
    return Shown(QVariant(type, data));
}

}  // namespace

Result<Shown> encode(QMetaType type, const void *data, const Place &place)
{
    if (place.depth >= depthMax) {
        return refuse(QStringLiteral("nested too deep"), place);
    }
    const TypeInfo info(type);
    switch (info.kind()) {
    case TypeInfo::Kind::Scalar:
        return encodeScalar(type, data);
    case TypeInfo::Kind::Integer:
        return encodeInteger(type, data, place);
    case TypeInfo::Kind::Enum:
        return encodeEnum(info, type, data, place);
    case TypeInfo::Kind::Gadget: {
        Result<QVariantMap> members = encodeGadget(*info.gadget(), data, place);
        return members ? Result<Shown>(Shown(std::move(*members))) : failure(members.error());
    }
    case TypeInfo::Kind::Optional: {
        const Typed::OptionalAccess access = info.lookInto(data);
        return access.value ? encode(access.inner, access.value, place) : Result<Shown>(Shown());
    }
    case TypeInfo::Kind::List:
        return encodeList(info, data, place);
    case TypeInfo::Kind::Free:
        return encodeFree(type, data);
    case TypeInfo::Kind::Unmapped:
        break;
    }
    return refuseType(type, place);
}

Result<QVariantMap> encodeGadget(const QMetaObject &type, const void *gadget, const Place &place)
{
    QVariantMap fields;
    for (int i = 0; i < type.propertyCount(); ++i) {
        const QMetaProperty property = type.property(i);
        if (!isField(property)) {
            continue;
        }
        const QString name = QString::fromUtf8(property.name());
        const QVariant value = property.readOnGadget(gadget);
        const bool isVariant = property.metaType() == QMetaType::fromType<QVariant>();
        Result<Shown> shown =
            encode(property.metaType(), isVariant ? static_cast<const void *>(&value) : value.constData(), place.member(name));
        if (!shown) {
            return failure(shown.error());
        }
        if (*shown) {
            fields.insert(name, std::move(**shown));
        }
    }
    return fields;
}

}  // namespace Satchel::Reflection
