// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "fakehttpserver.h"

#include <QHostAddress>
#include <QTcpSocket>

#include <memory>

namespace Satchel::Test {

QByteArray FakeHttpServer::Request::header(const QByteArray &name) const
{
    const QList<QByteArray> lines = head.split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0 && line.left(colon).compare(name, Qt::CaseInsensitive) == 0) {
            return line.mid(colon + 1).trimmed();
        }
    }
    return {};
}

FakeHttpServer::FakeHttpServer(Answer answer)
    : m_answer(std::move(answer))
{
    listen(QHostAddress::LocalHost);
    connect(this, &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket *socket = nextPendingConnection()) {
            auto buffer = std::make_shared<QByteArray>();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket, buffer] { read(socket, *buffer); });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        }
    });
}

void FakeHttpServer::read(QTcpSocket *socket, QByteArray &buffer)
{
    buffer += socket->readAll();
    const qsizetype end = buffer.indexOf("\r\n\r\n");
    if (end < 0) {
        return;
    }
    Request request{buffer.left(end), buffer.mid(0, end).split(' ').value(1), {}};
    const qsizetype length = request.header("Content-Length").toLongLong();
    if (buffer.size() < end + 4 + length) {
        return;
    }
    request.body = buffer.mid(end + 4, length);
    m_requests += request;
    buffer.remove(0, end + 4 + length);
    const QByteArray answer = m_answer(request);
    if (answer == hangUp) {
        socket->disconnectFromHost();
    } else if (answer.contains("Connection: keep-alive")) {
        socket->write(answer);
    } else if (!answer.isEmpty()) {
        socket->write(answer);
        socket->disconnectFromHost();
    }
}

QByteArray FakeHttpServer::response(int status, const QByteArray &contentType, const QByteArray &body, const QByteArray &extraHeaders)
{
    return "HTTP/1.1 " + QByteArray::number(status) + " Status\r\nContent-Type: " + contentType +
           "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\nConnection: close\r\n" + extraHeaders + "\r\n" + body;
}

}  // namespace Satchel::Test
