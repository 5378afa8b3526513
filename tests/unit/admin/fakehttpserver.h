// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QByteArray>
#include <QList>
#include <QTcpServer>

#include <functional>

class QTcpSocket;

namespace Satchel::Test {

/// An HTTP server of one answer per connection, unless the answer says keep-alive, that can misbehave: what it sends is given byte by byte.
class FakeHttpServer : public QTcpServer {
    Q_OBJECT

public:
    struct Request {
        QByteArray head;
        QByteArray path;
        QByteArray body;
        [[nodiscard]] QByteArray header(const QByteArray &name) const;
    };
    /// What to send back; an empty answer leaves the caller waiting.
    using Answer = std::function<QByteArray(const Request &)>;

    /// As an answer: the connection ends without one.
    static constexpr auto hangUp = "hang up";

    explicit FakeHttpServer(Answer answer);

    [[nodiscard]] QString address() const { return QStringLiteral("http://127.0.0.1:%1").arg(serverPort()); }
    [[nodiscard]] const QList<Request> &requests() const { return m_requests; }

    [[nodiscard]] static QByteArray response(int status, const QByteArray &contentType, const QByteArray &body,
                                             const QByteArray &extraHeaders = {});

private:
    void read(QTcpSocket *socket, QByteArray &buffer);

    Answer m_answer;
    QList<Request> m_requests;
};

}  // namespace Satchel::Test
