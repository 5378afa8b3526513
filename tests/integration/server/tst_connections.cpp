// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what reaches the port before, beside and against the protocol is bounded and answered.
// Method: raw sockets and WebSockets against a server in this process with short limits.

#include "serverrig.h"

#include <QElapsedTimer>
#include <QTcpSocket>
#include <QTest>

#include <algorithm>

using namespace Satchel;
using namespace Satchel::Test;

class TestConnections : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void health_andReadiness_answer();
    void devToken_getAndPost_areTaken();
    void http_rawRequest_data();
    void http_rawRequest();
    void slowHeader_isCut();
    void idleAfterUpgrade_isCut();
    void connections_overTheMost_areClosed();
    void webSocket_withoutToken_isRefused();
    void webSocket_withOrigin_isRefused();
    void webSocket_withoutSubprotocol_isRefused();
    void webSocket_textFrame_closes1003();
    void webSocket_malformedFrame_endsWithError_data();
    void webSocket_malformedFrame_endsWithError();
    void webSocket_oversizedFrame_isCut();
    void webSocket_silentPeer_isPingedAndKept();

private:
    QByteArray exchange(const QByteArray &request, int timeoutMs = 5000);
    std::unique_ptr<ServerRig> m_rig;
    HttpCaller m_http;
};

void TestConnections::init()
{
    Server::ServerOptions options;
    options.net.headerTimeout = std::chrono::milliseconds(300);
    options.net.helloTimeout = std::chrono::milliseconds(300);
    options.net.webSocketTimeout = std::chrono::milliseconds(1000);
    options.net.connectionsMax = 20;
    m_rig = std::make_unique<ServerRig>(options);
    QCOMPARE(m_rig->start(), QString());
}

QByteArray TestConnections::exchange(const QByteArray &request, int timeoutMs)
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(m_rig->url().port()));
    socket.write(request);
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

void TestConnections::health_andReadiness_answer()
{
    QCOMPARE(m_http.get(m_rig->url(QStringLiteral("/healthz"))).status, 200);
    QCOMPARE(m_http.get(m_rig->url(QStringLiteral("/readyz"))).status, 200);
}

void TestConnections::devToken_getAndPost_areTaken()
{
    const HttpResult got = m_http.get(m_rig->url(QStringLiteral("/v1/dev/token?sub=zo%C3%AB&roles=user,support")));
    QCOMPARE(got.status, 200);
    QVERIFY(got.body.contains("\"token\":\""));
    const QUrl url = m_rig->url(QStringLiteral("/v1/dev/token"));
    QCOMPARE(m_http.post(url, R"({"sub":"a","tenant":"t","roles":["user"],"expires_in":60})", "application/json").status, 200);
    QCOMPARE(m_http.post(url, R"({"sub":"a","sub":"b"})", "application/json").status, 400);
    QCOMPARE(m_http.post(url, R"({"subject":"a"})", "application/json").status, 400);
    QCOMPARE(m_http.post(url, R"({"roles":[1]})", "application/json").status, 400);
}

void TestConnections::http_rawRequest_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("begin");
    const QByteArray host = "Host: 127.0.0.1\r\nConnection: close\r\n";
    const auto add = [](const char *name, const QByteArray &request, const QByteArray &begin) { QTest::newRow(name) << request << begin; };
    add("good", "GET /healthz HTTP/1.1\r\n" + host + "\r\n", "HTTP/1.1 200");
    add("localhost with port", "GET /healthz HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n", "HTTP/1.1 200");
    add("other host", "GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", "HTTP/1.1 403");
    add("no host", "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 403");
    add("origin", "GET /healthz HTTP/1.1\r\nOrigin: https://evil.example\r\n" + host + "\r\n", "HTTP/1.1 403");
    add("unknown path", "GET /etc/passwd HTTP/1.1\r\n" + host + "\r\n", "HTTP/1.1 404");
    add("dotted path", "GET /../healthz HTTP/1.1\r\n" + host + "\r\n", "HTTP/1.1 404");
    add("wrong method", "DELETE /healthz HTTP/1.1\r\n" + host + "\r\n", "HTTP/1.1 405");
    add("not HTTP", "\x16\x03\x01\x02\x01 hello\r\n\r\n", "HTTP/1.1 400");
    add("space before colon", "GET /healthz HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n", "HTTP/1.1 400");
    add("length and chunked", "POST /healthz HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 400");
    add("two lengths", "POST /healthz HTTP/1.1\r\n" + host + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd", "HTTP/1.1 400");
    add("negative length", "POST /healthz HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", "HTTP/1.1 400");
    add("large header", "GET /healthz HTTP/1.1\r\n" + host + "X-Large: " + QByteArray(20'000, 'x') + "\r\n\r\n", "HTTP/1.1 431");
    add("large body", "POST /v1/sync HTTP/1.1\r\n" + host + "Content-Length: 99999999\r\n\r\n", "HTTP/1.1 413");
}

void TestConnections::http_rawRequest()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, begin);
    const QByteArray answer = exchange(request);
    QVERIFY2(answer.startsWith(begin), answer.left(200).constData());
}

