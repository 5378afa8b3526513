// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: how a session over a WebSocket begins, goes on and ends, against a whole server in this process.
// Method: devices that speak raw frames; every test has a server of its own with an ephemeral store.

#include "serverrig.h"

#include <QTest>

#include <thread>

using namespace Satchel;
using namespace Satchel::Test;

class TestSyncSession : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hello_newDevice_getsSnapshotWelcome();
    void hello_oldLease_isDeviceCloned();
    void hello_presentedLeaseAfterLostWelcome_isTaken();
    void hello_twice_isUnexpectedFrame();
    void session_ofSameDevice_supersedesTheOlder();
    void reauth_freshToken_extendsTheSession();
    void token_expiredInSession_endsIt();
    void policies_putByAnOperator_reachOpenSessions();
    void shutdown_openSessions_getNotice();
};

void TestSyncSession::hello_newDevice_getsSnapshotWelcome()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    QCOMPARE(device.welcome->resume, Wire::Resume::Snapshot);
    QCOMPARE(device.welcome->snapshotReason, Wire::SnapshotReason::NewDevice);
    QCOMPARE(device.welcome->head, 0U);
    QCOMPARE(device.welcome->acceptedThrough, 0U);
    QVERIFY(device.welcome->epoch != 0);
    QVERIFY(!device.welcome->lease.empty());
    QVERIFY(!device.welcome->sessionId.empty());
    QTRY_COMPARE(rig.server().sessionCount(), std::size_t(1));
}

void TestSyncSession::hello_oldLease_isDeviceCloned()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    const std::string oldest = device.lease;
    device.close();
    QVERIFY(device.awaitClosed());
    QVERIFY(device.open(rig.url(), rig.token()));
    device.close();
    QVERIFY(device.awaitClosed());
    QVERIFY(device.open(rig.url(), rig.token()));
    device.close();
    QVERIFY(device.awaitClosed());
    device.lease = oldest;
    QVERIFY(device.connectTo(rig.url(), rig.token()));
    device.send(device.hello());
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::DeviceCloned);
}

void TestSyncSession::hello_presentedLeaseAfterLostWelcome_isTaken()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    const std::string kept = device.lease;
    device.close();
    QVERIFY(device.awaitClosed());
    QVERIFY(device.open(rig.url(), rig.token()));
    device.close();
    QVERIFY(device.awaitClosed());
    device.lease = kept;  // the second Welcome never arrived
    QVERIFY(device.open(rig.url(), rig.token()));
}

void TestSyncSession::hello_twice_isUnexpectedFrame()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    device.send(device.hello());
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::UnexpectedFrame);
}

void TestSyncSession::session_ofSameDevice_supersedesTheOlder()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice older(1);
    WebSocketDevice newer(1);
    QVERIFY(older.open(rig.url(), rig.token()));
    newer.lease = older.lease;
    QVERIFY(newer.open(rig.url(), rig.token()));
    const auto notice = older.await<Wire::Notice>();
    QVERIFY(notice);
    QCOMPARE(notice->kind, Wire::NoticeKind::Superseded);
    QVERIFY(older.awaitClosed());
    QVERIFY(newer.isOpen());
    QVERIFY(newer.push({newer.put("notes", "a", {{"title", "x"}})}));
}

void TestSyncSession::reauth_freshToken_extendsTheSession()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    rig.clock.advance(std::chrono::minutes(50));
    device.send(Wire::Reauth{rig.token().toStdString()});
    const auto reauthed = device.await<Wire::Reauthed>();
    QVERIFY(reauthed);
    rig.clock.advance(std::chrono::minutes(50));
    QVERIFY(device.push({device.put("notes", "a", {{"title", "x"}})}));
    device.send(Wire::Reauth{rig.token("mallory").toStdString()});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.code, Core::ErrorCode::Unauthenticated);
}

void TestSyncSession::token_expiredInSession_endsIt()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    rig.clock.advance(std::chrono::hours(2));
    device.send(Wire::Push{1, {device.put("notes", "a", {{"title", "x"}})}});
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::TokenExpired);
}

void TestSyncSession::policies_putByAnOperator_reachOpenSessions()
{
    TwoOnAServer two;
    QCOMPARE(two.start(), QString());
    HttpCaller http;
    const auto put = [&](const char *body) {
        return http.post(two.rig.url(QStringLiteral("/satchel.v1.Policies/Put")), body, "application/json", two.rig.token("op", {"admin"}));
    };
    const char *dryRun = R"({"text":"{\"version\":1,\"collections\":{\"notes\":{\"conflict\":\"manual\"}}}","dryRun":true})";
    const char *real = R"({"text":"{\"version\":1,\"collections\":{\"notes\":{\"conflict\":\"manual\"}}}"})";
    HttpResult answer = put(dryRun);
    QVERIFY2(answer.status == 200, answer.body.constData());
    answer = put(real);
    QVERIFY2(answer.status == 200, answer.body.constData());
    for (WebSocketDevice *device : {&two.a, &two.b}) {
        const auto notice = device->await<Wire::Notice>();
        QVERIFY(notice && notice->policies);
        QCOMPARE(notice->kind, Wire::NoticeKind::PolicyChanged);
        QCOMPARE(notice->policies->version(), 1U);
        QCOMPARE(notice->policies->of("notes").conflict, Core::ConflictRule::Manual);
        // The dry run said nothing to devices, and the same session goes on.
        QVERIFY(!device->hasFrame() && device->isOpen());
        QVERIFY(device->push({device->put("notes", "k", {{"f", "x"}})}));
    }
}

void TestSyncSession::shutdown_openSessions_getNotice()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    std::thread stopper([&rig] { rig.stop(); });
    const auto notice = device.await<Wire::Notice>();
    const bool isClosed = device.awaitClosed();
    stopper.join();
    QVERIFY(notice);
    QCOMPARE(notice->kind, Wire::NoticeKind::ShuttingDown);
    QVERIFY(isClosed);
}

QTEST_GUILESS_MAIN(TestSyncSession)
#include "tst_syncsession.moc"
