// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the admin client sends what the services expect, gives back what they answer, and turns every way in which a network can disappoint
// into the error that its header names, once. Method: an HTTP server in the test, whose answers are written out.
#include "unit/admin/fakehttpserver.h"

#include "admin/adminclient.h"
#include "admin/whenfinished.h"
#include "wire/admincodec.h"

#include <QTest>

using namespace Satchel;
using namespace Satchel::Wire::Admin;
using Core::ErrorCode;
using Core::ErrorReason;
using Test::FakeHttpServer;

namespace {

template <typename T>
std::optional<Core::Result<T>> waitFor(QFuture<Core::Result<T>> future)
{
    return QTest::qWaitFor([&] { return future.isFinished(); }, 5000) && future.resultCount() == 1 ? std::optional(future.result())
                                                                                                   : std::nullopt;
}

std::unique_ptr<Admin::AdminClient> clientOf(const QString &address, Admin::AdminClientOptions options = {})
{
    auto client = std::make_unique<Admin::AdminClient>(*Admin::ServerAddress::parse(address), options);
    Core::ignore(client->setToken("header.payload.signature"), "a good token");
    return client;
}

QByteArray bytes(const std::string &text)
{
    return QByteArray::fromStdString(text);
}

}  // namespace

class TestAdminClient : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void calls_areConnectPosts_withTokenAndTypedAnswers();
    void errors_ofTheServer_arePassedOn();
    void answers_thatAreNotSatchel_data();
    void answers_thatAreNotSatchel();
    void server_thatIsGone_isUnreachable();
    void server_thatIsSilent_timesOut();
    void answer_overTheLimit_isRefused();
    void callsOverTheLimit_areRefused();
    void token_missingOrMalformed_sendsNothing();
    void call_onAConnectionThatEnds_isNotMadeTwice();
    void client_destroyed_cancelsItsCalls();
    void context_destroyed_isNotCalled();
    void devToken_isFetchedFromLoopbackOnly();
};

void TestAdminClient::calls_areConnectPosts_withTokenAndTypedAnswers()
{
    const UsersListResponse expected{{{.user = "ada@example.org", .head = 7, .documentCount = 3, .deviceCount = 2, .openConflictCount = 1}},
                                     "next"};
    FakeHttpServer server([&](const FakeHttpServer::Request &) {
        return FakeHttpServer::response(200, "application/proto", bytes(encode(expected, Format::Protobuf)));
    });
    auto client = clientOf(server.address() + QStringLiteral("/prefix/"));
    const UsersListRequest asked{"ada", true, {50, "token"}, {}, {}};
    const auto answer = waitFor(client->usersList(asked));
    QVERIFY(answer && *answer);
    QCOMPARE(**answer, expected);
    const FakeHttpServer::Request &request = server.requests().constFirst();
    QVERIFY(request.head.startsWith("POST "));
    QCOMPARE(request.path, QByteArray("/prefix/satchel.v1.Users/List"));
    QCOMPARE(request.header("Content-Type"), QByteArray("application/proto"));
    QCOMPARE(request.header("Connect-Protocol-Version"), QByteArray("1"));
    QCOMPARE(request.header("Authorization"), QByteArray("Bearer header.payload.signature"));
    const auto sent = decode<UsersListRequest>(request.body.toStdString(), Format::Protobuf);
    QVERIFY(sent);
    QCOMPARE(*sent, asked);
}

void TestAdminClient::errors_ofTheServer_arePassedOn()
{
    const Core::Error refusal = Core::makeError(ErrorCode::PermissionDenied, ErrorReason::RoleMissing, "needs the role support");
    FakeHttpServer server(
        [&](const FakeHttpServer::Request &) { return FakeHttpServer::response(403, "application/json", bytes(encodeError(refusal))); });
    auto client = clientOf(server.address());
    const auto answer = waitFor(client->conflictsList({}));
    QVERIFY(answer && !*answer);
    QCOMPARE(answer->error().code, ErrorCode::PermissionDenied);
    QCOMPARE(answer->error().reason, ErrorReason::RoleMissing);
}

