// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "settings.h"

#include <QSettings>

namespace Satchel::Console {

QByteArray Settings::geometry() const
{
    return m_store.value(QStringLiteral("window/geometry")).toByteArray();
}

void Settings::setGeometry(const QByteArray &geometry)
{
    m_store.setValue(QStringLiteral("window/geometry"), geometry);
}

ThemeName Settings::theme() const
{
    const QString name = m_store.value(QStringLiteral("window/theme")).toString();
    return name == QStringLiteral("dark") ? ThemeName::Dark : name == QStringLiteral("light") ? ThemeName::Light : desktopTheme();
}

void Settings::setTheme(ThemeName theme)
{
    m_store.setValue(QStringLiteral("window/theme"), theme == ThemeName::Dark ? QStringLiteral("dark") : QStringLiteral("light"));
}

QString Settings::server() const
{
    return m_store.value(QStringLiteral("connection/server")).toString();
}

void Settings::setServer(const QString &server)
{
    m_store.setValue(QStringLiteral("connection/server"), server);
}

QString Settings::tenant() const
{
    return m_store.value(QStringLiteral("connection/tenant"), QStringLiteral("default")).toString();
}

void Settings::setTenant(const QString &tenant)
{
    m_store.setValue(QStringLiteral("connection/tenant"), tenant);
}

QString Settings::tool() const
{
    return m_store.value(QStringLiteral("window/tool")).toString();
}

void Settings::setTool(const QString &tool)
{
    m_store.setValue(QStringLiteral("window/tool"), tool);
}

QByteArray Settings::splitter(const QString &name) const
{
    return m_store.value(QStringLiteral("splitters/") + name).toByteArray();
}

void Settings::setSplitter(const QString &name, const QByteArray &state)
{
    m_store.setValue(QStringLiteral("splitters/") + name, state);
}

}  // namespace Satchel::Console
