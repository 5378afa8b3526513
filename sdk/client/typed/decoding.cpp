// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "reflection.h"
#include "typeinfo.h"

#include <QDateTime>

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace Satchel::Reflection {

namespace {

const char *kindName(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::UnknownType:
    case QMetaType::Nullptr:
        return "null";
    case QMetaType::Bool:
        return "a boolean";
    case QMetaType::LongLong:
        return "an integer";
    case QMetaType::Double:
        return "a double";
    case QMetaType::QString:
        return "text";
    case QMetaType::QByteArray:
        return "bytes";
    case QMetaType::QDateTime:
        return "a timestamp";
    case QMetaType::QVariantList:
        return "a list";
    case QMetaType::QVariantMap:
        return "a map";
    default:
        return value.typeName();
    }
}

tl::unexpected<Error> refuseKind(const char *wanted, const QVariant &value, const Place &place)
{
    return refuse(QStringLiteral("%1 was expected and %2 found").arg(QLatin1String(wanted), QLatin1String(kindName(value))), place);
}

Result<void> refuseRange(QMetaType type, const Place &place)
{
    return refuse(QStringLiteral("a number that %1 cannot hold exactly").arg(QLatin1String(type.name())), place);
}

Result<void> decodeFloating(QMetaType type, const QVariant &value, void *data, const Place &place)
{
    double number = 0;
    if (value.typeId() == QMetaType::Double) {
        number = value.toDouble();
    } else if (value.typeId() == QMetaType::LongLong) {
        constexpr qint64 exactMax = qint64(1) << 53;
        if (value.toLongLong() > exactMax || value.toLongLong() < -exactMax) {
            return refuseRange(type, place);
        }
        number = double(value.toLongLong());
    } else {
        return refuseKind("a double", value, place);
    }
    if (type.id() == QMetaType::Double) {
        *static_cast<double *>(data) = number;
        return {};
    }
    const bool isInRange = !std::isfinite(number) || std::abs(number) <= double(std::numeric_limits<float>::max());
    const float narrow = isInRange ? float(number) : 0;
    if (!isInRange || (!std::isnan(number) && double(narrow) != number)) {
        return refuseRange(type, place);
    }
    *static_cast<float *>(data) = narrow;
    return {};
}

template <typename T>
Result<void> takeAs(const char *wanted, const QVariant &value, void *data, const Place &place)
{
    if (value.metaType() != QMetaType::fromType<T>()) {
        return refuseKind(wanted, value, place);
    }
    *static_cast<T *>(data) = value.value<T>();
    return {};
}

Result<void> decodeScalar(QMetaType type, const QVariant &value, void *data, const Place &place)
{
    switch (type.id()) {
    case QMetaType::Bool:
        return takeAs<bool>("a boolean", value, data, place);
    case QMetaType::QString:
        return takeAs<QString>("text", value, data, place);
    case QMetaType::QByteArray:
        return takeAs<QByteArray>("bytes", value, data, place);
    case QMetaType::QDateTime:
        return takeAs<QDateTime>("a timestamp", value, data, place);
    default:
        return decodeFloating(type, value, data, place);
    }
}

template <typename T>
Result<void> takeInteger(qint64 number, QMetaType type, void *data, const Place &place)
{
    if (!std::in_range<T>(number)) {
        return refuseRange(type, place);
    }
    *static_cast<T *>(data) = T(number);
    return {};
}

Result<void> decodeInteger(QMetaType type, const QVariant &value, void *data, const Place &place)
{
    if (value.typeId() != QMetaType::LongLong) {
        return refuseKind("an integer", value, place);
    }
    const qint64 number = value.toLongLong();
    switch (type.id()) {
    case QMetaType::Char:
        // in_range() does not take char, whose sign is the platform's.
        return std::is_signed_v<char> ? takeInteger<signed char>(number, type, data, place)
                                      : takeInteger<unsigned char>(number, type, data, place);
    case QMetaType::SChar:
        return takeInteger<signed char>(number, type, data, place);
    case QMetaType::UChar:
        return takeInteger<unsigned char>(number, type, data, place);
    case QMetaType::Short:
        return takeInteger<short>(number, type, data, place);
    case QMetaType::UShort:
        return takeInteger<unsigned short>(number, type, data, place);
    case QMetaType::Int:
        return takeInteger<int>(number, type, data, place);
    case QMetaType::UInt:
        return takeInteger<unsigned int>(number, type, data, place);
    case QMetaType::Long:
        return takeInteger<long>(number, type, data, place);
    case QMetaType::ULong:
        return takeInteger<unsigned long>(number, type, data, place);
    case QMetaType::LongLong:
        return takeInteger<qint64>(number, type, data, place);
    default:
        return takeInteger<quint64>(number, type, data, place);
    }
}

Result<void> decodeEnum(const TypeInfo &info, QMetaType type, const QVariant &value, void *data, const Place &place)
{
    if (value.typeId() != QMetaType::QString) {
        return refuseKind("the name of an enum's value", value, place);
    }
    const QByteArray name = value.toString().toUtf8();
    for (int i = 0; i < info.enumerator().keyCount(); ++i) {
        if (name == info.enumerator().key(i)) {
            const qint64 number = info.enumerator().value(i);
            std::memcpy(data, &number, std::size_t(type.sizeOf()));
            return {};
        }
    }
    return refuse(QStringLiteral("a name that the enum %1 of this version does not have").arg(QLatin1String(info.enumerator().name())),
                  place);
}

Result<void> decodeList(const TypeInfo &info, const QVariant &value, void *data, const Place &place)
{
    if (value.typeId() != QMetaType::QVariantList) {
        return refuseKind("a list", value, place);
    }
    info.sequence().clear(data);
    const QVariantList list = value.toList();
    for (qsizetype i = 0; i < list.size(); ++i) {
        QVariant element(info.inner());
        const bool isVariant = info.inner() == QMetaType::fromType<QVariant>();
        void *const into = isVariant ? static_cast<void *>(&element) : element.data();
        if (Result<void> filled = decode(info.inner(), list.at(i), into, place.element(i)); !filled) {
            return filled;
        }
        info.sequence().addValueAtEnd(data, into);
    }
    return {};
}

Result<void> decodeFree(QMetaType type, const QVariant &value, void *data, const Place &place)
{
    if (type.id() == QMetaType::QVariantMap) {
        return takeAs<QVariantMap>("a map", value, data, place);
    }
    if (type.id() == QMetaType::QVariantList) {
        return takeAs<QVariantList>("a list", value, data, place);
    }
    *static_cast<QVariant *>(data) = value.isValid() ? value : QVariant::fromValue(nullptr);
    return {};
}

}  // namespace

