// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what reaches the port before, beside and against the protocol is bounded and answered.
// Method: raw sockets and WebSockets against a server in this process with short limits.

#include "serverrig.h"
#include "support/eventwait.h"

#include <QDirIterator>
#include <QFile>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <thread>

using namespace Satchel;
using namespace Satchel::Test;

class TestConnections : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void health_andReadiness_answer();
    void readiness_withTheStoreDown_is503_healthStays();
    void readiness_whileTheServerDrains_is503();
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
    void webSocket_frameBehindTheUpgrade_isRead_data();
    void webSocket_frameBehindTheUpgrade_isRead();
    void recordedSession_cutAfterEveryByte_leavesWholePushesOnly_data();
    void recordedSession_cutAfterEveryByte_leavesWholePushesOnly();
    void frames_everyOrderOfSix_giveTheSameResult();

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
    return HttpCaller::exchange(m_rig->url(), request, timeoutMs);
}

void TestConnections::health_andReadiness_answer()
{
    QCOMPARE(m_http.get(m_rig->url(QStringLiteral("/healthz"))).status, 200);
    QCOMPARE(m_http.get(m_rig->url(QStringLiteral("/readyz"))).status, 200);
}

void TestConnections::readiness_withTheStoreDown_is503_healthStays()
{
    const QTemporaryDir folder;
    Server::ServerOptions options;
    options.dataFolder = folder.path().toStdString();
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    // What lies on the disk is none of it any more, before the first reader looks.
    QDirIterator files(folder.path(), QDir::Files);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.fileName().endsWith(QStringLiteral("-shm")) && file.size() > 0) {
            QVERIFY(file.open(QIODevice::ReadWrite));
            QCOMPARE(file.write(QByteArray(static_cast<qsizetype>(file.size()), 'x')), file.size());
        }
    }
    QCOMPARE(m_http.get(rig.url(QStringLiteral("/readyz"))).status, 503);
    QCOMPARE(m_http.get(rig.url(QStringLiteral("/healthz"))).status, 200);
}

void TestConnections::readiness_whileTheServerDrains_is503()
{
    const auto port = static_cast<quint16>(m_rig->url().port());
    QTcpSocket balancer;
    balancer.connectToHost(QStringLiteral("127.0.0.1"), port);
    const auto status = [&balancer] {
        balancer.write("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QByteArray answer;
        while (!answer.contains('}') && balancer.waitForReadyRead(5000)) {
            answer += balancer.readAll();
        }
        return answer.left(12);
    };
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), m_rig->token()));
    QCOMPARE(status(), QByteArray("HTTP/1.1 200"));
    // Nothing runs the device's events here: the server waits for its goodbye.
    std::thread stopping([this] { m_rig->stop(); });
    const auto isListening = [port] {
        QTcpSocket probe;
        probe.connectToHost(QStringLiteral("127.0.0.1"), port);
        return probe.waitForConnected(5000);
    };
    while (isListening()) {
        std::this_thread::yield();
    }
    const QByteArray whileDraining = status();
    stopping.join();
    QCOMPARE(whileDraining, QByteArray("HTTP/1.1 503"));
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
    add("no host", "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 400");
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
    QTest::addColumn<Core::ErrorReason>("reason");
    const QByteArray good = QByteArray::fromStdString(Wire::encode(Wire::ClientFrame(Wire::Ack{{1, 1}}), Wire::Compression::None));
    QTest::newRow("empty") << QByteArray() << Core::ErrorReason::MalformedInput;
    QTest::newRow("garbage") << QByteArray("\xff\xff\xff\xff\xff\xff") << Core::ErrorReason::MalformedInput;
    QTest::newRow("truncated") << good.chopped(1) << Core::ErrorReason::MalformedInput;
    QTest::newRow("compressed nonsense") << QByteArray::fromHex("120401020304") << Core::ErrorReason::MalformedInput;
    // A frame of field 100, and a Pushed, which is the server's to say: its number is that of no frame of a device, or of another kind.
    QTest::newRow("unknown kind") << QByteArray::fromHex("0a04a2060178") << Core::ErrorReason::UnexpectedFrame;
    QTest::newRow("a server's frame") << QByteArray::fromStdString(
                                             Wire::encode(Wire::ServerFrame(Wire::Probed{7}), Wire::Compression::None))
                                      << Core::ErrorReason::UnexpectedFrame;
}

