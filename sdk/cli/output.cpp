// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "output.h"

#include <Satchel/json.h>

#include <cstdio>

namespace Satchel::Cli {

namespace {

void print(std::FILE *stream, const QString &line)
{
    const QByteArray bytes = line.toUtf8() + '\n';
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stream);
    std::fflush(stream);
}

}  // namespace

QString jsonText(const QVariant &value)
{
    return QString::fromUtf8(valueToJson(value).value_or(QByteArrayLiteral("null")));
}

void Output::record(const QVariantMap &json, const QString &text) const
{
    print(stdout, m_isJson ? jsonText(json) : text);
}

void Output::message(const QString &text) const
{
    print(stderr, text);
}

void Output::error(const Error &error) const
{
    if (m_isJson) {
        print(stderr, jsonText(QVariantMap{{QStringLiteral("error"), QVariantMap{{QStringLiteral("code"), error.codeName()},
                                                                                 {QStringLiteral("reason"), error.reasonName()},
                                                                                 {QStringLiteral("message"), error.message()}}}}));
    } else {
        print(stderr, QStringLiteral("satchel: ") + error.message());
    }
}

}  // namespace Satchel::Cli
