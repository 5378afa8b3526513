// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: who runs the server can see what it does and steer it: metrics, traces from request to log line, readiness with its causes,
// read-only mode, rates.
// Method: a server in this process, HTTP and WebSocket clients, the server's log.

#include "serverrig.h"
#include "support/eventwait.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;

class TestOperation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void metrics_countWhatHappens();
    void metrics_areForThisMachineOrWhoHasTheToken();
    void trace_ofARequest_isInAnswerAndLog_data();
    void trace_ofARequest_isInAnswerAndLog();
    void trace_ofASession_isInAnswerAndLog();
    void log_t41_hasNoTokenAndNoQuery();
    void readiness_withoutTokenKeys_saysSo();
    void readOnly_readsGoOn_writesWait();
    void readOnly_beginsAndEndsWhileDevicesAreConnected();
    void rate_ofAnAddress_isAnswered429();
    void rate_ofAUser_endsTheSessionWithTheTimeToWait();
    void connections_ofOneAddress_leaveRoomForOthers();
    void quota_t30_ofDocuments_refusesTheNextOne();
    void quota_ofDevices_refusesTheNextOne();
    void f16_clockTenYearsAhead_winsOnceOnly();

private:
    /// A raw request without a body, on a connection of its own.
    QByteArray get(const ServerRig &rig, const QByteArray &path, const QByteArray &headers = {});
    /// The value of a metric's line.
    double metric(const ServerRig &rig, const QByteArray &line);
    HttpCaller m_http;
};

QByteArray TestOperation::get(const ServerRig &rig, const QByteArray &path, const QByteArray &headers)
{
    return HttpCaller::exchange(rig.url(), "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n");
}

double TestOperation::metric(const ServerRig &rig, const QByteArray &line)
{
    const QByteArray page = m_http.get(rig.url(QStringLiteral("/metrics"))).body;
    const qsizetype at = page.indexOf('\n' + line + ' ');
    return at < 0 ? -1 : page.mid(at + line.size() + 2, page.indexOf('\n', at + 1) - at - line.size() - 2).toDouble();
}

void TestOperation::metrics_countWhatHappens()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    QVERIFY(device.push({device.put("notes", "a", {{"f", "x"}}), device.put("notes", "b", {{"f", "x"}})}));
    QVERIFY(device.push({device.put("Not a name", "a", {{"f", "x"}})}));
    const QUrl list = rig.url(QStringLiteral("/satchel.v1.Users/List"));
    QCOMPARE(m_http.post(list, "{}", "application/json", rig.token("op", {"support"})).status, 200);
    QCOMPARE(m_http.post(list, "{}", "application/json", rig.token("op", {"user"})).status, 403);
    QCOMPARE(metric(rig, "satchel_mutations_accepted_total"), 2);
    QCOMPARE(metric(rig, "satchel_mutations_refused_total{reason=\"INVALID_NAME\"}"), 1);
    QCOMPARE(metric(rig, "satchel_pushes_total"), 2);
    QCOMPARE(metric(rig, "satchel_hellos_total"), 1);
    QCOMPARE(metric(rig, "satchel_sessions"), 1);
    QVERIFY(metric(rig, "satchel_connections") >= 2);
    QVERIFY(metric(rig, "satchel_pulls_total") >= 1);
    QVERIFY(metric(rig, "satchel_commits_total") >= 3);
    QCOMPARE(metric(rig, "satchel_commit_seconds_count"), metric(rig, "satchel_commits_total"));
    QCOMPARE(metric(rig, "satchel_admin_calls_total{outcome=\"ok\"}"), 1);
    QCOMPARE(metric(rig, "satchel_admin_calls_total{outcome=\"permission_denied\"}"), 1);
    QCOMPARE(metric(rig, "satchel_audit_records_total"), 2);
    QVERIFY(metric(rig, "satchel_store_bytes") > 4096);
    QVERIFY(metric(rig, "satchel_event_loop_lag_seconds") >= 0);
    QVERIFY(metric(rig, "satchel_http_requests_total{status=\"4xx\"}") >= 1);
    device.close();
    QTRY_COMPARE(metric(rig, "satchel_sessions"), 0);
}

