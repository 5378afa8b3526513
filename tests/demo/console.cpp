// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "story.h"

#include <QDir>
#include <QFile>
#include <QProcess>

namespace Satchel::Demo {

namespace {

/// What a program with windows needs. One without a desktop session has no runtime folder, and Qt warns of the one it makes up.
QProcessEnvironment windowEnvironment(const QString &folder)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (environment.value(QStringLiteral("XDG_RUNTIME_DIR")).isEmpty() && QDir().mkpath(folder) &&
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner)) {
        environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), folder);
    }
    return environment;
}

}  // namespace

void Story::showConsole()
{
    m_report.chapter(QStringLiteral("7. The same in the console"));
    const QString tokenFile = m_folder.filePath(QStringLiteral("operator.token"));
    QFile file(tokenFile);
    const QByteArray token = m_server.token(QStringLiteral("operator"), {QStringLiteral("support")}).toUtf8();
    if (!need(QStringLiteral("a token for the console"), file.open(QIODevice::WriteOnly) && file.write(token) == token.size())) {
        return;
    }
    file.close();
    QStringList arguments{QStringLiteral("--server"), m_server.url().toString(), QStringLiteral("--token-file"), tokenFile};
    QProcess console;
    console.setProcessChannelMode(QProcess::ForwardedChannels);
    QProcessEnvironment environment = windowEnvironment(m_folder.filePath(QStringLiteral("runtime")));
    console.setProcessEnvironment(environment);
    if (!m_options.screenshotFolder.isEmpty()) {
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
        console.setProcessEnvironment(environment);
        QDir().mkpath(m_options.screenshotFolder);
        console.start(Test::ServerProcess::program(QStringLiteral("satchel-console")),
                      arguments + QStringList{QStringLiteral("--screenshot"), m_options.screenshotFolder});
        const bool isDone = console.waitForFinished(60000) && console.exitCode() == 0;
        const auto pictures = QDir(m_options.screenshotFolder).entryList({QStringLiteral("*.png")}, QDir::Files);
        m_report.promise(QStringLiteral("The console shows the user; its pictures are in %1.").arg(m_options.screenshotFolder),
                         isDone && !pictures.isEmpty());
    }
    if (m_options.isConsoleOpened) {
        environment = windowEnvironment(m_folder.filePath(QStringLiteral("runtime")));
        console.setProcessEnvironment(environment);
        console.start(Test::ServerProcess::program(QStringLiteral("satchel-console")), arguments);
        if (console.waitForStarted()) {
            m_report.say(QStringLiteral("The console is open; the demo ends when you close it."));
            console.waitForFinished(-1);
        }
        m_report.promise(QStringLiteral("The console opened, and ended well."),
                         console.error() == QProcess::UnknownError && console.exitCode() == 0);
    }
}

}  // namespace Satchel::Demo
