// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "adminbackend.h"
#include "commandline.h"
#include "mainwindow.h"
#include "screenshotrun.h"

#include <QApplication>
#include <QSettings>
#include <QTemporaryFile>

#include <cstdio>

using namespace Satchel::Console;

namespace {

std::chrono::milliseconds systemNow()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
}

std::unique_ptr<Backend> makeBackend(const Connection &connection)
{
    return std::make_unique<AdminBackend>(connection);
}

int print(std::FILE *stream, const QString &text, int exitCode)
{
    std::fprintf(stream, "%s\n", qPrintable(text));
    return exitCode;
}

int takeScreenshots(QApplication &application, MainWindow &window, const QString &folder)
{
    ScreenshotRun run(window, folder);
    QObject::connect(&run, &ScreenshotRun::finished, &application,
                     [](bool isComplete, const QString &message) { QApplication::exit(print(stderr, message, isComplete ? 0 : 1)); });
    run.start();
    return QApplication::exec();
}

}  // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("satchel-console"));
    QApplication::setOrganizationName(QStringLiteral("Satchel"));
    QApplication::setApplicationDisplayName(QString());
    const auto line = parseCommandLine(QApplication::arguments());
    if (!line) {
        return print(stderr, QStringLiteral("satchel-console: ") + QString::fromStdString(line.error().detail), 2);
    }
    if (!line->printed.isEmpty()) {
        return print(stdout, line->printed, 0);
    }
    const bool isPictured = !line->screenshotFolder.isEmpty();
    // Pictures are taken with fresh settings, and leave the person's own as they are.
    QTemporaryFile scratch;
    const auto store = isPictured && scratch.open() ? std::make_unique<QSettings>(scratch.fileName(), QSettings::IniFormat)
                                                    : std::make_unique<QSettings>();
    Session session(systemNow);
    MainWindow window({session, Settings(*store), systemNow, connectDialogPrompt(), makeBackend});
    window.showTool(line->tool);
    window.show();
    if (line->connection) {
        window.connectTo(*line->connection);
    } else {
        window.askForConnection();
    }
    return isPictured ? takeScreenshots(application, window, line->screenshotFolder) : QApplication::exec();
}
