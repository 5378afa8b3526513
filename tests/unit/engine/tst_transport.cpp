// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: both carriers carry frames, name every failure by its kind, give the token to nobody but the server, and take nothing beyond a
// limit. Method: real transports against small servers on loopback that say what the row says. F22 is the captive portal.
#include "client/net/pollingtransport.h"
#include "client/net/websockettransport.h"
#include "wire/codec.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocketServer>

#include <memory>
#include <optional>
#include <vector>

using namespace Satchel;
using Core::ErrorCode;
using Core::ErrorReason;
using Sync::Carrier;

Q_DECLARE_METATYPE(Satchel::Core::ErrorCode)
Q_DECLARE_METATYPE(Satchel::Core::ErrorReason)
Q_DECLARE_METATYPE(Satchel::Sync::Carrier)

namespace {

/// Answers every request with the same bytes, and keeps what it was asked.
class RawServer : public QTcpServer {
public:
    explicit RawServer(QByteArray answer)
        : m_answer(std::move(answer))
    {
        const bool isListening = listen(QHostAddress::LocalHost);
        Q_ASSERT(isListening);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                asked += socket->readAll();
                if (asked.contains("\r\n\r\n")) {
                    socket->write(m_answer);
                    socket->disconnectFromHost();
                }
            });
        });
    }
    [[nodiscard]] QUrl url() const { return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(serverPort())); }

    QByteArray asked;

private:
    QByteArray m_answer;
};

/// A transport and what it has told.
struct Ear {
    explicit Ear(Carrier carrier)
    {
        if (carrier == Carrier::WebSocket) {
            transport = std::make_unique<Sync::WebSocketTransport>();
        } else {
            transport = std::make_unique<Sync::PollingTransport>(std::chrono::milliseconds(0));
        }
        QObject::connect(transport.get(), &Sync::Transport::opened, transport.get(), [this] {
            isOpened = true;
            transport->send(Wire::Hello{});
        });
        QObject::connect(transport.get(), &Sync::Transport::received, transport.get(),
                         [this](const Wire::ServerFrame &frame) { frames.push_back(frame); });
        QObject::connect(transport.get(), &Sync::Transport::failed, transport.get(), [this](const Core::Error &reason) {
            failures += 1;
            error = reason;
        });
    }

    std::unique_ptr<Sync::Transport> transport;
    bool isOpened = false;
    std::vector<Wire::ServerFrame> frames;
    std::optional<Core::Error> error;
    int failures = 0;
};

/// Counts the timers that come due in this thread.
class TimerCounter : public QObject {
public:
    TimerCounter() { QCoreApplication::instance()->installEventFilter(this); }
    bool eventFilter(QObject *receiver, QEvent *event) override
    {
        count += event->type() == QEvent::Timer && receiver->inherits("QTimer") ? 1 : 0;
        return false;
    }

    int count = 0;
};

QByteArray http(const char *status, const char *type, const QByteArray &body, const QByteArray &more = {})
{
    return QByteArrayLiteral("HTTP/1.1 ") + status + "\r\nContent-Type: " + type +
           "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n" + more + "Connection: close\r\n\r\n" + body;
}

QByteArray bytesOf(const Wire::ServerFrame &frame)
{
    return QByteArray::fromStdString(Wire::encode(frame, Wire::Compression::None));
}

Wire::Hello hello()
{
    Wire::Hello made;
    made.device.id.bytes.fill(1);
    return made;
}

}  // namespace

