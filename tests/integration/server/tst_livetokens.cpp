// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: threats T13, T14, T23 and T24 against a whole server: what was captured opens nothing again, and what a token allowed ends when the
// token does, its user's role goes or its device is revoked, on a live connection too, within 5 seconds and without a frame of the device.
// Method: an issuer of the test's own whose keys are in a file, both carriers, and a clock that the test moves.

#include "server-stub/sync/sessionrunner.h"
#include "serverrig.h"
#include "support/signingkey.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkReply>
#include <QTemporaryDir>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;

class TestLiveTokens : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void t13_capturedPush_replayed_changesNothing();
    void t14_capturedSession_underAnotherToken_touchesNothingOfItsUser();
    void t23_refreshToken_opensNothing_data();
    void t23_refreshToken_opensNothing();
    void t23_tokenReplaced_oldOneGivesNoMoreTime();
    void t24_tokenExpired_endsIdleWebSocket();
    void t24_tokenExpired_endsWaitingPoll();
    void t24_pollWithFreshToken_goesOn();
    void t24_roleLost_endsWebSocketAtReauth();
    void t24_roleLost_endsWaitingPoll();
    void t24_deviceRevoked_endsWaitingPoll();
    void t24_operatorRoleLost_refusesTheNextCall();
    void keys_withdrawnFromTheFile_areRefusedAfterReload();

private:
    static constexpr int patienceMs = 5'000;

    QString token(const std::string &user = "alice", const std::string &roles = R"(["user"])", std::int64_t lifetimeSeconds = 3600,
                  const std::string &more = {}, const std::string &type = "at+jwt", const std::string &tenant = "default");
    std::uint64_t headOf(const std::string &user);
    /// A polling device whose request waits at the server, having told that it has read up to `head` = 1.
    QNetworkReply *startPolling(const WebSocketDevice &device, const QString &token);
    Wire::ServerFrame firstFrame(QNetworkReply *reply);
    int statusOf(const QString &method, const QJsonObject &body, const QString &token);

    std::unique_ptr<SigningKey> m_key;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ServerRig> m_rig;
    std::string m_session;
    QNetworkAccessManager m_network;
    HttpCaller m_http;
};

