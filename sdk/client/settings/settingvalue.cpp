// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "settingvalue.h"

#include "client/values.h"

#include <QDataStream>
#include <QDateTime>
#include <QIODevice>
#include <QMetaType>

#include <algorithm>
#include <limits>

namespace Satchel::SettingValue {

namespace {

constexpr auto streamVersion = QDataStream::Qt_6_0;

QString tag()
{
    return QStringLiteral("$qt");
}

/// Whether a document gives it back as it is, but for the width of numbers and the place of times.
bool isNative(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::UnknownType:
    case QMetaType::Bool:
    case QMetaType::Short:
    case QMetaType::UShort:
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::Long:
    case QMetaType::LongLong:
    case QMetaType::Float:
    case QMetaType::Double:
    case QMetaType::QByteArray:
        return true;
    case QMetaType::ULong:
    case QMetaType::ULongLong:
        return value.toULongLong() <= quint64(std::numeric_limits<qint64>::max());
    case QMetaType::QString:
        return value.toString().isValidUtf16();
    case QMetaType::QDateTime: {
        const QDateTime time = value.toDateTime();
        return time.isValid() && (time.timeSpec() == Qt::UTC || time.timeSpec() == Qt::LocalTime);
    }
    case QMetaType::QStringList:
        return std::ranges::all_of(value.toStringList(), [](const QString &text) { return text.isValidUtf16(); });
    case QMetaType::QVariantList:
        return std::ranges::all_of(value.toList(), isNative);
    case QMetaType::QVariantMap: {
        const QVariantMap map = value.toMap();
        // An app's own map that looks like the tag is streamed, so that the tag is never the app's.
        return !map.contains(tag()) && std::ranges::all_of(map, isNative) &&
               std::ranges::all_of(map.keys(), [](const QString &key) { return key.isValidUtf16(); });
    }
    default:
        return false;
    }
}

/// The first type inside that has no stream operators; invalid if there is none.
QMetaType firstUnstreamable(const QVariant &value)
{
    if (value.typeId() == QMetaType::QVariantList) {
        for (const QVariant &item : value.toList()) {
            if (const QMetaType type = firstUnstreamable(item); type.isValid()) {
                return type;
            }
        }
        return {};
    }
    if (value.typeId() == QMetaType::QVariantMap) {
        return firstUnstreamable(value.toMap().values());
    }
    return value.isValid() && !value.metaType().hasRegisteredDataStreamOperators() ? value.metaType() : QMetaType();
}

bool isTexts(const QVariantList &list)
{
    return !list.isEmpty() && std::ranges::all_of(list, [](const QVariant &item) { return item.typeId() == QMetaType::QString; });
}

}  // namespace

Result<QVariant> toDocument(const QVariant &value)
{
    if (isNative(value)) {
        return value.isValid() ? value : QVariant::fromValue(nullptr);
    }
    if (const QMetaType type = firstUnstreamable(value); type.isValid()) {
        return failure(Error(Error::Code::InvalidArgument, Error::Reason::NotRepresentable,
                             QStringLiteral("the type %1 has no stream operators; give it operator<< and >> for QDataStream")
                                 .arg(QLatin1String(type.name()))));
    }
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(streamVersion);
    stream << value;
    return QVariant(QVariantMap{{tag(), bytes}});
}

Result<QVariant> fromDocument(const QVariant &shown)
{
    if (shown.typeId() == QMetaType::Nullptr) {
        return QVariant();
    }
    if (shown.typeId() == QMetaType::QVariantList && isTexts(shown.toList())) {
        return QVariant(shown.toStringList());
    }
    const QVariant tagged = shown.typeId() == QMetaType::QVariantMap ? shown.toMap().value(tag()) : QVariant();
    if (tagged.typeId() != QMetaType::QByteArray) {
        return shown;
    }
    QDataStream stream(tagged.toByteArray());
    stream.setVersion(streamVersion);
    QVariant value;
    stream >> value;
    if (stream.status() != QDataStream::Ok || !stream.atEnd()) {
        return failure(
            Error(Error::Code::InvalidArgument, Error::Reason::MalformedInput,
                  QStringLiteral("the value was written by QDataStream with a type that this program does not know, or is damaged")));
    }
    return value;
}

bool isSame(const QVariant &a, const QVariant &b)
{
    const auto first = toValue(a);
    const auto second = toValue(b);
    return first && second && *first == *second;
}

}  // namespace Satchel::SettingValue
