// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the polling carrier gives a device all that the WebSocket does.
// Method: real HTTP requests against a server in this process.

#include "serverrig.h"

#include <QTest>
#include <QTimer>

using namespace Satchel;
using namespace Satchel::Test;

class TestPolling : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void hello_firstRequest_getsWelcome();
    void push_isAnsweredInTheSameRequest();
    void poll_withoutNews_is204();
    void poll_waiting_isWokenByAnotherDevice();
    void poll_waiting_endsAtItsTime();
    void session_unknown_isUnexpectedFrame();
    void session_ofAnotherUser_isUnexpectedFrame();
    void session_idle_isForgotten();
    void request_withoutHello_isUnexpectedFrame();
    void request_ofOtherContentType_is415();
    void request_malformed_is400_data();
    void request_malformed_is400();
    void request_withoutToken_is401();
    void request_withoutRole_is403();

private:
    Wire::SyncRequest firstRequest() { return Wire::SyncRequest{{}, {m_device->hello()}, {}}; }
    std::string openSession();

    std::unique_ptr<ServerRig> m_rig;
    std::unique_ptr<WebSocketDevice> m_device;
    HttpCaller m_http;
};

void TestPolling::init()
{
    Server::ServerOptions options;
    options.net.pollingSessionTimeout = std::chrono::milliseconds(300);
    m_rig = std::make_unique<ServerRig>(options);
    m_device = std::make_unique<WebSocketDevice>(1);
    QCOMPARE(m_rig->start(), QString());
}

std::string TestPolling::openSession()
{
    const auto frames = m_http.sync(m_rig->url(), firstRequest(), m_rig->token());
    const auto *welcome = frames.empty() ? nullptr : std::get_if<Wire::Welcome>(&frames.front());
    return welcome != nullptr ? welcome->sessionId : std::string();
}

void TestPolling::hello_firstRequest_getsWelcome()
{
    QVERIFY(!openSession().empty());
    QCOMPARE(m_rig->server().sessionCount(), std::size_t(1));
}

void TestPolling::push_isAnsweredInTheSameRequest()
{
    const std::string session = openSession();
    const auto frames = m_http.sync(
        m_rig->url(), Wire::SyncRequest{session, {Wire::Push{7, {m_device->put("notes", "k", {{"title", "x"}})}}}, {}}, m_rig->token());
    QCOMPARE(frames.size(), std::size_t(1));
    QCOMPARE(std::get<Wire::Pushed>(frames.front()).pushId, 7U);
    QCOMPARE(std::get<Wire::Pushed>(frames.front()).seqs.at(0), 1U);
}

void TestPolling::poll_withoutNews_is204()
{
    const std::string session = openSession();
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{session, {}, {}}, m_rig->token(), &status).empty());
    QCOMPARE(status, 204);
}

void TestPolling::poll_waiting_isWokenByAnotherDevice()
{
    const std::string session = openSession();
    WebSocketDevice other(2);
    QVERIFY(other.open(m_rig->url(), m_rig->token()));
    QTimer::singleShot(50, &other, [&other] { other.send(Wire::Push{1, {other.put("notes", "k", {{"title", "x"}})}}); });
    const auto frames = m_http.sync(m_rig->url(), Wire::SyncRequest{session, {}, std::chrono::milliseconds(20'000)}, m_rig->token());
    QCOMPARE(frames.size(), std::size_t(1));
    QCOMPARE(std::get<Wire::Changes>(frames.front()).documents.at(0).id.key, std::string("k"));
}

void TestPolling::poll_waiting_endsAtItsTime()
{
    const std::string session = openSession();
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{session, {}, std::chrono::milliseconds(100)}, m_rig->token(), &status).empty());
    QCOMPARE(status, 204);
}

void TestPolling::session_unknown_isUnexpectedFrame()
{
    const std::string body = Wire::encode(Wire::SyncRequest{"no-such-session", {}, {}}, Wire::Compression::None);
    const HttpResult result =
        m_http.post(m_rig->url(QStringLiteral("/v1/sync")), QByteArray::fromStdString(body), "application/x-protobuf", m_rig->token());
    QCOMPARE(result.status, 400);
    QVERIFY(result.body.contains("failed_precondition"));
    QVERIFY(result.body.contains("UNEXPECTED_FRAME"));
}

void TestPolling::session_ofAnotherUser_isUnexpectedFrame()
{
    const std::string session = openSession();
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{session, {}, {}}, m_rig->token("mallory"), &status).empty());
    QCOMPARE(status, 400);
}

void TestPolling::session_idle_isForgotten()
{
    const std::string session = openSession();
    QTRY_COMPARE(m_rig->server().sessionCount(), std::size_t(0));
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{session, {}, {}}, m_rig->token(), &status).empty());
    QCOMPARE(status, 400);
}

void TestPolling::request_withoutHello_isUnexpectedFrame()
{
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{{}, {Wire::Ack{}}, {}}, m_rig->token(), &status).empty());
    QCOMPARE(status, 400);
}

void TestPolling::request_ofOtherContentType_is415()
{
    QCOMPARE(m_http.post(m_rig->url(QStringLiteral("/v1/sync")), "{}", "application/json", m_rig->token()).status, 415);
}

void TestPolling::request_malformed_is400_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("empty") << QByteArray() << QByteArray("MALFORMED_INPUT");
    QTest::newRow("text") << QByteArray("hello") << QByteArray("MALFORMED_INPUT");
    QTest::newRow("truncated") << QByteArray::fromStdString(Wire::encode(firstRequest(), Wire::Compression::None)).chopped(3)
                               << QByteArray("MALFORMED_INPUT");
    QTest::newRow("zeros") << QByteArray(1000, '\0') << QByteArray("MALFORMED_INPUT");
    QTest::newRow("zstd bomb header") << QByteArray::fromHex("120b28b52ffd6000ffffffffff") << QByteArray("MALFORMED_INPUT");
    // In an envelope a request whose one frame is of field 100, or one that the server says.
    QTest::newRow("unknown kind") << QByteArray::fromHex("0a061204a2060178") << QByteArray("UNEXPECTED_FRAME");
    QTest::newRow("a server's frame") << QByteArray::fromHex("0a0412024200") << QByteArray("UNEXPECTED_FRAME");
}

void TestPolling::request_malformed_is400()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, reason);
    const HttpResult result = m_http.post(m_rig->url(QStringLiteral("/v1/sync")), body, "application/x-protobuf", m_rig->token());
    QVERIFY2(result.status == 400 || result.status == 429, QByteArray::number(result.status).constData());
    QVERIFY2(result.body.contains(reason), result.body.constData());
}

void TestPolling::request_withoutToken_is401()
{
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), firstRequest(), {}, &status).empty());
    QCOMPARE(status, 401);
}

void TestPolling::request_withoutRole_is403()
{
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), firstRequest(), m_rig->token("alice", {"support"}), &status).empty());
    QCOMPARE(status, 403);
}

QTEST_GUILESS_MAIN(TestPolling)
#include "tst_polling.moc"
