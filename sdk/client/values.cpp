// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "values.h"

#include <QCborArray>
#include <QCborMap>
#include <QCborValue>
#include <QDateTime>
#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QMetaType>
#include <QTimeZone>

#include <algorithm>
#include <limits>

namespace Satchel {

using Core::Value;

namespace {

constexpr std::string_view bom = "\xEF\xBB\xBF";
/// Deeper than any limit on documents, and far from the end of the stack.
constexpr int depthMax = 64;

/// Where in a document the converter stands. A chain on the stack: the text is made only when something is refused.
struct Place {
    const Place *outer = nullptr;
    QString name;
    qsizetype index = -1;
    int depth = 0;

    [[nodiscard]] QString toString() const
    {
        const QString own = index >= 0 ? QStringLiteral("[%1]").arg(index) : (outer && outer->outer ? u'.' + name : name);
        return outer ? outer->toString() + own : own;
    }
};

tl::unexpected<Core::Error> refuse(Core::ErrorReason reason, const QString &what, const Place &place)
{
    const QString where = place.toString();
    return Core::failure(Core::invalidArgument(reason, (where.isEmpty() ? what : what + QStringLiteral(" at ") + where).toStdString()));
}

tl::unexpected<Core::Error> refuseType(const char *type, const Place &place)
{
    return refuse(Core::ErrorReason::NotRepresentable, QStringLiteral("a document cannot hold the type %1").arg(QLatin1String(type)),
                  place);
}

Core::Result<std::string> textToUtf8(const QString &text, const Place &place)
{
    if (!text.isValidUtf16()) {
        return refuse(Core::ErrorReason::InvalidUtf8, QStringLiteral("text with a lone surrogate"), place);
    }
    return text.toStdString();
}

Core::Result<Value> convert(const QVariant &variant, const Place &place);
Core::Result<Value> convert(const QJsonValue &json, const Place &place);
Core::Result<Value> convert(const QCborValue &cbor, const Place &place);
Core::Result<Value> convert(const QString &text, const Place &place);

template <typename Item, typename List>
Core::Result<Value> convertList(const List &list, const Place &place)
{
    if (place.depth >= depthMax) {
        return refuse(Core::ErrorReason::LimitExceeded, QStringLiteral("nested too deep"), place);
    }
    Value::List values;
    values.reserve(std::size_t(list.size()));
    qsizetype index = 0;
    for (const Item &item : list) {
        auto value = convert(item, Place{&place, {}, index++, place.depth + 1});
        if (!value) {
            return Core::failure(std::move(value.error()));
        }
        values.push_back(std::move(*value));
    }
    return Value(std::move(values));
}

template <typename Map>
Core::Result<Value::Map> convertMembers(const Map &map, const Place &place)
{
    if (place.depth >= depthMax) {
        return refuse(Core::ErrorReason::LimitExceeded, QStringLiteral("nested too deep"), place);
    }
    Value::Map entries;
    entries.reserve(std::size_t(map.size()));
    for (auto it = map.constBegin(); it != map.constEnd(); ++it) {
        const Place member{&place, it.key(), -1, place.depth + 1};
        auto name = textToUtf8(member.name, place);
        if (!name) {
            return Core::failure(std::move(name.error()));
        }
        auto value = convert(it.value(), member);
        if (!value) {
            return Core::failure(std::move(value.error()));
        }
        entries.push_back({std::move(*name), std::move(*value)});
    }
    return entries;
}

template <typename Map>
Core::Result<Value> convertMap(const Map &map, const Place &place)
{
    auto entries = convertMembers(map, place);
    return entries ? Value::map(std::move(*entries)) : Core::failure(std::move(entries.error()));
}

Core::Result<Value> convert(const QString &text, const Place &place)
{
    auto utf8 = textToUtf8(text, place);
    return utf8 ? Core::Result<Value>(Value(std::move(*utf8))) : Core::failure(std::move(utf8.error()));
}

Core::Result<Value> convertUnsigned(quint64 number, const Place &place)
{
    if (number > quint64(std::numeric_limits<qint64>::max())) {
        return refuse(Core::ErrorReason::NotRepresentable, QStringLiteral("an integer beyond 64 bit signed"), place);
    }
    return Value(std::int64_t(number));
}

Core::Result<Value> convertDateTime(const QDateTime &time, const Place &place)
{
    if (!time.isValid()) {
        return refuse(Core::ErrorReason::NotRepresentable, QStringLiteral("an invalid QDateTime"), place);
    }
    return Value(Core::Timestamp{time.toMSecsSinceEpoch()});
}

Core::Result<Value> convert(const QJsonValue &json, const Place &place)
{
    switch (json.type()) {
    case QJsonValue::Null:
        return Value();
    case QJsonValue::Bool:
        return Value(json.toBool());
    case QJsonValue::Double: {
        // QJsonValue keeps integers apart from doubles, and shows it only here.
        const QVariant number = json.toVariant();
        return number.typeId() == QMetaType::LongLong ? Value(std::int64_t(number.toLongLong())) : Value(number.toDouble());
    }
    case QJsonValue::String:
        return convert(json.toString(), place);
    case QJsonValue::Array:
        return convertList<QJsonValue>(json.toArray(), place);
    case QJsonValue::Object:
        return convertMap(json.toObject(), place);
    case QJsonValue::Undefined:
        break;
    }
    return refuseType("QJsonValue::Undefined", place);
}

Core::Result<Value> convertCborMap(const QCborMap &map, const Place &place)
{
    Value::Map entries;
    for (auto it = map.constBegin(); it != map.constEnd(); ++it) {
        const QCborValue key = it.key();
        if (!key.isString()) {
            return refuse(Core::ErrorReason::NotRepresentable, QStringLiteral("a QCborMap with a key that is not text"), place);
        }
        const Place member{&place, key.toString(), -1, place.depth + 1};
        auto name = textToUtf8(member.name, place);
        if (!name) {
            return Core::failure(std::move(name.error()));
        }
        auto value = convert(QCborValue(it.value()), member);
        if (!value) {
            return Core::failure(std::move(value.error()));
        }
        entries.push_back({std::move(*name), std::move(*value)});
    }
    return Value::map(std::move(entries));
}

Core::Result<Value> convert(const QCborValue &cbor, const Place &place)
{
    if (place.depth >= depthMax) {
        return refuse(Core::ErrorReason::LimitExceeded, QStringLiteral("nested too deep"), place);
    }
    switch (cbor.type()) {
    case QCborValue::Null:
        return Value();
    case QCborValue::False:
        return Value(false);
    case QCborValue::True:
        return Value(true);
    case QCborValue::Integer:
        return Value(std::int64_t(cbor.toInteger()));
    case QCborValue::Double:
        return Value(cbor.toDouble());
    case QCborValue::String:
        return convert(cbor.toString(), place);
    case QCborValue::ByteArray:
        return Value(Core::Bytes{cbor.toByteArray().toStdString()});
    case QCborValue::DateTime:
        return convertDateTime(cbor.toDateTime(), place);
    case QCborValue::Array:
        return convertList<QCborValue>(cbor.toArray(), place);
    case QCborValue::Map:
        return convertCborMap(cbor.toMap(), place);
    default:
        return refuse(Core::ErrorReason::NotRepresentable, QStringLiteral("a CBOR tag or simple value"), place);
    }
}

Core::Result<Value> convert(const QVariant &variant, const Place &place)
{
    // Read in place: the copies that QVariant::value() makes are what a write of a large document would mostly consist of.
    const void *data = variant.constData();
    switch (variant.typeId()) {
    case QMetaType::UnknownType:
    case QMetaType::Nullptr:
        return Value();
    case QMetaType::Bool:
        return Value(*static_cast<const bool *>(data));
    case QMetaType::Short:
    case QMetaType::Int:
    case QMetaType::Long:
    case QMetaType::LongLong:
    case QMetaType::SChar:
        return Value(std::int64_t(variant.toLongLong()));
    case QMetaType::UChar:
    case QMetaType::UShort:
    case QMetaType::UInt:
    case QMetaType::ULong:
    case QMetaType::ULongLong:
        return convertUnsigned(variant.toULongLong(), place);
    case QMetaType::Float:
        return Value(double(*static_cast<const float *>(data)));
    case QMetaType::Double:
        return Value(*static_cast<const double *>(data));
    case QMetaType::QString:
        return convert(*static_cast<const QString *>(data), place);
    case QMetaType::QByteArray:
        return Value(Core::Bytes{static_cast<const QByteArray *>(data)->toStdString()});
    case QMetaType::QDateTime:
        return convertDateTime(*static_cast<const QDateTime *>(data), place);
    case QMetaType::QVariantList:
        return convertList<QVariant>(*static_cast<const QVariantList *>(data), place);
    case QMetaType::QStringList:
        return convertList<QString>(*static_cast<const QStringList *>(data), place);
    case QMetaType::QVariantMap:
        return convertMap(*static_cast<const QVariantMap *>(data), place);
    case QMetaType::QVariantHash:
        return convertMap(*static_cast<const QVariantHash *>(data), place);
    case QMetaType::QJsonValue:
        return convert(*static_cast<const QJsonValue *>(data), place);
    case QMetaType::QJsonObject:
        return convertMap(*static_cast<const QJsonObject *>(data), place);
    case QMetaType::QJsonArray:
        return convertList<QJsonValue>(*static_cast<const QJsonArray *>(data), place);
    case QMetaType::QCborValue:
        return convert(*static_cast<const QCborValue *>(data), place);
    case QMetaType::QCborMap:
        return convertCborMap(*static_cast<const QCborMap *>(data), place);
    case QMetaType::QCborArray:
        return convertList<QCborValue>(*static_cast<const QCborArray *>(data), place);
    default:
        return refuseType(variant.typeName(), place);
    }
}

}  // namespace

QString toQString(std::string_view utf8)
{
    QString text;
    while (utf8.starts_with(bom)) {
        text += QChar(QChar::ByteOrderMark);
        utf8.remove_prefix(bom.size());
    }
    const QString rest = QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
    return text.isEmpty() ? rest : text + rest;
}

QDateTime utcTime(qint64 msecsSinceEpoch)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    return QDateTime::fromMSecsSinceEpoch(msecsSinceEpoch, QTimeZone::UTC);
#else
    return QDateTime::fromMSecsSinceEpoch(msecsSinceEpoch, Qt::UTC);
#endif
}

