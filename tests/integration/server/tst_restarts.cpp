// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a server that is restarted while devices push loses nothing, answers what it took, and does not call everybody back at once; one
// that many devices reach at the same time serves all (F26). Method: the real program, SIGTERM in the middle of pushes, again and again;
// what every device was told, against the log at the end.

#include "bench/processusage.h"
#include "serverrig.h"
#include "support/eventwait.h"
#include "support/serverprocess.h"
#include "wire/admincodec.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QSet>
#include <QTest>
#include <QWebSocketHandshakeOptions>

#include <csignal>
#include <utility>

using namespace Satchel;
using namespace Satchel::Test;

class TestRestarts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void restart_underPushes_losesNothing();
    void f26_manyDevicesAtOnce_areAllServed();
    void f28_starvedServer_shedsAndLosesNothing();
    void f4_serverKilledInABatch_tookAllOfItOrNothing();
    void f38_deviceRevokedWhileItPushes_isCut();
};

void TestRestarts::restart_underPushes_losesNothing()
{
    ServerProcess server;
    QVERIFY2(server.start(), server.log().constData());
    constexpr int deviceCount = 4;
    std::vector<std::unique_ptr<WebSocketDevice>> devices;
    std::vector<std::vector<Core::Mutation>> made(deviceCount);
    for (std::uint8_t i = 0; i < deviceCount; ++i) {
        devices.push_back(std::make_unique<WebSocketDevice>(static_cast<std::uint8_t>(i + 1)));
    }
    QSet<qint64> comeBack;
    const int rounds = qEnvironmentVariableIsSet("SATCHEL_THOROUGH") ? 12 : 4;
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < devices.size(); ++i) {
            WebSocketDevice &device = *devices[i];
            QVERIFY(device.open(server.url(), server.token(QStringLiteral("anna"))));
            QVERIFY2(device.welcome->acceptedThrough >= device.settled, "what was answered is not there any more");
            // What got no answer, and four pushes more, without waiting.
            std::vector<Core::Mutation> pending(made[i].begin() + static_cast<std::ptrdiff_t>(device.welcome->acceptedThrough),
                                                made[i].end());
            for (int push = 0; push < 4; ++push) {
                for (int n = 0; n < 25; ++n) {
                    made[i].push_back(device.put("notes", "k" + std::to_string(i) + '-' + std::to_string(device.counter), {{"f", "x"}}));
                    pending.push_back(made[i].back());
                }
                device.send(Wire::Push{++device.pushId, std::exchange(pending, {})});
            }
        }
        QCOMPARE(::kill(static_cast<pid_t>(server.processId()), SIGTERM), 0);
        for (const auto &device : devices) {
            QVERIFY(device->awaitClosed(10'000));
            while (device->hasFrame()) {
                const auto frame = device->next();
                if (const auto *pushed = std::get_if<Wire::Pushed>(&*frame)) {
                    device->settled = pushed->acceptedThrough;
                } else if (const auto *notice = std::get_if<Wire::Notice>(&*frame)) {
                    QCOMPARE(notice->kind, Wire::NoticeKind::ShuttingDown);
                    QVERIFY(notice->retryAfter >= std::chrono::seconds(1) && notice->retryAfter < std::chrono::seconds(3));
                    comeBack.insert(notice->retryAfter.count());
                }
            }
        }
        QCOMPARE(server.stop(), 0);
        QVERIFY2(server.start(), server.log().constData());
    }
    QVERIFY(comeBack.size() > 1);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        WebSocketDevice &device = *devices[i];
        QVERIFY(device.open(server.url(), server.token(QStringLiteral("anna"))));
        device.settled = device.welcome->acceptedThrough;
        std::vector<Core::Mutation> pending(made[i].begin() + static_cast<std::ptrdiff_t>(device.settled), made[i].end());
        if (!pending.empty()) {
            device.send(Wire::Push{++device.pushId, std::move(pending)});
            QVERIFY(device.await<Wire::Pushed>());
        }
        total += made[i].size();
    }
    WebSocketDevice witness(9);
    QVERIFY(witness.open(server.url(), server.token(QStringLiteral("anna"))));
    QCOMPARE(witness.welcome->head, total);
}