void TestAdminClient::answers_thatAreNotSatchel_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("reason");
    const auto row = [](const char *name, const QByteArray &answer, ErrorCode code, ErrorReason reason) {
        QTest::newRow(name) << answer << static_cast<int>(code) << static_cast<int>(reason);
    };
    row("portal page", FakeHttpServer::response(200, "text/html", "<h1>Sign in</h1>"), ErrorCode::Unavailable,
        ErrorReason::NotSatchelServer);
    row("redirect", FakeHttpServer::response(302, "text/html", "", "Location: http://127.0.0.1:1/elsewhere\r\n"), ErrorCode::Unavailable,
        ErrorReason::NotSatchelServer);
    row("other service", FakeHttpServer::response(404, "text/plain", "no"), ErrorCode::Unavailable, ErrorReason::NotSatchelServer);
    row("not HTTP", "SSH-2.0-OpenSSH\r\n", ErrorCode::Unavailable, ErrorReason::NetworkUnreachable);
    row("damaged message", FakeHttpServer::response(200, "application/proto", "\x0a\xff"), ErrorCode::Internal,
        ErrorReason::MalformedInput);
}

void TestAdminClient::answers_thatAreNotSatchel()
{
    QFETCH(const QByteArray, answer);
    FakeHttpServer server([&](const FakeHttpServer::Request &) { return answer; });
    auto client = clientOf(server.address());
    const auto got = waitFor(client->usersGet({"ada"}));
    QVERIFY(got && !*got);
    QTEST(static_cast<int>(got->error().code), "code");
    QTEST(static_cast<int>(got->error().reason), "reason");
    // A redirect is not followed. Where a connection ends without an answer, Qt tries a few more.
    const bool isBroken = got->error().reason == ErrorReason::NetworkUnreachable;
    QVERIFY(isBroken ? server.requests().size() <= 4 : server.requests().size() == 1);
}

void TestAdminClient::server_thatIsGone_isUnreachable()
{
    QString address;
    {
        FakeHttpServer server([](const FakeHttpServer::Request &) { return QByteArray(); });
        address = server.address();
    }
    auto client = clientOf(address);
    const auto answer = waitFor(client->stateListDocuments({.user = "ada", .collection = {}, .search = {}, .page = {}, .filter = {}}));
    QVERIFY(answer && !*answer);
    QCOMPARE(answer->error().code, ErrorCode::Unavailable);
    QCOMPARE(answer->error().reason, ErrorReason::NetworkUnreachable);
    QCOMPARE(answer->error().retry, Core::Retry::Later);
}

void TestAdminClient::server_thatIsSilent_timesOut()
{
    FakeHttpServer server([](const FakeHttpServer::Request &) { return QByteArray(); });
    auto client = clientOf(server.address(), {.timeout = std::chrono::milliseconds(50)});
    const auto answer = waitFor(client->usersList({}));
    QVERIFY(answer && !*answer);
    QCOMPARE(answer->error().code, ErrorCode::DeadlineExceeded);
    QCOMPARE(answer->error().reason, ErrorReason::NetworkTimeout);
    QCOMPARE(client->callsInFlight(), 0);
}