void TestLiveTokens::init()
{
    m_key = std::make_unique<SigningKey>(SigningKey::Kind::Ed25519, "k1");
    m_folder = std::make_unique<QTemporaryDir>();
    QFile file(m_folder->filePath(QStringLiteral("keys.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(jwkSet({m_key->jwk()})));
    file.close();
    Server::ServerOptions options;
    options.identity.jwksFile = file.fileName().toStdString();
    options.identity.claims.issuer = "https://id.example";
    m_rig = std::make_unique<ServerRig>(options);
    QCOMPARE(m_rig->start(), QString());
}

QString TestLiveTokens::token(const std::string &user, const std::string &roles, std::int64_t lifetimeSeconds, const std::string &more,
                              const std::string &type, const std::string &tenant)
{
    const std::int64_t now = m_rig->clock.now().count() / 1000;
    const std::string claims = R"({"iss":"https://id.example","aud":"satchel","tenant":")" + tenant + R"(","sub":")" + user +
                               R"(","roles":)" + roles + R"(,"iat":)" + std::to_string(now) + R"(,"exp":)" +
                               std::to_string(now + lifetimeSeconds) + more + "}";
    return QString::fromStdString(m_key->sign("EdDSA", R"({"alg":"EdDSA","kid":"k1","typ":")" + type + "\"}", claims));
}

std::uint64_t TestLiveTokens::headOf(const std::string &user)
{
    WebSocketDevice observer(99);
    return observer.open(m_rig->url(), token(user)) ? observer.welcome->head : ~std::uint64_t{0};
}

QNetworkReply *TestLiveTokens::startPolling(const WebSocketDevice &device, const QString &token)
{
    WebSocketDevice writer(static_cast<std::uint8_t>(device.id.bytes[15] + 100));
    const bool isWritten = writer.open(m_rig->url(), token) && writer.push({writer.put("notes", "k", {{"title", "x"}})});
    const auto opened = m_http.sync(m_rig->url(), Wire::SyncRequest{{}, {device.hello()}, std::chrono::milliseconds(0)}, token);
    const auto *welcome = opened.empty() ? nullptr : std::get_if<Wire::Welcome>(&opened.front());
    if (!isWritten || welcome == nullptr) {
        return nullptr;
    }
    m_session = welcome->sessionId;
    const Wire::SyncRequest request{m_session, {Wire::Ack{Wire::Cursor{welcome->epoch, 1}}}, std::chrono::milliseconds(30'000)};
    QNetworkRequest post(m_rig->url(QStringLiteral("/v1/sync")));
    post.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/x-protobuf"));
    post.setRawHeader("Authorization", "Bearer " + token.toUtf8());
    QNetworkReply *reply = m_network.post(post, QByteArray::fromStdString(Wire::encode(request, Wire::Compression::None)));
    // The server has taken the request once it knows what the device has read.
    Server::Hub &hub = m_rig->server().services().hub;
    const bool isWaiting = QTest::qWaitFor([&] { return hub.liveCursor(Core::UserId{"default", "alice"}, device.id) == std::uint64_t{1}; });
    return isWaiting && !reply->isFinished() ? reply : nullptr;
}

Wire::ServerFrame TestLiveTokens::firstFrame(QNetworkReply *reply)
{
    const bool isFinished = QTest::qWaitFor([reply] { return reply->isFinished(); }, patienceMs);
    const std::string body = isFinished ? reply->readAll().toStdString() : std::string();
    reply->deleteLater();
    auto response = Wire::decodeSyncResponse(body, Core::Limits{});
    return response && !response->frames.empty() ? std::move(response->frames.front()) : Wire::ServerFrame{};
}

int TestLiveTokens::statusOf(const QString &method, const QJsonObject &body, const QString &token)
{
    return m_http.post(m_rig->url(QStringLiteral("/satchel.v1.") + method), QJsonDocument(body).toJson(), "application/json", token).status;
}

void TestLiveTokens::t13_capturedPush_replayed_changesNothing()
{
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), token()));
    const Wire::Hello hello = device.hello();
    const Wire::Push push{1, {device.put("notes", "a", {{"title", "first"}}), device.put("notes", "a", {{"title", "second"}})}};
    const QByteArray captured = QByteArray::fromStdString(Wire::encode(Wire::ClientFrame(push), Wire::Compression::Zstd));
    device.sendBytes(captured);
    const auto answer = device.await<Wire::Pushed>();
    QVERIFY(answer);
    QCOMPARE(answer->seqs, (std::vector<std::uint64_t>{1, 2}));
    // The very bytes again, on the same connection.
    device.sendBytes(captured);
    const auto again = device.await<Wire::Pushed>();
    QVERIFY(again);
    QCOMPARE(again->seqs, answer->seqs);
    QCOMPARE(headOf("alice"), std::uint64_t(2));
    // On a connection of the attacker's, with a token captured beside it: the device's Hello is one of a store that has gone on since.
    WebSocketDevice attacker(66);
    QVERIFY(attacker.connectTo(m_rig->url(), token()));
    attacker.send(hello);
    const auto refused = attacker.await<Wire::SessionError>();
    QVERIFY(refused);
    QCOMPARE(refused->error.reason, Core::ErrorReason::DeviceCloned);
    // Made to look as the device would now, the push is the one that the server has.
    Wire::Hello forged = hello;
    forged.lastCounter = 2;
    QVERIFY(attacker.connectTo(m_rig->url(), token()));
    attacker.send(forged);
    QVERIFY(attacker.await<Wire::Welcome>());
    attacker.sendBytes(captured);
    const auto known = attacker.await<Wire::Pushed>();
    QVERIFY(known);
    QCOMPARE(known->seqs, answer->seqs);
    // And another device does not write under this one's name.
    WebSocketDevice stranger(67);
    QVERIFY(stranger.open(m_rig->url(), token()));
    stranger.sendBytes(captured);
    QVERIFY(stranger.await<Wire::SessionError>());
    QCOMPARE(headOf("alice"), std::uint64_t(2));
}

