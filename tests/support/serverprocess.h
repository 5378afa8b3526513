// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QUrl>

namespace Satchel::Test {

/// A real `satchel-server` in a process of its own.
class ServerProcess {
public:
    enum class Storage {
        Kept,       ///< the store outlives the process, so that it can be killed and started again
        Ephemeral,  ///< nothing is kept
    };

    explicit ServerProcess(Storage storage = Storage::Kept);
    ~ServerProcess();
    ServerProcess(const ServerProcess &) = delete;
    ServerProcess &operator=(const ServerProcess &) = delete;

    /// Starts it and waits until it is ready; the port stays the same over restarts. False, with the server's messages in `log()`, if it
    /// does not come up.
    [[nodiscard]] bool start(const QStringList &extraArguments = {});
    /// SIGKILL, and waits for the end.
    void kill();
    /// `satchel-server new-epoch` on the store of a server that does not run; true if it succeeded.
    [[nodiscard]] bool renewEpoch();
    /// SIGTERM; the exit code, or -1 if it had to be killed after ten seconds.
    [[nodiscard]] int stop();
    [[nodiscard]] bool isRunning() const { return m_process.state() == QProcess::Running; }

    [[nodiscard]] QUrl url() const { return m_url; }
    [[nodiscard]] qint64 processId() const { return m_process.processId(); }
    /// Where the store is kept; key and all of a server that was given a folder lie in it.
    [[nodiscard]] QString dataFolder() const { return m_dataFolder.isEmpty() ? m_folder.filePath(QStringLiteral("data")) : m_dataFolder; }
    /// What other commands of satchel-server need to find the store and its key.
    [[nodiscard]] QStringList storeArguments() const;
    void setDataFolder(const QString &folder) { m_dataFolder = folder; }
    [[nodiscard]] QByteArray log() const { return m_log; }

    /// A development token of the server for this user; empty if the server gives none.
    [[nodiscard]] QString token(const QString &user, const QStringList &roles = {QStringLiteral("user")},
                                const QString &tenant = QStringLiteral("default"), int expiresInSeconds = 3600) const;

    /// Path of a program of this build, e.g. "satchel-server".
    [[nodiscard]] static QString program(const QString &name);

private:
    Storage m_storage;
    QTemporaryDir m_folder;
    QString m_dataFolder;
    QProcess m_process;
    QUrl m_url;
    quint16 m_port = 0;
    QByteArray m_log;
};

/// One POST, waiting for the answer in a local event loop.
struct HttpAnswer {
    int status = 0;
    QByteArray contentType;
    QByteArray body;
};
[[nodiscard]] HttpAnswer post(const QUrl &url, const QByteArray &body, const QByteArray &contentType, const QString &token = {});

}  // namespace Satchel::Test