void TestAdminClient::answer_overTheLimit_isRefused()
{
    FakeHttpServer server(
        [](const FakeHttpServer::Request &) { return FakeHttpServer::response(200, "application/proto", QByteArray(200'000, 'x')); });
    auto client = clientOf(server.address(), {.responseBytesMax = 100'000});
    const auto answer = waitFor(client->usersList({}));
    QVERIFY(answer && !*answer);
    QCOMPARE(answer->error().code, ErrorCode::ResourceExhausted);
    QCOMPARE(answer->error().reason, ErrorReason::LimitExceeded);
}

void TestAdminClient::callsOverTheLimit_areRefused()
{
    FakeHttpServer server([](const FakeHttpServer::Request &) { return QByteArray(); });
    auto client = clientOf(server.address(), {.callsInFlightMax = 2});
    auto first = client->usersList({});
    auto second = client->usersList({});
    const auto third = waitFor(client->usersList({}));
    QVERIFY(third && !*third);
    QCOMPARE(third->error().code, ErrorCode::ResourceExhausted);
    client->cancelAll();
    const auto cancelled = waitFor(first);
    QVERIFY(cancelled && !*cancelled);
    QCOMPARE(cancelled->error().code, ErrorCode::Cancelled);
    QVERIFY(second.isFinished());
}

void TestAdminClient::token_missingOrMalformed_sendsNothing()
{
    FakeHttpServer server([](const FakeHttpServer::Request &) { return FakeHttpServer::response(200, "application/proto", {}); });
    Admin::AdminClient client(*Admin::ServerAddress::parse(server.address()));
    for (const QByteArray &token :
         {QByteArray(), QByteArray("a b"), QByteArray("a\r\nX-Evil: 1"), QByteArray("tök"), QByteArray(20'000, 'a')}) {
        QVERIFY(!client.setToken(token));
    }
    const auto answer = waitFor(client.usersList({}));
    QVERIFY(answer && !*answer);
    QCOMPARE(answer->error().code, ErrorCode::Unauthenticated);
    QVERIFY(server.requests().isEmpty());
}

// The server may have done what the second call asked for before its connection ended.
void TestAdminClient::call_onAConnectionThatEnds_isNotMadeTwice()
{
    const QByteArray good = FakeHttpServer::response(200, "application/proto", {}).replace("Connection: close", "Connection: keep-alive");
    FakeHttpServer *asked = nullptr;
    FakeHttpServer server(
        [&](const FakeHttpServer::Request &) { return asked->requests().size() == 2 ? QByteArray(FakeHttpServer::hangUp) : good; });
    asked = &server;
    auto client = clientOf(server.address());
    const auto first = waitFor(client->usersList({}));
    QVERIFY(first && *first);
    const auto second = waitFor(client->usersList({}));
    QVERIFY(second && !*second);
    QCOMPARE(second->error().code, ErrorCode::Unavailable);
    QCOMPARE(server.requests().size(), 2);
}

void TestAdminClient::client_destroyed_cancelsItsCalls()
{
    FakeHttpServer server([](const FakeHttpServer::Request &) { return QByteArray(); });
    auto client = clientOf(server.address());
    auto future = client->usersList({});
    client.reset();
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().error().code, ErrorCode::Cancelled);
}

void TestAdminClient::context_destroyed_isNotCalled()
{
    QPromise<int> promise;
    promise.start();
    bool isCalled = false;
    bool isSeen = false;
    {
        QObject context;
        Admin::whenFinished(promise.future(), &context, [&](int) { isCalled = true; });
        promise.addResult(1);
        promise.finish();
        QVERIFY(!isCalled);
    }
    Admin::whenFinished(promise.future(), this, [&](int) { isSeen = true; });
    QTRY_VERIFY(isSeen);
    QVERIFY(!isCalled);
}

void TestAdminClient::devToken_isFetchedFromLoopbackOnly()
{
    FakeHttpServer server([](const FakeHttpServer::Request &request) {
        return FakeHttpServer::response(200, "application/json", request.path == "/v1/dev/token" ? R"({"token":"a.b.c"})" : "{}");
    });
    auto client = clientOf(server.address());
    const auto token = waitFor(client->devToken({QStringLiteral("me"), QStringLiteral("default"), {QStringLiteral("support")}}));
    QVERIFY(token && *token);
    QCOMPARE(**token, QByteArray("a.b.c"));
    QVERIFY(!server.requests().constFirst().head.contains("Authorization"));
    Admin::AdminClient remote(*Admin::ServerAddress::parse(QStringLiteral("https://satchel.example.org")));
    const auto refused = waitFor(remote.devToken({QStringLiteral("me"), QStringLiteral("default"), {}}));
    QVERIFY(refused && !*refused);
    QCOMPARE(refused->error().code, ErrorCode::FailedPrecondition);
}

QTEST_GUILESS_MAIN(TestAdminClient)
#include "tst_adminclient.moc"