void TestLiveTokens::t14_capturedSession_underAnotherToken_touchesNothingOfItsUser()
{
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), token()));
    QVERIFY(device.push({device.put("notes", "a", {{"title", "alice's"}})}));
    Wire::Hello hello = device.hello();
    hello.owner = Core::UserId{"default", "alice"};
    const Wire::Push push{2, {device.put("notes", "b", {{"title", "replayed"}})}};
    const QString mallory = token("mallory");
    const QString otherTenant = token("alice", R"(["user"])", 3600, {}, "at+jwt", "other");
    for (const QString &stranger : {mallory, otherTenant}) {
        WebSocketDevice attacker(66);
        QVERIFY(attacker.connectTo(m_rig->url(), stranger));
        attacker.send(hello);
        const auto error = attacker.await<Wire::SessionError>();
        QVERIFY(error);
        QCOMPARE(error->error.reason, Core::ErrorReason::TokenOfAnotherUser);
    }
    // A Hello that does not say whose store it is opens the stranger's own state, which is empty.
    hello.owner = {};
    WebSocketDevice attacker(66);
    QVERIFY(attacker.connectTo(m_rig->url(), mallory));
    attacker.send(hello);
    const auto welcome = attacker.await<Wire::Welcome>();
    QVERIFY(welcome);
    QCOMPARE(welcome->head, std::uint64_t(0));
    QCOMPARE(headOf("alice"), std::uint64_t(1));
    // Nor does a polling session serve a stranger who knows its id.
    const auto opened = m_http.sync(m_rig->url(), Wire::SyncRequest{{}, {WebSocketDevice(2).hello()}, {}}, token());
    QVERIFY(!opened.empty() && std::holds_alternative<Wire::Welcome>(opened.front()));
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{std::get<Wire::Welcome>(opened.front()).sessionId, {push}, {}}, mallory, &status)
                .empty());
    QCOMPARE(status, 400);
    QCOMPARE(headOf("alice"), std::uint64_t(1));
}

void TestLiveTokens::t23_refreshToken_opensNothing_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("claims");
    QTest::newRow("by its header") << QByteArray("refresh+jwt") << QByteArray();
    QTest::newRow("by its claims") << QByteArray("JWT") << QByteArray(R"(,"typ":"Refresh")");
    QTest::newRow("bound to its holder") << QByteArray("at+jwt") << QByteArray(R"(,"cnf":{"jkt":"h"})");
}

void TestLiveTokens::t23_refreshToken_opensNothing()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, claims);
    const QString stolen = token("alice", R"(["user","support"])", 3600, claims.toStdString(), type.toStdString());
    WebSocketDevice device(1);
    QVERIFY(!device.connectTo(m_rig->url(), stolen));
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{{}, {device.hello()}, {}}, stolen, &status).empty());
    QCOMPARE(status, 401);
    QCOMPARE(statusOf(QStringLiteral("Users/List"), {}, stolen), 401);
    QVERIFY(device.open(m_rig->url(), token()));
    device.send(Wire::Reauth{stolen.toStdString()});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::TokenInvalid);
    // There is nothing that would take it for a fresh one.
    for (const char *path : {"/token", "/v1/token", "/v1/refresh", "/v1/dev/token"}) {
        QCOMPARE(
            m_http.post(m_rig->url(QLatin1String(path)), "grant_type=refresh_token", "application/x-www-form-urlencoded", stolen).status,
            404);
    }
}

void TestLiveTokens::t23_tokenReplaced_oldOneGivesNoMoreTime()
{
    WebSocketDevice device(1);
    const QString old = token("alice", R"(["user"])", 600);
    QVERIFY(device.open(m_rig->url(), old));
    m_rig->clock.advance(std::chrono::seconds(500));
    device.send(Wire::Reauth{token("alice", R"(["user"])", 600).toStdString()});
    QVERIFY(device.await<Wire::Reauthed>());
    m_rig->clock.advance(std::chrono::seconds(200));
    QVERIFY(device.push({device.put("notes", "a", {{"title", "x"}})}));
    device.send(Wire::Reauth{old.toStdString()});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::TokenExpired);
}

void TestLiveTokens::t24_tokenExpired_endsIdleWebSocket()
{
    WebSocketDevice device(1);
    WebSocketDevice other(2);
    QVERIFY(device.open(m_rig->url(), token("alice", R"(["user"])", 600)));
    QVERIFY(other.open(m_rig->url(), token("alice", R"(["user"])", 6000)));
    m_rig->clock.advance(std::chrono::seconds(600 + 61));
    const auto error = device.await<Wire::SessionError>(patienceMs);
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::TokenExpired);
    QVERIFY(device.awaitClosed(patienceMs));
    QVERIFY(other.isOpen());
    QVERIFY(other.push({other.put("notes", "a", {{"title", "x"}})}));
}

void TestLiveTokens::t24_tokenExpired_endsWaitingPoll()
{
    const WebSocketDevice device(1);
    QNetworkReply *waiting = startPolling(device, token("alice", R"(["user"])", 600));
    QVERIFY(waiting != nullptr);
    m_rig->clock.advance(std::chrono::seconds(600 + 61));
    const Wire::ServerFrame frame = firstFrame(waiting);
    const auto *error = std::get_if<Wire::SessionError>(&frame);
    QVERIFY(error != nullptr);
    QCOMPARE(error->error.reason, Core::ErrorReason::TokenExpired);
}