bool isBeforeInUtf8(QStringView a, QStringView b)
{
    const auto [unitA, unitB] = std::ranges::mismatch(a, b);
    if (unitA == a.end() || unitB == b.end()) {
        return a.size() < b.size();
    }
    // Where the two differ in a surrogate, that one stands for the greater code point.
    if (unitA->isSurrogate() != unitB->isSurrogate()) {
        return unitB->isSurrogate();
    }
    return *unitA < *unitB;
}

Core::Result<std::string> toUtf8(QStringView text, std::string_view what)
{
    if (!text.isValidUtf16()) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::InvalidUtf8, std::string(what) + " holds a lone surrogate"));
    }
    return text.toUtf8().toStdString();
}

QVariant toVariant(const Value &value)
{
    switch (value.type()) {
    case Value::Type::Null:
        return QVariant::fromValue(nullptr);
    case Value::Type::Bool:
        return *value.as<bool>();
    case Value::Type::Int:
        return QVariant(qlonglong(*value.as<std::int64_t>()));
    case Value::Type::Double:
        return *value.as<double>();
    case Value::Type::String:
        return toQString(*value.as<std::string>());
    case Value::Type::Bytes:
        return QByteArray::fromStdString(value.as<Core::Bytes>()->data);
    case Value::Type::Timestamp:
        return utcTime(value.as<Core::Timestamp>()->milliseconds);
    case Value::Type::List: {
        QVariantList list;
        list.reserve(qsizetype(value.as<Value::List>()->size()));
        for (const Value &item : *value.as<Value::List>()) {
            list.append(toVariant(item));
        }
        return list;
    }
    case Value::Type::Map:
        return toVariantMap(*value.as<Value::Map>());
    }
    Q_UNREACHABLE();
}

QVariantMap toVariantMap(const Value::Map &fields)
{
    QVariantMap map;
    for (const Value::MapEntry &entry : fields) {
        map.insert(toQString(entry.key), toVariant(entry.value));
    }
    return map;
}

Core::Result<Value> toValue(const QVariant &variant)
{
    return convert(variant, Place{});
}

Core::Result<Value::Map> toFields(const QVariantMap &fields)
{
    auto value = convertMap(fields, Place{});
    if (!value) {
        return Core::failure(std::move(value.error()));
    }
    return std::move(*const_cast<Value::Map *>(value->as<Value::Map>()));
}

}  // namespace Satchel