void TestOperation::metrics_areForThisMachineOrWhoHasTheToken()
{
    ServerRig open;
    QCOMPARE(open.start(), QString());
    QVERIFY(get(open, "/metrics").startsWith("HTTP/1.1 200"));
    QVERIFY(get(open, "/metrics", "X-Forwarded-For: 192.0.2.1\r\n").startsWith("HTTP/1.1 403"));
    QVERIFY(get(open, "/metrics", "Forwarded: for=192.0.2.1\r\n").startsWith("HTTP/1.1 403"));

    const QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("token")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QByteArray secret = "0f8c1f7a4c0b5d2e9a6b3c7d1e4f5a6b";
    file.write(secret + '\n');
    file.close();
    Server::ServerOptions options;
    options.metricsTokenFile = file.fileName().toStdString();
    ServerRig closed(options);
    QCOMPARE(closed.start(), QString());
    QVERIFY(get(closed, "/metrics").startsWith("HTTP/1.1 401"));
    QVERIFY(get(closed, "/metrics", "Authorization: Bearer " + secret.chopped(1) + "x\r\n").startsWith("HTTP/1.1 401"));
    QVERIFY(get(closed, "/metrics", "Authorization: Bearer " + secret + "\r\n").startsWith("HTTP/1.1 200"));
    QVERIFY(!closed.log().contains(secret));
}

void TestOperation::trace_ofARequest_isInAnswerAndLog_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("admin call") << QByteArray("/satchel.v1.Users/List");
    QTest::newRow("poll") << QByteArray("/v1/sync");
    QTest::newRow("unknown path") << QByteArray("/nothing");
}

void TestOperation::trace_ofARequest_isInAnswerAndLog()
{
    QFETCH(QByteArray, path);
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    const QByteArray trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const QByteArray answer = get(rig, path, "traceparent: 00-" + trace + "-00f067aa0ba902b7-01\r\n");
    QVERIFY2(answer.contains("\r\ntraceparent: 00-" + trace + '-'), answer.constData());
    QVERIFY(!answer.contains("00f067aa0ba902b7"));
    QTRY_VERIFY(rig.log().contains("\"event\":\"request\",\"trace\":\"" + trace + "\""));
    QVERIFY(rig.log().contains("\"path\":\"" + path + "\""));
    // One that is not as it should be, or comes twice, is none: the trace begins here.
    const QByteArray bad = get(rig, path, "traceparent: 00-" + trace.toUpper() + "-00f067aa0ba902b7-01\r\n");
    QVERIFY(bad.contains("\r\ntraceparent: 00-") && !bad.toLower().contains(trace));
    const QByteArray parent = "traceparent: 00-" + trace + "-00f067aa0ba902b7-01\r\n";
    QVERIFY(!get(rig, path, parent + parent).contains(trace));
}

void TestOperation::trace_ofASession_isInAnswerAndLog()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    const QByteArray trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(rig.url().port()));
    socket.write("GET /v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: satchel.v1\r\ntraceparent: 00-" +
                 trace + "-00f067aa0ba902b7-01\r\nAuthorization: Bearer " + rig.token().toUtf8() + "\r\n\r\n");
    QVERIFY(socket.waitForReadyRead(5000));
    QVERIFY(socket.readAll().contains("\r\ntraceparent: 00-" + trace + '-'));
    QTRY_VERIFY(rig.log().contains("\"event\":\"session began\",\"trace\":\"" + trace + "\""));
    socket.abort();
    QTRY_VERIFY(rig.log().contains("\"event\":\"session ended\",\"trace\":\"" + trace + "\""));
}

void TestOperation::log_t41_hasNoTokenAndNoQuery()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    get(rig, "/v1/sync?access_token=canary-4711",
        "Authorization: Bearer canary-4712\r\nCookie: canary-4713\r\nUser-Agent: canary-4714\r\n");
    QTRY_VERIFY(rig.log().contains("\"path\":\"/v1/sync\""));
    QVERIFY(!rig.log().contains("canary"));
}

void TestOperation::readiness_withoutTokenKeys_saysSo()
{
    Server::ServerOptions options;
    options.identity.oidcIssuer = "http://127.0.0.1:1";
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    const QByteArray answer = get(rig, "/readyz");
    QVERIFY2(answer.startsWith("HTTP/1.1 503"), answer.constData());
    QVERIFY2(answer.contains(R"({"status":"unready","causes":[{"cause":"token_keys")"), answer.constData());
}