void TestLiveTokens::t24_pollWithFreshToken_goesOn()
{
    const WebSocketDevice device(1);
    QNetworkReply *waiting = startPolling(device, token("alice", R"(["user"])", 600));
    QVERIFY(waiting != nullptr);
    m_rig->clock.advance(std::chrono::seconds(300));
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{m_session, {}, {}}, token("alice", R"(["user"])", 6000), &status).empty());
    QCOMPARE(status, 204);
    m_rig->clock.advance(std::chrono::seconds(600 + 61));
    // The session has been looked at meanwhile: one of another user, whose time was over, has ended.
    WebSocketDevice witness(3);
    QVERIFY(witness.open(m_rig->url(), token("bert", R"(["user"])", 1)));
    m_rig->clock.advance(std::chrono::seconds(62));
    QVERIFY(witness.awaitClosed(patienceMs));
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{m_session, {}, {}}, token(), &status).empty());
    QCOMPARE(status, 204);
}

void TestLiveTokens::t24_roleLost_endsWebSocketAtReauth()
{
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), token()));
    device.send(Wire::Reauth{token("alice", R"(["support"])").toStdString()});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::RoleMissing);
    QVERIFY(device.awaitClosed(patienceMs));
    QVERIFY(!device.connectTo(m_rig->url(), token("alice", R"(["support"])")));
}

void TestLiveTokens::t24_roleLost_endsWaitingPoll()
{
    const WebSocketDevice device(1);
    QNetworkReply *waiting = startPolling(device, token());
    QVERIFY(waiting != nullptr);
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{m_session, {}, {}}, token("alice", "[]"), &status).empty());
    QCOMPARE(status, 403);
    const Wire::ServerFrame frame = firstFrame(waiting);
    const auto *error = std::get_if<Wire::SessionError>(&frame);
    QVERIFY(error != nullptr);
    QCOMPARE(error->error.reason, Core::ErrorReason::RoleMissing);
    // A stranger's token ends nobody's session.
    QNetworkReply *second = startPolling(WebSocketDevice(2), token());
    QVERIFY(second != nullptr);
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{m_session, {}, {}}, token("mallory", "[]"), &status).empty());
    QCOMPARE(status, 403);
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{m_session, {}, {}}, token(), &status).empty());
    QCOMPARE(status, 204);
    second->deleteLater();
}

void TestLiveTokens::t24_deviceRevoked_endsWaitingPoll()
{
    const WebSocketDevice device(1);
    QNetworkReply *waiting = startPolling(device, token());
    QVERIFY(waiting != nullptr);
    const QJsonObject request{
        {QStringLiteral("user"), QStringLiteral("alice")},
        {QStringLiteral("device"), QString::fromLatin1(QByteArray::fromStdString(std::string(device.id.view())).toBase64())}};
    QCOMPARE(statusOf(QStringLiteral("Devices/Revoke"), request, token("op", R"(["admin"])")), 200);
    const Wire::ServerFrame frame = firstFrame(waiting);
    const auto *notice = std::get_if<Wire::Notice>(&frame);
    QVERIFY(notice != nullptr);
    QCOMPARE(notice->kind, Wire::NoticeKind::Revoked);
    int status = 0;
    QVERIFY(m_http.sync(m_rig->url(), Wire::SyncRequest{m_session, {}, {}}, token(), &status).empty());
    QCOMPARE(status, 400);
}

void TestLiveTokens::t24_operatorRoleLost_refusesTheNextCall()
{
    QCOMPARE(statusOf(QStringLiteral("Users/List"), {}, token("op", R"(["support"])")), 200);
    QCOMPARE(statusOf(QStringLiteral("Users/List"), {}, token("op", R"(["user"])")), 403);
    const QString brief = token("op", R"(["support"])", 10);
    QCOMPARE(statusOf(QStringLiteral("Users/List"), {}, brief), 200);
    m_rig->clock.advance(std::chrono::seconds(10 + 61));
    QCOMPARE(statusOf(QStringLiteral("Users/List"), {}, brief), 401);
}

void TestLiveTokens::keys_withdrawnFromTheFile_areRefusedAfterReload()
{
    const QString old = token("op", R"(["support"])");
    QCOMPARE(statusOf(QStringLiteral("Users/List"), {}, old), 200);
    QFile file(m_folder->filePath(QStringLiteral("keys.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(jwkSet({SigningKey(SigningKey::Kind::P256, "k2").jwk()})));
    file.close();
    m_rig->server().reload();
    QCOMPARE(statusOf(QStringLiteral("Users/List"), {}, old), 401);
}

QTEST_GUILESS_MAIN(TestLiveTokens)
#include "tst_livetokens.moc"
