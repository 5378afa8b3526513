// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "timetext.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace Satchel::Console {

using namespace std::chrono_literals;

namespace {

QString tr(const char *text, int n = -1)
{
    return QCoreApplication::translate("TimeText", text, nullptr, n);
}

QDateTime dateTime(std::chrono::milliseconds when)
{
    return QDateTime::fromMSecsSinceEpoch(when.count());
}

}  // namespace

QString spanText(std::chrono::milliseconds span)
{
    span = span < 0ms ? -span : span;
    if (span < 1s) {
        return tr("%1 ms").arg(span.count());
    }
    if (span < 1min) {
        return tr("%1 s").arg(std::chrono::floor<std::chrono::seconds>(span).count());
    }
    if (span < 1h) {
        return tr("%1 min").arg(std::chrono::floor<std::chrono::minutes>(span).count());
    }
    if (span < 48h) {
        return tr("%1 h").arg(std::chrono::floor<std::chrono::hours>(span).count());
    }
    return tr("%1 days").arg(std::chrono::floor<std::chrono::days>(span).count());
}

QString relativeTime(std::chrono::milliseconds when, std::chrono::milliseconds now)
{
    if (when <= 0ms) {
        return tr("never");
    }
    const auto age = now - when;
    if (age < -1min) {
        return tr("in %1").arg(spanText(age));
    }
    if (age < 10s) {
        return tr("just now");
    }
    if (age < 48h) {
        return tr("%1 ago").arg(spanText(age));
    }
    if (age < std::chrono::days(30)) {
        return tr("%1 days ago").arg(std::chrono::floor<std::chrono::days>(age).count());
    }
    return QLocale().toString(dateTime(when).date(), QStringLiteral("d MMM yyyy"));
}

QString exactTime(std::chrono::milliseconds when)
{
    if (when <= 0ms) {
        return tr("never");
    }
    const QDateTime local = dateTime(when);
    return QLocale().toString(local, QStringLiteral("ddd d MMM yyyy, HH:mm:ss.zzz")) + QStringLiteral(" ") + local.timeZoneAbbreviation();
}

QString clockTime(std::chrono::milliseconds when)
{
    return when <= 0ms ? tr("never") : QLocale().toString(dateTime(when), QStringLiteral("d MMM yyyy, HH:mm:ss"));
}

}  // namespace Satchel::Console
