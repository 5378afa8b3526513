// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: an operator sees the server's numbers and the audit log move, as far as the operator's roles go, and as long as the token does.
// Method: WebSockets of both subprotocols against a server in this process whose clock the test moves.

#include "serverrig.h"
#include "support/eventwait.h"

#include "server-stub/sync/sessionrunner.h"
#include "wire/admincodec.h"
#include "wire/statsmessages.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocketHandshakeOptions>

using namespace Satchel;
using namespace Satchel::Test;
namespace Admin = Satchel::Wire::Admin;

namespace {

const Admin::WatchRequest often{std::chrono::milliseconds(250), false, "", 0};

Admin::WatchRequest auditOf(const std::string &filter, std::uint64_t from = 0)
{
    return {std::chrono::milliseconds(0), true, filter, from};
}

/// A watcher that keeps what it hears.
class Watcher : public QObject {
public:
    explicit Watcher(const QString &subprotocol = QStringLiteral("satchel.watch.v1"))
    {
        m_options.setSubprotocols({subprotocol});
        connect(&socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &message) {
            auto event =
                Admin::decode<Admin::WatchEvent>({message.constData(), static_cast<std::size_t>(message.size())}, Admin::Format::Protobuf);
            events.push_back(event.value());
        });
        connect(&socket, &QWebSocket::textMessageReceived, this, [this](const QString &message) { texts.append(message); });
    }

    [[nodiscard]] bool open(QUrl url, const QString &token)
    {
        url.setScheme(QStringLiteral("ws"));
        url.setPath(QStringLiteral("/v1/admin/watch"));
        QNetworkRequest request(url);
        request.setRawHeader("Authorization", "Bearer " + token.toUtf8());
        socket.open(request, m_options);
        return waitUntil([this] { return isOpen() || socket.state() == QAbstractSocket::UnconnectedState; }) && isOpen();
    }
    [[nodiscard]] bool isOpen() const { return socket.state() == QAbstractSocket::ConnectedState; }
    void ask(const Admin::WatchRequest &request)
    {
        const std::string message = Admin::encode(request, Admin::Format::Protobuf);
        socket.sendBinaryMessage(QByteArray(message.data(), static_cast<qsizetype>(message.size())));
    }
    [[nodiscard]] bool awaitClosed()
    {
        return waitUntil([this] { return socket.state() == QAbstractSocket::UnconnectedState; });
    }
    [[nodiscard]] std::vector<Admin::AuditEntry> entries() const
    {
        std::vector<Admin::AuditEntry> out;
        for (const Admin::WatchEvent &event : events) {
            if (const auto *tail = std::get_if<Admin::AuditTail>(&event.event)) {
                out.insert(out.end(), tail->entries.begin(), tail->entries.end());
            }
        }
        return out;
    }

    QWebSocket socket;
    std::vector<Admin::WatchEvent> events;
    QStringList texts;

private:
    QWebSocketHandshakeOptions m_options;
};

}  // namespace

class TestWatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void stats_watched_moveWithTheServer();
    void stats_got_areTheSame();
    void stats_asJson_comeAsText();
    void audit_watched_tellsWhatMatchesAsItComes();
    void audit_farBehind_saysHowMuchWasPassedOver();
    void watch_without_isRefused_data();
    void watch_without_isRefused();
    void watch_ofAuditBySupport_endsWithWhy();
    void watch_wrongFilter_endsWithWhy();
    void watch_tokenExpired_ends();
    void watch_serverStops_ends();
    void watch_silentOrLoud_isCut();
    void watch_askedInThePacketOfTheUpgrade_begins();
    void watch_begun_leavesOneRecord();

private:
    void listUsers(const QByteArray &filter);
    std::unique_ptr<ServerRig> m_rig;
    HttpCaller m_http;
};

void TestWatch::init()
{
    Server::ServerOptions options;
    options.net.helloTimeout = std::chrono::milliseconds(300);
    m_rig = std::make_unique<ServerRig>(options);
    QCOMPARE(m_rig->start(), QString());
}

void TestWatch::listUsers(const QByteArray &filter)
{
    const HttpResult result = m_http.post(m_rig->url(QStringLiteral("/satchel.v1.Users/List")), R"({"filter":")" + filter + R"("})",
                                          "application/json", m_rig->token("op", {"admin"}));
    QVERIFY(result.status == 200 || result.status == 400);
}

