// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "serverrig.h"

#include "support/eventwait.h"

#include <QElapsedTimer>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocketHandshakeOptions>

#include <algorithm>

namespace Satchel::Test {

ServerRig::ServerRig(Server::ServerOptions options)
    : m_log(clock, Server::LogLevel::Debug,
            [this](const std::string &line) {
                const std::lock_guard lock(m_linesMutex);
                m_lines += line;
            })
    , m_server(std::move(options), clock, m_random, m_log)
{
}

QString ServerRig::start()
{
    const auto started = m_server.start();
    return started ? QString() : QString::fromStdString(Core::describe(started.error()));
}

QByteArray ServerRig::log() const
{
    const std::lock_guard lock(m_linesMutex);
    return QByteArray::fromStdString(m_lines);
}

QUrl ServerRig::url(const QString &path) const
{
    return QUrl(QString::fromStdString(m_server.url()) + path);
}

QString ServerRig::token(const std::string &user, std::vector<std::string> roles, const std::string &tenant) const
{
    return QString::fromStdString(m_server.issueToken(tenant, user, std::move(roles)));
}

WebSocketDevice::WebSocketDevice(std::uint8_t number)
{
    id.bytes[0] = 0xD0;
    id.bytes[15] = number;
    QObject::connect(&m_socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &message) {
        auto frame = Wire::decodeServerFrame({message.constData(), static_cast<std::size_t>(message.size())}, Core::Limits{});
        QVERIFY2(frame, frame ? "" : frame.error().detail.c_str());
        m_frames.push_back(std::move(*frame));
    });
}

bool WebSocketDevice::connectTo(const QUrl &server, const QString &token, const QByteArray &origin)
{
    QUrl url = server;
    url.setScheme(server.scheme() == QStringLiteral("https") ? QStringLiteral("wss") : QStringLiteral("ws"));
    url.setPath(QStringLiteral("/v1/sync"));
    QNetworkRequest request(url);
    request.setRawHeader("Authorization", "Bearer " + token.toUtf8());
    if (!origin.isEmpty()) {
        request.setRawHeader("Origin", origin);
    }
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({QStringLiteral("satchel.v1")});
    m_frames.clear();
    m_socket.open(request, options);
    return waitUntil([this] { return isOpen() || m_socket.state() == QAbstractSocket::UnconnectedState; }) && isOpen();
}

bool WebSocketDevice::open(const QUrl &server, const QString &token)
{
    if (!connectTo(server, token)) {
        return false;
    }
    send(hello());
    welcome = await<Wire::Welcome>();
    if (!welcome) {
        return false;
    }
    lease = welcome->lease;
    cursor = Wire::Cursor{welcome->epoch, welcome->resume == Wire::Resume::Snapshot ? 0 : cursor.seq};
    return true;
}

void WebSocketDevice::send(const Wire::ClientFrame &frame)
{
    const std::string message = Wire::encode(frame, Wire::Compression::Zstd);
    m_socket.sendBinaryMessage(QByteArray(message.data(), static_cast<qsizetype>(message.size())));
}

std::optional<Wire::ServerFrame> WebSocketDevice::next(int timeoutMs)
{
    // From a connection that is gone nothing comes any more.
    const bool isOver =
        !waitUntil([this] { return !m_frames.empty() || m_socket.state() == QAbstractSocket::UnconnectedState; }, timeoutMs);
    if (isOver || m_frames.empty()) {
        return std::nullopt;
    }
    Wire::ServerFrame frame = std::move(m_frames.front());
    m_frames.pop_front();
    return frame;
}

bool WebSocketDevice::awaitClosed(int timeoutMs)
{
    return waitUntil([this] { return m_socket.state() == QAbstractSocket::UnconnectedState; }, timeoutMs);
}

Wire::Hello WebSocketDevice::hello() const
{
    Wire::Hello hello;
    hello.device.id = id;
    hello.device.name = "device " + std::to_string(id.bytes[15]);
    hello.device.platform = "test";
    hello.cursor = cursor;
    hello.lease = lease;
    hello.policyVersion = policyVersion;
    hello.lastCounter = counter;
    hello.settledCounter = settled;
    return hello;
}

