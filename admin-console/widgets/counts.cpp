// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "counts.h"

#include <QCoreApplication>
#include <QLocale>

namespace Satchel::Console {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Counts", text);
}

QString counted(std::uint64_t count, const QString &one, const QString &many)
{
    return count == 1 ? one : many.arg(numberText(count));
}

}  // namespace

QString numberText(std::uint64_t number)
{
    return QLocale().toString(static_cast<qulonglong>(number));
}

QString changesText(std::uint64_t count)
{
    return counted(count, tr("1 change"), tr("%1 changes"));
}

QString devicesText(std::uint64_t count)
{
    return counted(count, tr("1 device"), tr("%1 devices"));
}

QString documentsText(std::uint64_t count)
{
    return counted(count, tr("1 document"), tr("%1 documents"));
}

QString conflictsText(std::uint64_t count)
{
    return counted(count, tr("1 conflict"), tr("%1 conflicts"));
}

QString valuesText(std::uint64_t count)
{
    return counted(count, tr("1 value"), tr("%1 values"));
}

QString bytesText(std::uint64_t count)
{
    return QLocale().formattedDataSize(static_cast<qint64>(count), count < 1024 ? 0 : 1, QLocale::DataSizeTraditionalFormat);
}

}  // namespace Satchel::Console