void TestWatch::stats_watched_moveWithTheServer()
{
    Watcher watcher;
    QVERIFY(watcher.open(m_rig->url(), m_rig->token("op", {"support"})));
    watcher.ask(often);
    QTRY_VERIFY(!watcher.events.empty());
    const auto first = std::get<Admin::StatsGetResponse>(watcher.events.front().event);
    QCOMPARE(first.server.sessionCount, 0U);
    QVERIFY(!first.server.version.empty());
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), m_rig->token("anna")));
    QVERIFY(device.push({device.put("notes", "k", {{"f", "v"}}), device.put("notes", "k", {{"f", "w"}})}));
    m_rig->clock.advance(std::chrono::minutes(2));
    const auto last = [&] { return std::get<Admin::StatsGetResponse>(watcher.events.back().event); };
    QTRY_COMPARE(last().tenant.userCount, 1U);
    QCOMPARE(last().tenant.documentCount, 1U);
    QCOMPARE(last().server.sessionCount, 1U);
    QCOMPARE(last().server.acceptedCount, 2U);
    QVERIFY(last().tenant.auditRecordCount > 0);
}

void TestWatch::stats_got_areTheSame()
{
    const HttpResult result =
        m_http.post(m_rig->url(QStringLiteral("/satchel.v1.Stats/Get")), "{}", "application/json", m_rig->token("op", {"auditor"}));
    QCOMPARE(result.status, 200);
    const QJsonObject told = QJsonDocument::fromJson(result.body).object();
    QVERIFY(told[QStringLiteral("server")].toObject().contains(QStringLiteral("epoch")));
    QVERIFY(told[QStringLiteral("tenant")].toObject().contains(QStringLiteral("countedMs")));
}

void TestWatch::stats_asJson_comeAsText()
{
    Watcher watcher(QStringLiteral("satchel.watch.v1.json"));
    QVERIFY(watcher.open(m_rig->url(), m_rig->token("op", {"support"})));
    watcher.socket.sendTextMessage(QStringLiteral(R"({"statsIntervalMs": 250})"));
    QTRY_VERIFY(!watcher.texts.isEmpty());
    const QJsonObject event = QJsonDocument::fromJson(watcher.texts.front().toUtf8()).object();
    QVERIFY(event[QStringLiteral("stats")].toObject()[QStringLiteral("server")].toObject().contains(QStringLiteral("version")));
}

void TestWatch::audit_watched_tellsWhatMatchesAsItComes()
{
    listUsers("nosuch:0");
    Watcher watcher;
    QVERIFY(watcher.open(m_rig->url(), m_rig->token("eve", {"auditor"})));
    watcher.ask({std::chrono::milliseconds(250), true, "action:Users/* outcome:invalid_argument", 0});
    // The first stats say that the watch has begun.
    QTRY_VERIFY(!watcher.events.empty());
    listUsers("nosuch:1");
    listUsers("good");
    listUsers("nosuch:2");
    QTRY_COMPARE(watcher.entries().size(), std::size_t(2));
    for (const Admin::AuditEntry &entry : watcher.entries()) {
        QCOMPARE(entry.record.action, std::string("Users/List"));
        QCOMPARE(entry.record.code, std::optional(Core::ErrorCode::InvalidArgument));
        QCOMPARE(entry.record.personal.actor, std::string("op"));
    }
}