void TestOperation::readOnly_readsGoOn_writesWait()
{
    Server::ServerOptions options;
    options.gate.isReadOnly = true;
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.connectTo(rig.url(), rig.token()));
    device.send(device.hello());
    // Before the Welcome, upon which a device pushes.
    const auto first = device.next();
    QVERIFY(first && std::holds_alternative<Wire::Notice>(*first));
    QCOMPARE(std::get<Wire::Notice>(*first).kind, Wire::NoticeKind::ReadOnly);
    QVERIFY(std::get<Wire::Notice>(*first).retryAfter > std::chrono::seconds(1));
    const auto welcome = device.await<Wire::Welcome>();
    QVERIFY(welcome);
    device.lease = welcome->lease;
    device.send(Wire::Probe{1});
    QVERIFY(device.await<Wire::Probed>());
    device.send(Wire::Push{1, {device.put("notes", "a", {{"f", "x"}})}});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.code, Core::ErrorCode::Unavailable);
    QCOMPARE(error->error.reason, Core::ErrorReason::ServerReadOnly);
    QVERIFY(error->error.retryAfter > std::chrono::seconds(1));
    QVERIFY(get(rig, "/readyz").startsWith("HTTP/1.1 200"));
    QVERIFY(get(rig, "/readyz").contains("read_only"));
    QCOMPARE(metric(rig, "satchel_read_only"), 1);
    QCOMPARE(metric(rig, "satchel_mutations_accepted_total"), 0);
    // A dry run writes nothing; what it was for does.
    const QUrl revoke = rig.url(QStringLiteral("/satchel.v1.Devices/RevokeMany"));
    const QString admin = rig.token("op", {"admin"});
    const auto dryRun = m_http.post(revoke, R"({"filter":"revoked:no","dryRun":true})", "application/json", admin);
    QVERIFY2(dryRun.status == 200, dryRun.body.constData());
    const QByteArray token = QJsonDocument::fromJson(dryRun.body).object().value(QStringLiteral("token")).toString().toUtf8();
    const auto revoked = m_http.post(revoke, R"({"filter":"revoked:no","token":")" + token + "\"}", "application/json", admin);
    QCOMPARE(revoked.status, 503);
    QVERIFY2(revoked.body.contains("SERVER_READ_ONLY"), revoked.body.constData());
    const QUrl list = rig.url(QStringLiteral("/satchel.v1.Users/List"));
    QCOMPARE(m_http.post(list, "{}", "application/json", rig.token("op", {"support"})).status, 200);
}

void TestOperation::readOnly_beginsAndEndsWhileDevicesAreConnected()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    QVERIFY(device.push({device.put("notes", "a", {{"f", "x"}})}));
    Server::GateSettings settings;
    settings.isReadOnly = true;
    rig.server().change(settings);
    const auto notice = device.await<Wire::Notice>();
    QVERIFY(notice);
    QCOMPARE(notice->kind, Wire::NoticeKind::ReadOnly);
    settings.isReadOnly = false;
    rig.server().change(settings);
    QVERIFY(device.push({device.put("notes", "a", {{"f", "y"}})}));
}

void TestOperation::rate_ofAnAddress_isAnswered429()
{
    Server::ServerOptions options;
    options.gate.requestsPerAddress = 1;
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    QByteArray last;
    for (int i = 0; i < 15; ++i) {
        last = get(rig, "/metrics");
    }
    QVERIFY2(last.startsWith("HTTP/1.1 429"), last.constData());
    QVERIFY(last.contains("\r\nRetry-After: 1\r\n"));
    QVERIFY(get(rig, "/healthz").startsWith("HTTP/1.1 200"));
    QVERIFY(get(rig, "/readyz").startsWith("HTTP/1.1 200"));
}

void TestOperation::rate_ofAUser_endsTheSessionWithTheTimeToWait()
{
    Server::ServerOptions options;
    options.gate.mutationsPerUser = 1;
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    std::vector<Core::Mutation> ten;
    for (int i = 0; i < 10; ++i) {
        ten.push_back(device.put("notes", "k" + std::to_string(i), {{"f", "x"}}));
    }
    QVERIFY(device.push(ten));
    device.send(Wire::Push{2, {device.put("notes", "a", {{"f", "x"}})}});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::Overloaded);
    QVERIFY(error->error.retryAfter > std::chrono::milliseconds(0));
    QVERIFY(error->error.retryAfter <= std::chrono::milliseconds(1000));
    WebSocketDevice other(2);
    QVERIFY(other.open(rig.url(), rig.token("bob")));
    QVERIFY(other.push({other.put("notes", "a", {{"f", "x"}})}));
}

