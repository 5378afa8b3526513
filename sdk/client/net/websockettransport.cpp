// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "websockettransport.h"

#include <QNetworkRequest>
#include <QRegularExpression>
#include <QWebSocketHandshakeOptions>

#include <chrono>

namespace Satchel::Sync {

using Core::ErrorReason;

namespace {

constexpr std::size_t envelopeBytesMax = 1024;

/// QWebSocket tells why an upgrade was refused in its error text only.
Core::Error errorOfUpgrade(QAbstractSocket::SocketError error, const QString &text)
{
    static const QRegularExpression status(QStringLiteral("http status\\D*([1-5][0-9]{2})\\b"));
    const auto match = status.match(text);
    if (match.hasMatch()) {
        return errorFromStatus(match.captured(1).toInt());
    }
    // From Qt 6.6 on a 401 is not told by its number: a challenge that Qt knows no answer to, as that for a bearer's token.
    if (text.contains(QStringLiteral("WWW-Authenticate"))) {
        constexpr int unauthorized = 401;
        return errorFromStatus(unauthorized);
    }
    static const QRegularExpression answer(QStringLiteral("handshake|accept-key|protocol upgrade"),
                                           QRegularExpression::CaseInsensitiveOption);
    if (error == QAbstractSocket::RemoteHostClosedError || text.contains(answer)) {
        return Core::unavailable(ErrorReason::NotSatchelServer, "something answered, but not as a WebSocket server: " + text.toStdString());
    }
    return Core::unavailable(ErrorReason::NetworkUnreachable, "no WebSocket to the server: " + text.toStdString());
}

}  // namespace

WebSocketTransport::WebSocketTransport(const LifeTimes &times, QObject *parent)
    : Transport(parent)
    , m_times(times)
{
    // Qt takes messages of 2 GiB unless told otherwise. The envelope adds a few bytes to the frame.
    constexpr Core::Limits limits;
    m_socket.setMaxAllowedIncomingMessageSize(limits.frameBytesMax + envelopeBytesMax);
    m_socket.setMaxAllowedIncomingFrameSize(limits.frameBytesMax + envelopeBytesMax);
    connect(&m_socket, &QWebSocket::connected, this, [this] {
        if (m_socket.subprotocol() != QLatin1String("satchel.v1")) {
            fail(Core::unavailable(ErrorReason::NotSatchelServer, "the server does not speak satchel.v1"));
            return;
        }
        m_isOpen = true;
        sawLife();
        Q_EMIT opened();
    });
    connect(&m_socket, &QWebSocket::disconnected, this, [this] {
        if (!m_isOpen) {
            fail(errorOfUpgrade(m_socket.error(), m_socket.errorString()));
        } else {
            fail(Core::unavailable(ErrorReason::NetworkUnreachable, "the connection was closed: " + std::to_string(m_socket.closeCode()) +
                                                                        " " + m_socket.closeReason().toStdString()));
        }
    });
    connect(&m_socket, &QWebSocket::binaryMessageReceived, this, &WebSocketTransport::receive);
    connect(&m_socket, &QWebSocket::textMessageReceived, this,
            [this] { fail(Core::unavailable(ErrorReason::NotSatchelServer, "a text message came where only binary ones are allowed")); });
    connect(&m_socket, &QWebSocket::pong, this, [this] { sawLife(); });
    m_lifeTimer.setSingleShot(true);
    connect(&m_lifeTimer, &QTimer::timeout, this, &WebSocketTransport::watchLife);
}

WebSocketTransport::~WebSocketTransport()
{
    close();
}

void WebSocketTransport::open(const QUrl &server, const std::string &token)
{
    if (const auto checked = checkServerUrl(server); !checked) {
        QTimer::singleShot(0, this, [this, error = checked.error()] { fail(error); });
        return;
    }
    QUrl url = server;
    url.setScheme(server.scheme() == QLatin1String("https") ? QStringLiteral("wss") : QStringLiteral("ws"));
    url.setPath(syncPath(server));
    QNetworkRequest request(url);
    request.setRawHeader("Authorization", "Bearer " + QByteArray::fromStdString(token));
    request.setRawHeader("traceparent", traceParent(newTraceId()));
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({QStringLiteral("satchel.v1")});
    m_sinceLife.start();
    m_lifeTimer.start(m_times.openingMax);
    m_socket.open(request, options);
}

void WebSocketTransport::send(const Wire::ClientFrame &frame)
{
    if (!isConnected()) {
        return;  // The end of the connection is on its way as a signal.
    }
    const std::string message = Wire::encode(frame, m_compression);
    m_socket.sendBinaryMessage(QByteArray::fromRawData(message.data(), static_cast<qsizetype>(message.size())));
}

void WebSocketTransport::close()
{
    if (!m_isOver) {
        m_isOver = true;
        m_lifeTimer.stop();
        m_socket.disconnect(this);
        // A close frame may never be answered; what the server has not seen yet is sent again anyway.
        if (isConnected()) {
            m_socket.close();
        }
        m_socket.abort();
    }
}

void WebSocketTransport::ping()
{
    if (isConnected()) {
        m_socket.ping();
    }
}

/// Qt writes to a closed socket if asked to, and warns.
bool WebSocketTransport::isConnected() const
{
    return m_isOpen && m_socket.isValid() && m_socket.state() == QAbstractSocket::ConnectedState;
}

void WebSocketTransport::receive(const QByteArray &message)
{
    m_sinceLife.restart();
    constexpr Core::Limits limits;
    const auto frame = Wire::decodeServerFrame({message.constData(), static_cast<std::size_t>(message.size())}, limits);
    if (!frame) {
        fail(frame.error());
        return;
    }
    if (const auto *welcome = std::get_if<Wire::Welcome>(&*frame)) {
        m_compression = welcome->canZstd ? Wire::Compression::Zstd : Wire::Compression::None;
    }
    Q_EMIT received(*frame);
}

void WebSocketTransport::fail(const Core::Error &error)
{
    if (!m_isOver) {
        close();
        Q_EMIT failed(error);
    }
}

void WebSocketTransport::sawLife()
{
    m_sinceLife.restart();
    m_lifeTimer.start(m_times.pingAfter);
}

/// Timers may come a twentieth early. Frames only restart the clock, so that a busy connection does not set its timer anew for each.
void WebSocketTransport::watchLife()
{
    const std::chrono::milliseconds silence(m_sinceLife.elapsed());
    if (!m_isOpen) {
        fail(Core::unavailable(ErrorReason::NetworkTimeout, "the server did not answer the WebSocket upgrade"));
    } else if (silence >= m_times.silenceMax) {
        fail(Core::unavailable(ErrorReason::NetworkTimeout, "no sign of life from the server for 40 s"));
    } else if (silence >= m_times.pingAfter - m_times.pingAfter / 20) {
        ping();
        m_lifeTimer.start(m_times.silenceMax - silence);
    } else {
        m_lifeTimer.start(m_times.pingAfter - silence);
    }
}

}  // namespace Satchel::Sync