class TestTransport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void webSocket_carriesFramesBothWays_withTheTokenInTheHandshake()
    {
        QWebSocketServer server(QStringLiteral("test"), QWebSocketServer::NonSecureMode);
        server.setSupportedSubprotocols({QStringLiteral("satchel.v1")});
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Sync::WebSocketTransport transport;
        QSignalSpy opened(&transport, &Sync::Transport::opened);
        std::vector<Wire::ServerFrame> frames;
        connect(&transport, &Sync::Transport::received, this, [&frames](const Wire::ServerFrame &frame) { frames.push_back(frame); });
        transport.open(QUrl(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort())), "secret");
        QTRY_COMPARE(opened.size(), 1);
        QTRY_VERIFY(server.hasPendingConnections());
        const std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
        QCOMPARE(peer->request().rawHeader("Authorization"), QByteArray("Bearer secret"));
        QCOMPARE(peer->requestUrl().path(), QStringLiteral("/v1/sync"));
        QSignalSpy received(peer.get(), &QWebSocket::binaryMessageReceived);
        transport.send(hello());
        QTRY_COMPARE(received.size(), 1);
        const QByteArray message = received.front().front().toByteArray();
        const auto frame = Wire::decodeClientFrame(message.toStdString(), {});
        QVERIFY(frame);
        QCOMPARE(std::get<Wire::Hello>(*frame), hello());
        peer->sendBinaryMessage(bytesOf(Wire::Changes{3, 4, {}, false}));
        QTRY_COMPARE(frames.size(), std::size_t(1));
        QCOMPARE(std::get<Wire::Changes>(frames.front()).to, std::uint64_t(4));
    }

    // An idle minute is 60 s of silence: one timer for each ping, and no other.
    void webSocket_idle_wakesForItsPingsOnly()
    {
        constexpr std::chrono::seconds minute(60);
        QVERIFY(minute / Sync::WebSocketTransport::LifeTimes().pingAfter <= 3);
        QWebSocketServer server(QStringLiteral("test"), QWebSocketServer::NonSecureMode);
        server.setSupportedSubprotocols({QStringLiteral("satchel.v1")});
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Sync::WebSocketTransport::LifeTimes times;
        times.pingAfter = std::chrono::milliseconds(100);
        Sync::WebSocketTransport transport(times);
        QSignalSpy opened(&transport, &Sync::Transport::opened);
        QSignalSpy failed(&transport, &Sync::Transport::failed);
        transport.open(QUrl(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort())), "secret");
        QTRY_COMPARE(opened.size(), 1);
        QTRY_VERIFY(server.hasPendingConnections());
        const std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
        TimerCounter timers;
        QElapsedTimer elapsed;
        elapsed.start();
        QTRY_VERIFY(timers.count >= 6);
        // Timers may come a twentieth early.
        QVERIFY2(elapsed.elapsed() >= 6 * 95 - 5, qPrintable(QString::number(elapsed.elapsed())));
        QCOMPARE(failed.size(), 0);
    }

    void webSocket_badMessage_endsIt_data()
    {
        QTest::addColumn<QByteArray>("binary");
        QTest::addColumn<QString>("text");
        QTest::newRow("text") << QByteArray() << QStringLiteral("hello");
        QTest::newRow("no frame") << QByteArray("\xff\xff\xff", 3) << QString();
        QTest::newRow("beyond the limit") << QByteArray(3 * 1024 * 1024, 'x') << QString();
    }
    void webSocket_badMessage_endsIt()
    {
        QFETCH(const QByteArray, binary);
        QFETCH(const QString, text);
        QWebSocketServer server(QStringLiteral("test"), QWebSocketServer::NonSecureMode);
        server.setSupportedSubprotocols({QStringLiteral("satchel.v1")});
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Ear ear(Carrier::WebSocket);
        ear.transport->disconnect();
        QSignalSpy failed(ear.transport.get(), &Sync::Transport::failed);
        QSignalSpy received(ear.transport.get(), &Sync::Transport::received);
        ear.transport->open(QUrl(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort())), "t");
        QTRY_VERIFY(server.hasPendingConnections());
        const std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
        if (text.isEmpty()) {
            peer->sendBinaryMessage(binary);
        } else {
            peer->sendTextMessage(text);
        }
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(received.size(), 0);
    }

    void webSocket_withoutOurSubprotocol_isNoSatchelServer()
    {
        QWebSocketServer server(QStringLiteral("test"), QWebSocketServer::NonSecureMode);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Ear ear(Carrier::WebSocket);
        ear.transport->open(QUrl(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort())), "t");
        QTRY_COMPARE(ear.failures, 1);
        QCOMPARE(ear.error->reason, ErrorReason::NotSatchelServer);
        QVERIFY(!ear.isOpened);
    }

    void answer_ofSomethingElse_isNamed_data()
    {
        QTest::addColumn<Carrier>("carrier");
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<ErrorCode>("code");
        QTest::addColumn<ErrorReason>("reason");
        const QByteArray page("<html><body>Please sign in to the Wi-Fi</body></html>");
        const QByteArray refusal(R"({"code":"unauthenticated","message":"no"})");
        for (const Carrier carrier : {Carrier::WebSocket, Carrier::Polling}) {
            const QByteArray name = carrier == Carrier::WebSocket ? "websocket: " : "polling: ";
            QTest::newRow((name + "F22 captive portal").constData())
                << carrier << http("200 OK", "text/html", page) << ErrorCode::Unavailable << ErrorReason::NotSatchelServer;
            QTest::newRow((name + "proxy's error page").constData())
                << carrier << http("418 No", "text/html", page) << ErrorCode::Unavailable << ErrorReason::NotSatchelServer;
            QTest::newRow((name + "token refused").constData()) << carrier << http("401 Unauthorized", "application/json", refusal)
                                                                << ErrorCode::Unauthenticated << ErrorReason::TokenInvalid;
            QTest::newRow((name + "token refused, as by this server").constData())
                << carrier << http("401 Unauthorized", "application/json\r\nWWW-Authenticate: Bearer", refusal)
                << ErrorCode::Unauthenticated << ErrorReason::TokenInvalid;
            QTest::newRow((name + "hangs up").constData())
                << carrier << QByteArray() << ErrorCode::Unavailable
                << (carrier == Carrier::WebSocket ? ErrorReason::NotSatchelServer : ErrorReason::NetworkUnreachable);
        }
        QTest::newRow("polling: wrong type") << Carrier::Polling << http("200 OK", "application/json", "{}") << ErrorCode::Unavailable
                                             << ErrorReason::NotSatchelServer;
        QTest::newRow("polling: cut off")
            << Carrier::Polling << QByteArray("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 900\r\n\r\nabc")
            << ErrorCode::Unavailable << ErrorReason::NetworkUnreachable;
        QTest::newRow("polling: beyond the limit")
            << Carrier::Polling << http("200 OK", "application/x-protobuf", QByteArray(9 * 1024 * 1024, 'x')) << ErrorCode::Unavailable
            << ErrorReason::NotSatchelServer;
    }
    void answer_ofSomethingElse_isNamed()
    {
        QFETCH(const Carrier, carrier);
        QFETCH(const QByteArray, answer);
        QFETCH(const ErrorCode, code);
        QFETCH(const ErrorReason, reason);
        RawServer server(answer);
        Ear ear(carrier);
        ear.transport->open(server.url(), "secret");
        QTRY_COMPARE(ear.failures, 1);
        QCOMPARE(ear.error->code, code);
        if (code != ErrorCode::Unauthenticated) {
            QCOMPARE(ear.error->reason, reason);
            QCOMPARE(ear.error->retry, Core::Retry::Later);
        }
        QVERIFY(ear.frames.empty());
    }

    void redirect_isNotFollowed_andTheTokenStaysHere_data()
    {
        QTest::addColumn<Carrier>("carrier");
        QTest::newRow("websocket") << Carrier::WebSocket;
        QTest::newRow("polling") << Carrier::Polling;
    }
    void redirect_isNotFollowed_andTheTokenStaysHere()
    {
        QFETCH(const Carrier, carrier);
        RawServer elsewhere(http("204 No Content", "text/plain", {}));
        RawServer server(http("302 Found", "text/plain", {}, "Location: " + elsewhere.url().toEncoded() + "/v1/sync\r\n"));
        Ear ear(carrier);
        ear.transport->open(server.url(), "secret");
        QTRY_COMPARE(ear.failures, 1);
        QCOMPARE(ear.error->reason, ErrorReason::NotSatchelServer);
        QVERIFY(server.asked.contains("Bearer secret"));
        QVERIFY(elsewhere.asked.isEmpty());
    }

    void nobody_listening_isUnreachable_data() { redirect_isNotFollowed_andTheTokenStaysHere_data(); }
    void nobody_listening_isUnreachable()
    {
        QFETCH(const Carrier, carrier);
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const QUrl url(QStringLiteral("http://127.0.0.1:%1").arg(closed.serverPort()));
        closed.close();
        Ear ear(carrier);
        ear.transport->open(url, "t");
        QTRY_COMPARE(ear.failures, 1);
        QCOMPARE(ear.error->reason, ErrorReason::NetworkUnreachable);
    }

    void plainHttp_toAnotherMachine_isRefusedBeforeAnythingIsSent_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("isAllowed");
        QTest::newRow("https") << QStringLiteral("https://sync.example.org") << true;
        QTest::newRow("loopback") << QStringLiteral("http://127.0.0.1:8080") << true;
        QTest::newRow("loopback v6") << QStringLiteral("http://[::1]:8080") << true;
        QTest::newRow("localhost") << QStringLiteral("http://localhost") << true;
        QTest::newRow("http") << QStringLiteral("http://sync.example.org") << false;
        QTest::newRow("looks like loopback") << QStringLiteral("http://127.0.0.1.example.org") << false;
        QTest::newRow("ws") << QStringLiteral("ws://127.0.0.1") << false;
        QTest::newRow("file") << QStringLiteral("file:///v1/sync") << false;
    }
    void plainHttp_toAnotherMachine_isRefusedBeforeAnythingIsSent()
    {
        QFETCH(const QString, url);
        QFETCH(const bool, isAllowed);
        QCOMPARE(Sync::checkServerUrl(QUrl(url)).has_value(), isAllowed);
        if (isAllowed) {
            return;
        }
        for (const Carrier carrier : {Carrier::WebSocket, Carrier::Polling}) {
            Ear ear(carrier);
            ear.transport->open(QUrl(url), "t");
            QTRY_COMPARE(ear.failures, 1);
            QVERIFY(!ear.isOpened);
        }
    }

    void polling_answerCutOnAKnownConnection_isNotAskedForAgain_data()
    {
        QTest::addColumn<QByteArray>("begun");
        QTest::newRow("before its first byte") << QByteArray();
        QTest::newRow("after its first byte") << QByteArray("H");
        QTest::newRow("in its status line") << QByteArray("HTTP/1.1 20");
        QTest::newRow("in its head") << QByteArray("HTTP/1.1 200 OK\r\nContent-Ty");
    }
    // The server gives each frame to one request: what the same request, sent again unseen, brought would lack those of the lost answer.
    void polling_answerCutOnAKnownConnection_isNotAskedForAgain()
    {
        QFETCH(const QByteArray, begun);
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Wire::Welcome welcome;
        welcome.sessionId = "s";
        const QByteArray body = QByteArray::fromStdString(Wire::encode(Wire::SyncResponse{{welcome}}, Wire::Compression::None));
        QByteArray asked;
        connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket *socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, &server, [&, socket] {
                const qsizetype before = asked.count("POST ");
                asked += socket->readAll();
                if (before == 0) {
                    socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: " +
                                  QByteArray::number(body.size()) + "\r\n\r\n" + body);
                } else {
                    socket->write(begun);
                    socket->disconnectFromHost();
                }
            });
        });
        Ear ear(Carrier::Polling);
        ear.transport->open(QUrl(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort())), "secret");
        QTRY_COMPARE(ear.failures, 1);
        QCOMPARE(ear.frames.size(), std::size_t(1));
        QCOMPARE(ear.error->reason, ErrorReason::NetworkUnreachable);
        QCOMPARE(asked.count("POST "), 2);
    }

    void polling_failureBesideALongPoll_endsItAtOnce()
    {
        // The first request is answered, the second is the long poll and is not, the third is hung up on.
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Wire::Welcome welcome;
        welcome.sessionId = "s";
        const std::string body = Wire::encode(Wire::SyncResponse{{welcome}}, Wire::Compression::None);
        int asked = 0;
        connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket *socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, &server, [&, socket, isKnown = false]() mutable {
                asked += std::exchange(isKnown, true) ? 0 : 1;
                if (asked == 1) {
                    socket->write(http("200 OK", "application/x-protobuf", QByteArray::fromStdString(body)));
                    socket->disconnectFromHost();
                } else if (asked > 2) {
                    socket->abort();
                }
            });
        });
        Sync::PollingTransport transport(std::chrono::milliseconds(0));
        QSignalSpy received(&transport, &Sync::Transport::received);
        QSignalSpy failed(&transport, &Sync::Transport::failed);
        transport.open(QUrl(QStringLiteral("http://127.0.0.1:%1").arg(server.serverPort())), "t");
        transport.send(hello());
        QTRY_COMPARE(received.size(), 1);
        QTRY_COMPARE(asked, 2);
        transport.send(Wire::Ack{});
        QTRY_COMPARE(failed.size(), 1);
    }

    void baseUrl_mayHaveAPath()
    {
        QCOMPARE(Sync::syncPath(QUrl(QStringLiteral("https://h"))), QStringLiteral("/v1/sync"));
        QCOMPARE(Sync::syncPath(QUrl(QStringLiteral("https://h/app/"))), QStringLiteral("/app/v1/sync"));
    }

    void close_isSilent_data() { redirect_isNotFollowed_andTheTokenStaysHere_data(); }
    void close_isSilent()
    {
        QFETCH(const Carrier, carrier);
        RawServer server({});
        Ear ear(carrier);
        ear.transport->open(server.url(), "t");
        ear.transport->close();
        ear.transport->close();
        Ear later(carrier);
        later.transport->open(server.url(), "t");
        QTRY_COMPARE(later.failures, 1);
        QCOMPARE(ear.failures, 0);
    }
};

QTEST_GUILESS_MAIN(TestTransport)
#include "tst_transport.moc"
