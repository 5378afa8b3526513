// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

namespace Satchel::Test {

/// Runs a test object in an application whose surroundings are the same everywhere: time zone, language, a runtime folder of its own.
template <typename TestObject>
int guiMain(int argc, char **argv)
{
    const QTemporaryDir runtimeFolder;
    qputenv("XDG_RUNTIME_DIR", runtimeFolder.path().toLocal8Bit());
    qputenv("TZ", "UTC");
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    QApplication application(argc, argv);
    TestObject test;
    return QTest::qExec(&test, argc, argv);
}

}  // namespace Satchel::Test