void TestConnections::webSocket_malformedFrame_endsWithError()
{
    QFETCH(QByteArray, message);
    QFETCH(Core::ErrorReason, reason);
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), m_rig->token()));
    device.sendBytes(message);
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.code, Core::ErrorCode::InvalidArgument);
    QCOMPARE(error->error.reason, reason);
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

namespace {

/// A whole binary WebSocket frame of a client, masked with zeros; no longer than two bytes can say.
QByteArray webSocketFrame(const Wire::ClientFrame &frame)
{
    const QByteArray message = QByteArray::fromStdString(Wire::encode(frame, Wire::Compression::None));
    QByteArray bytes = "\x82";
    if (message.size() < 126) {
        bytes += static_cast<char>(0x80 | message.size());
    } else {
        bytes += '\xfe';
        bytes += static_cast<char>(message.size() >> 8);
        bytes += static_cast<char>(message.size() & 0xff);
    }
    return bytes + QByteArray(4, '\0') + message;
}

}  // namespace

void TestConnections::webSocket_frameBehindTheUpgrade_isRead_data()
{
    QTest::addColumn<int>("missing");
    QTest::newRow("the whole Hello") << 0;
    QTest::newRow("most of the Hello") << 10;
    QTest::newRow("a byte of the Hello") << 0x10000;
}

// A client that is sure of its token need not wait for the answer: what comes in the packet of the upgrade is the session's.
void TestConnections::webSocket_frameBehindTheUpgrade_isRead()
{
    QFETCH(int, missing);
    WebSocketDevice device(1);
    const QByteArray hello = webSocketFrame(device.hello());
    const qsizetype first = std::max<qsizetype>(hello.size() - missing, 1);
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(m_rig->url().port()));
    QVERIFY(socket.waitForConnected());
    socket.write("GET /v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: satchel.v1\r\nAuthorization: Bearer " +
                 m_rig->token().toUtf8() + "\r\n\r\n" + hello.first(first));
    QVERIFY(socket.waitForReadyRead(5000));
    socket.write(hello.sliced(first));
    QTRY_COMPARE(m_rig->server().sessionCount(), std::size_t(1));
    socket.write(webSocketFrame(Wire::Push{1, {device.put("notes", "k", {{"f", "x"}})}}));
    const auto head = [this] {
        const auto answer = m_http.sync(m_rig->url(), Wire::SyncRequest{{}, {WebSocketDevice(2).hello()}, {}}, m_rig->token());
        const auto *welcome = answer.empty() ? nullptr : std::get_if<Wire::Welcome>(&answer.front());
        return welcome != nullptr ? welcome->head : 99;
    };
    QTRY_COMPARE(head(), 1U);
}

void TestConnections::recordedSession_cutAfterEveryByte_leavesWholePushesOnly_data()
{
    QTest::addColumn<bool>("isWebSocket");
    QTest::newRow("WebSocket") << true;
    QTest::newRow("polling") << false;
}

// F19: what a device sends from its first byte to the end of a push of three mutations, cut after each byte.
void TestConnections::recordedSession_cutAfterEveryByte_leavesWholePushesOnly()
{
    QFETCH(bool, isWebSocket);
    WebSocketDevice device(1);
    const Wire::Hello hello = device.hello();
    Wire::Push push{1, {}};
    for (const char *key : {"a", "b", "c"}) {
        push.mutations.push_back(device.put("notes", key, {{"title", "text"}}));
    }
    const auto welcomeOf = [this](const std::string &user, const Wire::Hello &said) {
        const auto answer = m_http.sync(m_rig->url(), Wire::SyncRequest{{}, {said}, {}}, m_rig->token(user));
        const auto *welcome = answer.empty() ? nullptr : std::get_if<Wire::Welcome>(&answer.front());
        return welcome != nullptr ? *welcome : Wire::Welcome{};
    };
    for (qsizetype cut = 0, size = 1; cut <= size; ++cut) {
        const std::string user = "user-" + std::to_string(cut);
        const QByteArray head = " /v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + m_rig->token(user).toUtf8() + "\r\n";
        // What is said before the push, each answered before the next, and the push.
        QList<QByteArray> parts;
        if (isWebSocket) {
            parts = {"GET" + head +
                         "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: satchel.v1\r\n\r\n",
                     webSocketFrame(hello), webSocketFrame(push)};
        } else {
            const std::string session = welcomeOf(user, hello).sessionId;
            const QByteArray body =
                QByteArray::fromStdString(Wire::encode(Wire::SyncRequest{session, {push}, {}}, Wire::Compression::None));
            parts = {"POST" + head + "Content-Type: application/x-protobuf\r\nContent-Length: " + QByteArray::number(body.size()) +
                     "\r\n\r\n" + body};
        }
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(m_rig->url().port()));
        QVERIFY(socket.waitForConnected());
        size = 0;
        for (const QByteArray &part : parts) {
            socket.write(part.first(std::clamp<qsizetype>(cut - size, 0, part.size())));
            size += part.size();
            if (cut < size) {
                break;
            }
            QVERIFY2(socket.waitForReadyRead(5000), qPrintable(QString::number(cut)));
            socket.readAll();
        }
        socket.flush();
        socket.disconnectFromHost();
        // The pooled connection of the HTTP caller stays.
        QTRY_VERIFY_WITH_TIMEOUT(m_rig->server().connectionCount() <= 2, 10000);
        const std::uint64_t found = welcomeOf(user, WebSocketDevice(2).hello()).head;
        QVERIFY2(found == (cut < size ? 0 : push.mutations.size()), qPrintable(QStringLiteral("cut %1: head %2").arg(cut).arg(found)));
    }
}