void TestRestarts::f26_manyDevicesAtOnce_areAllServed()
{
    const int count = qEnvironmentVariableIsSet("SATCHEL_THOROUGH") ? 2000 : 200;
    if (Bench::raiseFileLimit() < 2 * count + 100) {
        QSKIP("this system lets a process open too few files");
    }
    ServerProcess server(ServerProcess::Storage::Ephemeral);
    QVERIFY2(server.start({QStringLiteral("--connections-per-address"), QStringLiteral("0")}), server.log().constData());
    const qint64 before = Bench::residentBytes(server.processId());
    std::vector<std::unique_ptr<WebSocketDevice>> devices;
    for (int i = 0; i < count; ++i) {
        devices.push_back(std::make_unique<WebSocketDevice>(static_cast<std::uint8_t>(i)));
    }
    QStringList tokens;
    for (int user = 0; user * 200 < count; ++user) {
        tokens.append(server.token(QStringLiteral("user%1").arg(user)));
    }
    for (int i = 0; i < count; ++i) {
        WebSocketDevice &device = *devices[static_cast<std::size_t>(i)];
        device.id.bytes[1] = static_cast<std::uint8_t>(i >> 8);
        connect(&device.socket(), &QWebSocket::connected, &device, [&device] { device.send(device.hello()); });
        QUrl url = server.url();
        url.setScheme(QStringLiteral("ws"));
        url.setPath(QStringLiteral("/v1/sync"));
        QNetworkRequest request(url);
        request.setRawHeader("Authorization", "Bearer " + tokens[i / 200].toUtf8());
        QWebSocketHandshakeOptions options;
        options.setSubprotocols({QStringLiteral("satchel.v1")});
        device.socket().open(request, options);
    }
    const auto served = [&devices] {
        return std::count_if(devices.begin(), devices.end(), [](const auto &device) { return device->hasFrame(); });
    };
    QVERIFY2(waitUntil([&] { return served() == count; }, 60'000), qPrintable(QString::number(served())));
    for (const auto &device : devices) {
        QVERIFY(device->await<Wire::Welcome>());
    }
    const qint64 grown = Bench::residentBytes(server.processId()) - before;
    QVERIFY2(grown < qint64(16) * 1024 * 1024 + count * qint64(64) * 1024, qPrintable(QString::number(grown)));
}

// The processor is taken from the server for as long as its event loop may be late at most: the fault's own time. In the quarter of a
// second until it finds that it has caught up, it turns away what comes last in the order, says when to come back, and health is answered.
void TestRestarts::f28_starvedServer_shedsAndLosesNothing()
{
    ServerProcess server;
    QVERIFY2(server.start(), server.log().constData());
    const QString support = server.token(QStringLiteral("op"), {QStringLiteral("support")});
    const QString anna = server.token(QStringLiteral("anna"));
    const auto url = [&server](const char *path) {
        QUrl out = server.url();
        out.setPath(QLatin1String(path));
        return out;
    };
    HttpCaller http;
    WebSocketDevice device(1);
    std::vector<Core::Mutation> made;
    int shedCalls = 0;
    int shedPushes = 0;
    for (int round = 0; (shedCalls == 0 || shedPushes == 0) && round < 10; ++round) {
        QVERIFY(device.open(server.url(), anna));
        QVERIFY(device.welcome->acceptedThrough >= device.settled);
        made.push_back(device.put("notes", "k" + std::to_string(round), {{"f", "x"}}));
        const auto pid = static_cast<pid_t>(server.processId());
        QCOMPARE(::kill(pid, SIGSTOP), 0);
        QElapsedTimer starving;
        starving.start();
        QVERIFY(waitUntil([&] { return starving.hasExpired(2300); }));
        QCOMPARE(::kill(pid, SIGCONT), 0);
        QCOMPARE(http.get(url("/healthz")).status, 200);
        device.send(Wire::Push{++device.pushId, {made.begin() + static_cast<std::ptrdiff_t>(device.welcome->acceptedThrough), made.end()}});
        const HttpResult call = http.post(url("/satchel.v1.Users/List"), "{}", "application/json", support);
        QVERIFY2(call.status == 200 || call.status == 503, call.body.constData());
        if (call.status == 503) {
            const Core::Error error = Wire::Admin::errorFromResponse(call.status, call.body.toStdString());
            QCOMPARE(error.reason, Core::ErrorReason::Overloaded);
            QVERIFY(error.retryAfter >= std::chrono::seconds(1));
            ++shedCalls;
        }
        QCOMPARE(http.get(url("/healthz")).status, 200);
        const auto answer = device.next();
        QVERIFY(answer);
        if (const auto *ended = std::get_if<Wire::SessionError>(&*answer)) {
            QCOMPARE(ended->error.reason, Core::ErrorReason::Overloaded);
            QVERIFY(ended->error.retryAfter >= std::chrono::seconds(1));
            QVERIFY(device.awaitClosed());
            ++shedPushes;
        } else if (const auto *pushed = std::get_if<Wire::Pushed>(&*answer)) {
            device.settled = pushed->acceptedThrough;
        }
        QTRY_COMPARE(http.get(url("/readyz")).status, 200);
        device.close();
        QVERIFY(device.awaitClosed());
    }
    QVERIFY(shedCalls > 0 && shedPushes > 0);
    QVERIFY(device.open(server.url(), anna));
    const std::uint64_t taken = device.welcome->acceptedThrough;
    if (taken < made.size()) {
        QVERIFY(device.push({made.begin() + static_cast<std::ptrdiff_t>(taken), made.end()}));
    }
    WebSocketDevice witness(9);
    QVERIFY(witness.open(server.url(), anna));
    QCOMPARE(witness.welcome->head, made.size());
}

void TestRestarts::f4_serverKilledInABatch_tookAllOfItOrNothing()
{
    constexpr std::uint64_t batch = 300;
    ServerProcess server;
    QVERIFY2(server.start(), server.log().constData());
    WebSocketDevice device(1);
    std::vector<Core::Mutation> made;
    const int rounds = qEnvironmentVariableIsSet("SATCHEL_THOROUGH") ? 40 : 6;
    for (int round = 0; round < rounds; ++round) {
        QVERIFY(device.open(server.url(), server.token(QStringLiteral("anna"))));
        const std::uint64_t taken = device.welcome->acceptedThrough;
        QCOMPARE(taken % batch, 0U);
        QVERIFY(taken >= device.settled);
        QCOMPARE(device.welcome->head, taken);
        while (made.size() < taken + batch) {
            made.push_back(device.put("notes", "k" + std::to_string(device.counter % 40), {{"f", std::string(300, 'x')}}));
        }
        device.send(Wire::Push{++device.pushId, {made.begin() + static_cast<std::ptrdiff_t>(taken), made.end()}});
        // Killed at another moment each time: before it read, while it writes, after it answered.
        for (int step = 0; step <= round * 3; ++step) {
            QCoreApplication::processEvents(QEventLoop::AllEvents);
            device.socket().flush();
        }
        if (round % 5 == 4) {
            QVERIFY(device.await<Wire::Pushed>());
            device.settled = taken + batch;
        }
        server.kill();
        QVERIFY(device.awaitClosed());
        QVERIFY2(server.start(), server.log().constData());
    }
    QVERIFY(device.open(server.url(), server.token(QStringLiteral("anna"))));
    QCOMPARE(device.welcome->acceptedThrough % batch, 0U);
    QCOMPARE(device.welcome->head, device.welcome->acceptedThrough);
}

void TestRestarts::f38_deviceRevokedWhileItPushes_isCut()
{
    ServerRig rig;
    QCOMPARE(rig.start(), QString());
    WebSocketDevice device(1);
    QVERIFY(device.open(rig.url(), rig.token()));
    QVERIFY(device.push({device.put("notes", "k", {{"f", "x"}})}));
    HttpCaller http;
    const QByteArray id =
        QByteArray(reinterpret_cast<const char *>(device.id.bytes.data()), static_cast<qsizetype>(device.id.bytes.size()));
    QElapsedTimer timer;
    timer.start();
    const HttpResult revoked =
        http.post(rig.url(QStringLiteral("/satchel.v1.Devices/Revoke")), R"({"user":"alice","device":")" + id.toBase64() + "\"}",
                  "application/json", rig.token("op", {"admin"}));
    QVERIFY2(revoked.status == 200, revoked.body.constData());
    device.send(Wire::Push{2, {device.put("notes", "late", {{"f", "x"}})}});
    const auto notice = device.await<Wire::Notice>();
    QVERIFY(notice);
    QCOMPARE(notice->kind, Wire::NoticeKind::Revoked);
    QVERIFY(device.awaitClosed());
    QVERIFY(timer.elapsed() < 5000);
    QVERIFY(device.connectTo(rig.url(), rig.token()));
    device.send(device.hello());
    const auto error = device.await<Wire::SessionError>();
    QVERIFY(error);
    QCOMPARE(error->error.reason, Core::ErrorReason::DeviceRevoked);
    WebSocketDevice other(2);
    QVERIFY(other.open(rig.url(), rig.token()));
    QCOMPARE(other.welcome->head, 1U);
}

QTEST_GUILESS_MAIN(TestRestarts)
#include "tst_restarts.moc"