Core::Mutation WebSocketDevice::mutation(const std::string &collection, const std::string &key, std::vector<Core::Op> ops)
{
    Core::Mutation out;
    out.dot = Core::Dot{id, ++counter};
    out.stamp = clock.tick(Server::SystemClock().now());
    out.document = Core::DocumentId{collection, key};
    out.ops = std::move(ops);
    return out;
}

Core::Mutation WebSocketDevice::put(const std::string &collection, const std::string &key,
                                    std::vector<std::pair<std::string, std::string>> fields)
{
    std::vector<Core::Op> ops;
    for (auto &[name, value] : fields) {
        ops.push_back(Core::PutOp{name, Core::Value(std::move(value))});
    }
    return mutation(collection, key, std::move(ops));
}

std::optional<Wire::Pushed> WebSocketDevice::push(std::vector<Core::Mutation> mutations)
{
    send(Wire::Push{++pushId, std::move(mutations)});
    auto pushed = await<Wire::Pushed>();
    settled = pushed ? std::max(settled, pushed->acceptedThrough) : settled;
    return pushed;
}

HttpResult HttpCaller::finish(QNetworkReply *reply)
{
    QSignalSpy finished(reply, &QNetworkReply::finished);
    if (!reply->isFinished()) {
        finished.wait(40'000);
    }
    HttpResult result;
    result.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    result.contentType = reply->header(QNetworkRequest::ContentTypeHeader).toByteArray();
    result.body = reply->readAll();
    reply->deleteLater();
    return result;
}

QByteArray HttpCaller::exchange(const QUrl &server, const QByteArray &bytes, int timeoutMs)
{
    QTcpSocket socket;
    socket.connectToHost(server.host(), static_cast<quint16>(server.port()));
    socket.write(bytes);
    QByteArray answer;
    QElapsedTimer timer;
    timer.start();
    while (socket.state() != QAbstractSocket::UnconnectedState && timer.elapsed() < timeoutMs) {
        if (socket.waitForReadyRead(50)) {
            answer += socket.readAll();
        }
    }
    return answer + socket.readAll();
}

HttpResult HttpCaller::get(const QUrl &url, const QString &token)
{
    QNetworkRequest request(url);
    if (!token.isEmpty()) {
        request.setRawHeader("Authorization", "Bearer " + token.toUtf8());
    }
    return finish(m_network.get(request));
}

HttpResult HttpCaller::post(const QUrl &url, const QByteArray &body, const QByteArray &contentType, const QString &token)
{
    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, contentType);
    if (!token.isEmpty()) {
        request.setRawHeader("Authorization", "Bearer " + token.toUtf8());
    }
    return finish(m_network.post(request, body));
}

std::vector<Wire::ServerFrame> HttpCaller::sync(const QUrl &server, const Wire::SyncRequest &request, const QString &token, int *status)
{
    const std::string body = Wire::encode(request, Wire::Compression::Zstd);
    QUrl url = server;
    url.setPath(QStringLiteral("/v1/sync"));
    const HttpResult result = post(url, QByteArray(body.data(), static_cast<qsizetype>(body.size())), "application/x-protobuf", token);
    if (status != nullptr) {
        *status = result.status;
    }
    if (result.status != 200) {
        return {};
    }
    auto response = Wire::decodeSyncResponse({result.body.constData(), static_cast<std::size_t>(result.body.size())}, Core::Limits{});
    return response ? std::move(response->frames) : std::vector<Wire::ServerFrame>{};
}

QString TwoOnAServer::start()
{
    if (const QString why = rig.start(); !why.isEmpty()) {
        return why;
    }
    const bool isOpen = a.open(rig.url(), rig.token()) && b.open(rig.url(), rig.token());
    return isOpen ? QString() : QStringLiteral("a device got no Welcome");
}

}  // namespace Satchel::Test