// F18: six frames of a device in each of their 720 orders: what the server takes of them is a beginning of the log, and the device that
// says it again gets the same end.
void TestConnections::frames_everyOrderOfSix_giveTheSameResult()
{
    std::array<std::size_t, 6> order{0, 1, 2, 3, 4, 5};
    int number = 0;
    do {
        const std::string user = "user-" + std::to_string(number);
        const QString token = m_rig->token(user);
        WebSocketDevice device(1);
        const Wire::Hello hello = device.hello();
        std::vector<Wire::ClientFrame> frames{hello};
        std::vector<Core::Mutation> mutations;
        for (std::uint64_t push = 1; push <= 3; ++push) {
            mutations.push_back(device.put("notes", "k" + std::to_string(push), {{"title", "text"}}));
            frames.push_back(Wire::Push{push, {mutations.back()}});
        }
        frames.push_back(Wire::Probe{1});
        frames.push_back(Wire::Probe{2});
        QVERIFY(device.connectTo(m_rig->url(), token));
        for (const std::size_t index : order) {
            device.send(frames[index]);
        }
        std::uint64_t accepted = 0;
        int answers = 0;
        while (answers < 6) {
            QVERIFY(waitUntil([&] { return device.hasFrame() || !device.isOpen(); }));
            const auto frame = device.hasFrame() ? device.next() : std::nullopt;
            if (!frame) {
                break;
            }
            if (const auto *welcome = std::get_if<Wire::Welcome>(&*frame)) {
                device.lease = welcome->lease;
            } else if (const auto *pushed = std::get_if<Wire::Pushed>(&*frame)) {
                QCOMPARE(pushed->acceptedThrough, accepted + 1);
                accepted = pushed->acceptedThrough;
            }
            answers += std::holds_alternative<Wire::Changes>(*frame) ? 0 : 1;
        }
        device.socket().abort();
        Wire::Hello again = hello;
        again.lease = device.lease;
        again.lastCounter = 3;
        const auto welcomed = m_http.sync(m_rig->url(), Wire::SyncRequest{{}, {again}, {}}, token);
        const auto *welcome = welcomed.empty() ? nullptr : std::get_if<Wire::Welcome>(&welcomed.front());
        QVERIFY2(welcome != nullptr, qPrintable(QString::number(number)));
        QVERIFY(welcome->acceptedThrough >= accepted && welcome->acceptedThrough <= 3);
        QCOMPARE(welcome->head, welcome->acceptedThrough);
        const auto answered = m_http.sync(m_rig->url(), Wire::SyncRequest{welcome->sessionId, {Wire::Push{9, mutations}}, {}}, token);
        const auto *pushed = answered.empty() ? nullptr : std::get_if<Wire::Pushed>(&answered.front());
        QVERIFY2(pushed != nullptr && pushed->acceptedThrough == 3, qPrintable(QString::number(number)));
        const auto read = m_http.sync(m_rig->url(), Wire::SyncRequest{{}, {WebSocketDevice(2).hello()}, {}}, token);
        QVERIFY(!read.empty() && std::holds_alternative<Wire::Welcome>(read.front()));
        QCOMPARE(std::get<Wire::Welcome>(read.front()).head, 3U);
        ++number;
    } while (std::next_permutation(order.begin(), order.end()));
    QCOMPARE(number, 720);
}

QTEST_GUILESS_MAIN(TestConnections)
#include "tst_connections.moc"
