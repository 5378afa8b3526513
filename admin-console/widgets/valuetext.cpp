// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "valuetext.h"

#include "timetext.h"
#include "visibletext.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

using namespace Qt::StringLiterals;

namespace Satchel::Console {

namespace {

constexpr qsizetype blockCharactersMax = 64 * 1024;
constexpr qsizetype bytesShownMax = 64;

QString tr(const char *text, int n = -1)
{
    return QCoreApplication::translate("ValueText", text, nullptr, n);
}

QString quoted(const QString &text)
{
    return u'"' + text + u'"';
}

QString numberText(double number)
{
    if (std::isnan(number)) {
        return u"NaN"_s;
    }
    if (std::isinf(number)) {
        return number < 0 ? u"-∞"_s : u"∞"_s;
    }
    QString text = QString::number(number, 'g', QLocale::FloatingPointShortest);
    if (!text.contains(u'.') && !text.contains(u'e')) {
        text += u".0"_s;
    }
    return text;
}

QString bytesText(const Core::Bytes &bytes)
{
    const QByteArray data = QByteArray::fromStdString(bytes.data);
    return tr("%1 bytes").arg(data.size()) + u"  "_s + QString::fromLatin1(data.left(bytesShownMax).toHex(' ')) +
           (data.size() > bytesShownMax ? u" …"_s : QString());
}

QString scalarText(const Core::Value &value)
{
    using Type = Core::Value::Type;
    switch (value.type()) {
    case Type::Null:
        return u"null"_s;
    case Type::Bool:
        return *value.as<bool>() ? u"true"_s : u"false"_s;
    case Type::Int:
        return QString::number(*value.as<std::int64_t>());
    case Type::Double:
        return numberText(*value.as<double>());
    case Type::Bytes:
        return bytesText(*value.as<Core::Bytes>());
    case Type::Timestamp:
        return exactTime(std::chrono::milliseconds(value.as<Core::Timestamp>()->milliseconds));
    default:
        return {};
    }
}

void writeBlock(const Core::Value &value, int depth, QString &out)
{
    if (out.size() > blockCharactersMax) {
        return;
    }
    const QString inner = QString((depth + 1) * 2, u' ');
    const QString outer = QString(depth * 2, u' ');
    if (const auto *text = value.as<std::string>()) {
        out += quoted(visibleBlock(fromUtf8(*text)));
    } else if (const auto *list = value.as<Core::Value::List>()) {
        out += list->empty() ? u"[]"_s : u"[\n"_s;
        for (std::size_t i = 0; i < list->size(); ++i) {
            out += inner;
            writeBlock((*list)[i], depth + 1, out);
            out += i + 1 < list->size() ? u",\n"_s : u"\n"_s + outer + u']';
        }
    } else if (const auto *map = value.as<Core::Value::Map>()) {
        out += map->empty() ? u"{}"_s : u"{\n"_s;
        for (std::size_t i = 0; i < map->size(); ++i) {
            out += inner + quoted(visibleLine(fromUtf8((*map)[i].key))) + u": "_s;
            writeBlock((*map)[i].value, depth + 1, out);
            out += i + 1 < map->size() ? u",\n"_s : u"\n"_s + outer + u'}';
        }
    } else {
        out += scalarText(value);
    }
}

}  // namespace

QString valueLine(const std::optional<Core::Value> &value)
{
    if (!value) {
        return tr("removed");
    }
    if (const auto *text = value->as<std::string>()) {
        return quoted(visibleLine(fromUtf8(*text)));
    }
    if (const auto *list = value->as<Core::Value::List>()) {
        return list->empty() ? tr("empty list") : tr("list of %1").arg(list->size());
    }
    if (const auto *map = value->as<Core::Value::Map>()) {
        return map->empty() ? tr("empty map") : tr("map of %1").arg(map->size());
    }
    return scalarText(*value);
}

QString valueBlock(const std::optional<Core::Value> &value)
{
    if (!value) {
        return tr("removed");
    }
    QString block;
    writeBlock(*value, 0, block);
    if (block.size() > blockCharactersMax) {
        block.truncate(blockCharactersMax);
        block += QChar(0x2026);
    }
    return block;
}

QString maskedText()
{
    return tr("masked");
}

QString maskedSentence()
{
    return tr("Masked: the policies let it be seen with a reason only.");
}

QString typeName(const std::optional<Core::Value> &value)
{
    if (!value) {
        return tr("removed");
    }
    using Type = Core::Value::Type;
    switch (value->type()) {
    case Type::Null:
        return tr("null");
    case Type::Bool:
        return tr("yes or no");
    case Type::Int:
        return tr("whole number");
    case Type::Double:
        return tr("number");
    case Type::String:
        return tr("text");
    case Type::Bytes:
        return tr("bytes");
    case Type::Timestamp:
        return tr("time");
    case Type::List:
        return tr("list");
    case Type::Map:
        return tr("map");
    }
    return {};
}

}  // namespace Satchel::Console