// T39: one address cannot take all the connections.
void TestOperation::connections_ofOneAddress_leaveRoomForOthers()
{
    Server::ServerOptions options;
    options.gate.connectionsPerAddress = 5;
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    const auto connect = [&rig](QTcpSocket &socket) {
        socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(rig.url().port()));
        return socket.waitForConnected(5000);
    };
    std::vector<std::unique_ptr<QTcpSocket>> greedy;
    for (int i = 0; i < 20; ++i) {
        greedy.push_back(std::make_unique<QTcpSocket>());
        if (!greedy.back()->bind(QHostAddress(QStringLiteral("127.0.0.2")))) {
            QSKIP("this machine has one loopback address only");
        }
        QVERIFY(connect(*greedy.back()));
    }
    QTRY_COMPARE(rig.server().connectionCount(), std::size_t(5));
    WebSocketDevice honest(1);
    QVERIFY(honest.open(rig.url(), rig.token()));
    QCOMPARE(metric(rig, "satchel_connections_turned_away_total{because=\"address_full\"}"), 15);
    greedy.clear();
    QTcpSocket again;
    QVERIFY(again.bind(QHostAddress(QStringLiteral("127.0.0.2"))) && connect(again));
    QTRY_VERIFY(rig.server().connectionCount() >= 2);
    again.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QVERIFY(again.waitForReadyRead(5000));
}

void TestOperation::quota_t30_ofDocuments_refusesTheNextOne()
{
    QTemporaryDir folder;
    QFile policies(folder.filePath(QStringLiteral("policies.json")));
    QVERIFY(policies.open(QIODevice::WriteOnly));
    policies.write(R"({"version":1,"collections":{},"quotas":{"documents":2}})");
    policies.close();
    Server::ServerOptions options;
    options.policyFile = policies.fileName().toStdString();
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    const auto put = [&device](const char *key) { return device.put("notes", key, {{"f", "x"}}); };
    // In one push, of which the store's own count knows nothing yet.
    const auto pushed = device.push({put("a"), put("a"), put("b"), put("c"), put("b")});
    QVERIFY(pushed);
    QCOMPARE(pushed->settled.size(), std::size_t(1));
    QCOMPARE(pushed->settled[0].counter, 4U);
    QCOMPARE(pushed->settled[0].refusal->reason, Core::ErrorReason::QuotaExceeded);
    const auto later = device.push({put("d"), put("a")});
    QVERIFY(later);
    QCOMPARE(later->settled.size(), std::size_t(1));
    QCOMPARE(later->settled[0].counter, 6U);
    WebSocketDevice other(2);
    QVERIFY(other.open(rig.url(), rig.token("bob")));
    QVERIFY(other.push({other.put("notes", "a", {{"f", "x"}})})->settled.empty());
}

void TestOperation::quota_ofDevices_refusesTheNextOne()
{
    Server::ServerOptions options;
    options.session.devicesMax = 1;
    ServerRig rig(options);
    QCOMPARE(rig.start(), QString());
    WebSocketDevice first(1);
    QVERIFY(first.open(rig.url(), rig.token()));
    WebSocketDevice second(2);
    QVERIFY(second.connectTo(rig.url(), rig.token()));
    second.send(second.hello());
    const auto error = second.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::QuotaExceeded);
}

void TestOperation::f16_clockTenYearsAhead_winsOnceOnly()
{
    TwoOnAServer both;
    QCOMPARE(both.start(), QString());
    auto early = both.a.put("notes", "k", {{"f", "from the future"}});
    early.stamp = Core::Hlc::fromParts(early.stamp.milliseconds() + 10ULL * 365 * 24 * 3600 * 1000, 0);
    const auto pushed = both.a.push({early});
    QVERIFY(pushed && pushed->settled.size() == 1 && pushed->settled[0].stamp);
    QVERIFY(*pushed->settled[0].stamp < early.stamp);
    // Written at the same time, by an honest clock, a moment later.
    auto honest = both.b.put("notes", "k", {{"f", "honest"}});
    honest.stamp = Core::Hlc::fromParts(pushed->settled[0].stamp->milliseconds() + 1, 0);
    QVERIFY(both.b.push({honest}));
    WebSocketDevice witness(3);
    QVERIFY(witness.open(both.rig.url(), both.rig.token()));
    const auto changes = witness.await<Wire::Changes>();
    QVERIFY(changes && changes->documents.size() == 1);
    const auto &fields = changes->documents[0].state.fields;
    QCOMPARE(fields.size(), std::size_t(1));
    QCOMPARE(fields[0].state.siblings.size(), std::size_t(1));
    QVERIFY(fields[0].state.siblings[0].value == Core::Value(std::string("honest")));
}

QTEST_GUILESS_MAIN(TestOperation)
#include "tst_operation.moc"