void TestConnections::slowHeader_isCut()
{
    QTcpSocket slow;
    slow.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(m_rig->url().port()));
    slow.write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    QTRY_COMPARE_WITH_TIMEOUT(slow.state(), QAbstractSocket::UnconnectedState, 5000);
    QCOMPARE(m_http.get(m_rig->url(QStringLiteral("/healthz"))).status, 200);
}

void TestConnections::idleAfterUpgrade_isCut()
{
    WebSocketDevice silent(1);
    QVERIFY(silent.connectTo(m_rig->url(), m_rig->token()));
    const auto error = silent.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.code, Core::ErrorCode::DeadlineExceeded);
    QVERIFY(silent.awaitClosed());
}

void TestConnections::connections_overTheMost_areClosed()
{
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (int i = 0; i < 40; ++i) {
        sockets.push_back(std::make_unique<QTcpSocket>());
        sockets.back()->connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(m_rig->url().port()));
    }
    const auto open = [&sockets] {
        return std::count_if(sockets.begin(), sockets.end(),
                             [](const auto &socket) { return socket->state() == QAbstractSocket::ConnectedState; });
    };
    QTRY_COMPARE(open(), 20);
    QCOMPARE(m_rig->server().connectionCount(), std::size_t(20));
    QTRY_COMPARE_WITH_TIMEOUT(m_rig->server().connectionCount(), std::size_t(0), 5000);
    QCOMPARE(m_http.get(m_rig->url(QStringLiteral("/healthz"))).status, 200);
}

void TestConnections::webSocket_withoutToken_isRefused()
{
    WebSocketDevice device(1);
    QVERIFY(!device.connectTo(m_rig->url(), QStringLiteral("forged")));
    QVERIFY(!device.connectTo(m_rig->url(), m_rig->token("alice", {"support"})));
}

void TestConnections::webSocket_withOrigin_isRefused()
{
    const QByteArray upgrade =
        "GET /v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: satchel.v1\r\nAuthorization: Bearer " +
        m_rig->token().toUtf8() + "\r\n";
    QVERIFY(exchange(upgrade + "Origin: https://evil.example\r\n\r\n", 1500).startsWith("HTTP/1.1 403"));
    QVERIFY(exchange(upgrade + "\r\n", 1500).startsWith("HTTP/1.1 101"));
}

void TestConnections::webSocket_withoutSubprotocol_isRefused()
{
    const QByteArray upgrade =
        "GET /v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " +
        m_rig->token().toUtf8() + "\r\n\r\n";
    QVERIFY(exchange(upgrade, 1500).startsWith("HTTP/1.1 400"));
}

void TestConnections::webSocket_textFrame_closes1003()
{
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), m_rig->token()));
    device.socket().sendTextMessage(QStringLiteral("{}"));
    QVERIFY(device.awaitClosed());
    QCOMPARE(static_cast<int>(device.socket().closeCode()), 1003);
}

void TestConnections::webSocket_malformedFrame_endsWithError_data()
{
    QTest::addColumn<QByteArray>("message");
    const QByteArray good = QByteArray::fromStdString(Wire::encode(Wire::ClientFrame(Wire::Ack{{1, 1}}), Wire::Compression::None));
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("garbage") << QByteArray("\xff\xff\xff\xff\xff\xff");
    QTest::newRow("truncated") << good.chopped(1);
    QTest::newRow("compressed nonsense") << QByteArray::fromHex("120401020304");
}

void TestConnections::webSocket_malformedFrame_endsWithError()
{
    QFETCH(QByteArray, message);
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), m_rig->token()));
    device.sendBytes(message);
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.code, Core::ErrorCode::InvalidArgument);
    QVERIFY(device.awaitClosed());
}

void TestConnections::webSocket_oversizedFrame_isCut()
{
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), m_rig->token()));
    device.sendBytes(QByteArray(1'200'000, 'x'));
    QVERIFY(device.awaitClosed());
    QTRY_COMPARE(m_rig->server().sessionCount(), std::size_t(0));
}

void TestConnections::webSocket_silentPeer_isPingedAndKept()
{
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), m_rig->token()));
    // Three times the silence that would end it: the peer's pongs keep it.
    QVERIFY(!device.awaitClosed(3000));
    QVERIFY(device.isOpen());
}

QTEST_GUILESS_MAIN(TestConnections)
#include "tst_connections.moc"