void TestWatch::audit_farBehind_saysHowMuchWasPassedOver()
{
    auto log = m_rig->server().services().store.begin();
    Wire::AuditRecord record;
    record.tenant = "default";
    record.action = "Users/List";
    for (int i = 0; i < 25'000; ++i) {
        QVERIFY((*log)->appendAudit(record));
    }
    QVERIFY((*log)->commit());
    log->reset();
    Watcher watcher;
    QVERIFY(watcher.open(m_rig->url(), m_rig->token("eve", {"auditor"})));
    watcher.ask(auditOf("", 1));
    QTRY_VERIFY(!watcher.events.empty());
    const auto tail = std::get<Admin::AuditTail>(watcher.events.front().event);
    QVERIFY(tail.dropped >= 23'999);
    QCOMPARE(tail.entries.front().index, tail.dropped + 1);
    QCOMPARE(tail.next, tail.entries.back().index + 1);
}

void TestWatch::watch_without_isRefused_data()
{
    QTest::addColumn<QString>("roles");
    QTest::addColumn<QString>("subprotocol");
    QTest::newRow("a role") << QStringLiteral("user") << QStringLiteral("satchel.watch.v1");
    QTest::newRow("a token") << QString() << QStringLiteral("satchel.watch.v1");
    QTest::newRow("the subprotocol") << QStringLiteral("admin") << QStringLiteral("satchel.v1");
}

void TestWatch::watch_without_isRefused()
{
    QFETCH(QString, roles);
    QFETCH(QString, subprotocol);
    Watcher watcher(subprotocol);
    QVERIFY(!watcher.open(m_rig->url(), roles.isEmpty() ? QStringLiteral("none") : m_rig->token("op", {roles.toStdString()})));
}

void TestWatch::watch_ofAuditBySupport_endsWithWhy()
{
    Watcher watcher;
    QVERIFY(watcher.open(m_rig->url(), m_rig->token("op", {"support"})));
    watcher.ask(auditOf(""));
    QVERIFY(watcher.awaitClosed());
    QCOMPARE(watcher.socket.closeCode(), QWebSocketProtocol::CloseCodePolicyViolated);
    QCOMPARE(watcher.socket.closeReason(), QStringLiteral("watching the audit log needs the role auditor or admin"));
    QVERIFY(watcher.events.empty());
}

void TestWatch::watch_wrongFilter_endsWithWhy()
{
    Watcher watcher;
    QVERIFY(watcher.open(m_rig->url(), m_rig->token("op", {"admin"})));
    watcher.ask(auditOf("outcome:fine"));
    QVERIFY(watcher.awaitClosed());
    QVERIFY2(watcher.socket.closeReason().startsWith(QStringLiteral("filter, column 9: outcome is one of ok")),
             qPrintable(watcher.socket.closeReason()));
}

void TestWatch::watch_tokenExpired_ends()
{
    Watcher watcher;
    QVERIFY(watcher.open(m_rig->url(), m_rig->token("op", {"admin"})));
    watcher.ask(often);
    QTRY_VERIFY(!watcher.events.empty());
    m_rig->clock.advance(std::chrono::hours(2));
    QVERIFY(watcher.awaitClosed());
    QCOMPARE(watcher.socket.closeCode(), QWebSocketProtocol::CloseCodePolicyViolated);
}

void TestWatch::watch_serverStops_ends()
{
    Watcher watcher;
    QVERIFY(watcher.open(m_rig->url(), m_rig->token("op", {"admin"})));
    watcher.ask(Admin::WatchRequest());
    m_rig->stop();
    QVERIFY(watcher.awaitClosed());
}

void TestWatch::watch_silentOrLoud_isCut()
{
    Watcher silent;
    QVERIFY(silent.open(m_rig->url(), m_rig->token("op", {"admin"})));
    Watcher loud;
    QVERIFY(loud.open(m_rig->url(), m_rig->token("op", {"admin"})));
    loud.ask(often);
    QTRY_VERIFY(!loud.events.empty());
    loud.ask(often);
    QVERIFY(loud.awaitClosed());
    QVERIFY(silent.awaitClosed());
}

void TestWatch::watch_askedInThePacketOfTheUpgrade_begins()
{
    const std::string asked = Admin::encode(often, Admin::Format::Protobuf);
    QByteArray frame("\x82");
    frame += static_cast<char>(0x80 | asked.size());
    frame += QByteArray(4, '\0') + QByteArray(asked.data(), static_cast<qsizetype>(asked.size()));
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(m_rig->url().port()));
    socket.write(
        "GET /v1/admin/watch HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: satchel.watch.v1\r\nAuthorization: Bearer " +
        m_rig->token("op", {"support"}).toUtf8() + "\r\n\r\n" + frame);
    // The numbers come in a binary message behind the answer.
    QByteArray answer;
    QTRY_VERIFY((answer += socket.readAll()).contains("\r\n\r\n\x82"));
    QVERIFY(answer.startsWith("HTTP/1.1 101"));
}

void TestWatch::watch_begun_leavesOneRecord()
{
    Watcher watcher;
    QVERIFY(watcher.open(m_rig->url(), m_rig->token("op", {"admin"})));
    watcher.ask(often);
    QTRY_VERIFY(watcher.events.size() >= 2);
    const HttpResult result = m_http.post(m_rig->url(QStringLiteral("/satchel.v1.Audit/Query")), R"({"filter":"action:Stats/Watch"})",
                                          "application/json", m_rig->token("eve", {"auditor"}));
    QCOMPARE(QJsonDocument::fromJson(result.body).object()[QStringLiteral("entries")].toArray().size(), 1);
}

QTEST_GUILESS_MAIN(TestWatch)
#include "tst_watch.moc"