Result<void> decode(QMetaType type, const QVariant &value, void *data, const Place &place)
{
    if (place.depth >= depthMax) {
        return refuse(QStringLiteral("nested too deep"), place);
    }
    const TypeInfo info(type);
    switch (info.kind()) {
    case TypeInfo::Kind::Scalar:
        return decodeScalar(type, value, data, place);
    case TypeInfo::Kind::Integer:
        return decodeInteger(type, value, data, place);
    case TypeInfo::Kind::Enum:
        return decodeEnum(info, type, value, data, place);
    case TypeInfo::Kind::Gadget:
        return value.typeId() == QMetaType::QVariantMap ? decodeGadget(*info.gadget(), value.toMap(), data, place)
                                                        : refuseKind("a map", value, place);
    case TypeInfo::Kind::Optional: {
        const bool isNull = !value.isValid() || value.typeId() == QMetaType::Nullptr;
        const bool takesNull = TypeInfo(info.inner()).kind() == TypeInfo::Kind::Free && info.inner().id() == QMetaType::QVariant;
        return isNull && !takesNull ? Result<void>()
                                    : decode(
                                          info.inner(), value,
                                          [&] {
                                              const Typed::OptionalAccess access = info.open(data);
                                              return access.emplace(access.optional);
                                          }(),
                                          place);
    }
    case TypeInfo::Kind::List:
        return decodeList(info, value, data, place);
    case TypeInfo::Kind::Free:
        return decodeFree(type, value, data, place);
    case TypeInfo::Kind::Unmapped:
        break;
    }
    return refuseType(type, place);
}

Result<void> decodeGadget(const QMetaObject &type, const QVariantMap &fields, void *gadget, const Place &place)
{
    for (int i = 0; i < type.propertyCount(); ++i) {
        const QMetaProperty property = type.property(i);
        if (!isField(property)) {
            continue;
        }
        const Place member = place.member(QString::fromUtf8(property.name()));
        const auto field = fields.constFind(member.name);
        if (field == fields.constEnd()) {
            // Says at the first reading, not at the first value, that a type cannot be mapped.
            if (TypeInfo(property.metaType()).kind() == TypeInfo::Kind::Unmapped) {
                return refuseType(property.metaType(), member);
            }
            continue;
        }
        const bool isVariant = property.metaType() == QMetaType::fromType<QVariant>();
        QVariant value = isVariant ? QVariant() : QVariant(property.metaType());
        if (Result<void> filled = decode(property.metaType(), *field, isVariant ? &value : value.data(), member); !filled) {
            return filled;
        }
        if (!property.writeOnGadget(gadget, value)) {
            return refuse(QStringLiteral("the property's WRITE function does not take its own type"), member);
        }
    }
    return {};
}

}  // namespace Satchel::Reflection
