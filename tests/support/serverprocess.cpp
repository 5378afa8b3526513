// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/serverprocess.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>

namespace Satchel::Test {

ServerProcess::ServerProcess(Storage storage)
    : m_storage(storage)
{
    m_process.setProcessChannelMode(QProcess::SeparateChannels);
    QObject::connect(&m_process, &QProcess::readyReadStandardError, &m_process, [this] { m_log += m_process.readAllStandardError(); });
}

ServerProcess::~ServerProcess()
{
    kill();
}

QString ServerProcess::program(const QString &name)
{
    return QDir(QStringLiteral(SATCHEL_BINARY_DIR)).filePath(QStringLiteral("bin/") + name);
}

bool ServerProcess::start(const QStringList &extraArguments)
{
    const QString portFile = m_folder.filePath(QStringLiteral("port"));
    QFile::remove(portFile);
    m_process.setProgram(program(QStringLiteral("satchel-server")));
    QStringList arguments{QStringLiteral("--port"), QString::number(m_port), QStringLiteral("--port-file"), portFile};
    if (m_storage == Storage::Ephemeral) {
        arguments << QStringLiteral("--ephemeral");
    } else {
        arguments << QStringLiteral("--data") << dataFolder();
        if (m_dataFolder.isEmpty()) {
            arguments << QStringLiteral("--key-file") << m_folder.filePath(QStringLiteral("server.key"));
        }
    }
    m_process.setArguments(arguments + extraArguments);
    m_process.start();
    QDeadlineTimer deadline(20000);
    while (!deadline.hasExpired() && m_process.state() != QProcess::NotRunning) {
        QFile file(portFile);
        if (file.open(QIODevice::ReadOnly)) {
            const auto port = file.readAll().trimmed().toUShort();
            if (port != 0) {
                m_port = port;
                m_url = QUrl(QStringLiteral("http://127.0.0.1:%1").arg(port));
                return true;
            }
        }
        m_process.waitForReadyRead(5);
        QCoreApplication::processEvents();
    }
    m_log += m_process.readAllStandardError();
    return false;
}

QStringList ServerProcess::storeArguments() const
{
    return {QStringLiteral("--data"), dataFolder(), QStringLiteral("--key-file"), m_folder.filePath(QStringLiteral("server.key"))};
}

bool ServerProcess::renewEpoch()
{
    QProcess process;
    process.start(program(QStringLiteral("satchel-server")), QStringList(QStringLiteral("new-epoch")) + storeArguments());
    const bool hasEnded = process.waitForFinished(20000);
    m_log += process.readAllStandardError();
    return hasEnded && process.exitCode() == 0;
}

void ServerProcess::kill()
{
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished(10000);
    }
}

int ServerProcess::stop()
{
    m_process.terminate();
    if (!m_process.waitForFinished(10000)) {
        kill();
        return -1;
    }
    return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

QString ServerProcess::token(const QString &user, const QStringList &roles, const QString &tenant, int expiresInSeconds) const
{
    QUrl url = m_url;
    url.setPath(QStringLiteral("/v1/dev/token"));
    const QJsonObject body{{QStringLiteral("sub"), user},
                           {QStringLiteral("tenant"), tenant},
                           {QStringLiteral("roles"), QJsonArray::fromStringList(roles)},
                           {QStringLiteral("expires_in"), expiresInSeconds}};
    const HttpAnswer answer = post(url, QJsonDocument(body).toJson(QJsonDocument::Compact), "application/json");
    return QJsonDocument::fromJson(answer.body).object().value(QStringLiteral("token")).toString();
}

HttpAnswer post(const QUrl &url, const QByteArray &body, const QByteArray &contentType, const QString &token)
{
    QNetworkAccessManager network;
    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, contentType);
    if (!token.isEmpty()) {
        request.setRawHeader("Authorization", "Bearer " + token.toUtf8());
    }
    request.setTransferTimeout(20000);
    QNetworkReply *reply = network.post(request, body);
    QEventLoop loop;
    QObject::connect(reply, &QNetworkReply::finished, &loop, &QEventLoop::quit);
    loop.exec();
    HttpAnswer answer{reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(),
                      reply->header(QNetworkRequest::ContentTypeHeader).toByteArray(), reply->readAll()};
    delete reply;
    return answer;
}

}  // namespace Satchel::Test
