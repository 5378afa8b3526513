// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// The code of docs/settings.md.
#pragma once

#include <Satchel/client.h>
#include <Satchel/settings.h>

#include <QtCore/QDebug>
#include <QtCore/QSettings>

inline void useSettings(Satchel::Client &client)
{
    //! [use]
    Satchel::Settings settings(&client);

    settings.beginGroup(QStringLiteral("editor"));
    settings.setValue(QStringLiteral("fontSize"), 12);
    settings.endGroup();
    const int size = settings.value(QStringLiteral("editor/fontSize"), 10).toInt();

    QObject::connect(&settings, &Satchel::Settings::valueChanged, [](const QString &key) { qInfo() << "changed elsewhere:" << key; });
    //! [use]
    Q_UNUSED(size)
}

inline QFuture<Satchel::Result<Satchel::SettingsImport>> takeOver(Satchel::Settings &settings, const QSettings &old)
{
    //! [import]
    const Satchel::SettingsImport plan = settings.planImport(old);
    for (auto refused = plan.refused.begin(); refused != plan.refused.end(); ++refused) {
        qInfo().noquote() << refused.key() << "stays behind:" << refused.value().toString();
    }
    auto imported = settings.importFrom(old);
    //! [import]
    return imported;
}
