// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/tcpproxy.h"

#include <QHostAddress>

namespace Satchel::Test {

TcpProxy::TcpProxy(const QUrl &target, QObject *parent)
    : QObject(parent)
    , m_target(target)
{
    connect(&m_listener, &QTcpServer::newConnection, this, &TcpProxy::accept);
    setUp();
}

TcpProxy::~TcpProxy()
{
    cutAll();
}

QUrl TcpProxy::url() const
{
    QUrl url;
    url.setScheme(QStringLiteral("http"));
    url.setHost(QStringLiteral("127.0.0.1"));
    url.setPort(m_port);
    return url;
}

void TcpProxy::setUp()
{
    if (!m_listener.isListening() && m_listener.listen(QHostAddress::LocalHost, m_port)) {
        m_port = m_listener.serverPort();
    }
}

void TcpProxy::setDown()
{
    m_listener.close();
    cutAll();
}

void TcpProxy::cutAll()
{
    const auto links = m_links;
    for (Link *link : links) {
        close(link);
    }
}

void TcpProxy::setSilent(bool isSilent)
{
    m_isSilent = isSilent;
    const auto links = m_links;
    for (Link *link : links) {
        passToServer(link);
        if (m_links.contains(link)) {
            passToClient(link);
        }
    }
}

void TcpProxy::setSilentToClient(bool isSilent)
{
    m_isSilentToClient = isSilent;
    const auto links = m_links;
    for (Link *link : links) {
        passToClient(link);
    }
}

void TcpProxy::accept()
{
    while (QTcpSocket *client = m_listener.nextPendingConnection()) {
        ++m_connectionCount;
        auto *link = new Link{client, new QTcpSocket(this), {}, false, m_connectionCount};
        client->setParent(this);
        m_links.append(link);
        client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        connect(client, &QTcpSocket::readyRead, this, [this, link] { passToServer(link); });
        connect(client, &QTcpSocket::disconnected, this, [this, link] { close(link); });
        connect(link->server, &QTcpSocket::connected, this, [this, link] {
            link->server->setSocketOption(QAbstractSocket::LowDelayOption, 1);
            passToServer(link);
        });
        connect(link->server, &QTcpSocket::readyRead, this, [this, link] { passToClient(link); });
        connect(link->server, &QTcpSocket::disconnected, this, [this, link] { close(link); });
        connect(link->server, &QTcpSocket::errorOccurred, this, [this, link] { close(link); });
        link->server->connectToHost(m_target.host(), static_cast<quint16>(m_target.port()));
    }
}

void TcpProxy::passToServer(Link *link)
{
    if (m_isSilent || link->server->state() != QAbstractSocket::ConnectedState) {
        return;
    }
    QByteArray bytes = link->client->readAll();
    if (!link->isHeadPassed) {
        link->head += bytes;
        if (!link->head.contains("\r\n\r\n")) {
            return;
        }
        link->isHeadPassed = true;
        bytes = std::exchange(link->head, {});
        if (m_areUpgradesBlocked && bytes.toLower().contains("upgrade: websocket")) {
            link->client->write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            link->client->flush();
            close(link);
            return;
        }
    }
    const bool isCut = bytes.size() >= m_leftToServer;
    if (isCut) {
        bytes.truncate(static_cast<qsizetype>(m_leftToServer));
    }
    m_bytesToServer += bytes.size();
    link->server->write(bytes);
    if (m_leftToServer != never) {
        m_leftToServer -= bytes.size();
    }
    if (isCut) {
        m_leftToServer = never;
        link->server->flush();
        close(link);
    }
}

void TcpProxy::passToClient(Link *link)
{
    if (m_isSilent || m_isSilentToClient) {
        return;
    }
    QByteArray bytes = link->server->readAll();
    const bool isCut = bytes.size() >= m_leftToClient;
    if (isCut) {
        bytes.truncate(static_cast<qsizetype>(m_leftToClient));
    }
    m_bytesToClient += bytes.size();
    if (m_tapToClient && !bytes.isEmpty()) {
        m_tapToClient(link->number, bytes);
    }
    link->client->write(bytes);
    if (m_leftToClient != never) {
        m_leftToClient -= bytes.size();
    }
    if (isCut) {
        m_leftToClient = never;
        link->client->flush();
        close(link);
    }
}

void TcpProxy::close(Link *link)
{
    if (!m_links.removeOne(link)) {
        return;
    }
    for (QTcpSocket *socket : {link->client, link->server}) {
        socket->disconnect(this);
        if (socket == link->client) {
            socket->disconnectFromHost();
        } else {
            socket->abort();
        }
        socket->deleteLater();
    }
    delete link;
}

}  // namespace Satchel::Test
