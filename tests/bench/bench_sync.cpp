// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// What sync costs between processes: this one holds the devices, satchel-server runs beside it with an encrypted store and a real fsync.

#include "metrics.h"
#include "processusage.h"

#include <Satchel/client.h>

#include "core/result.h"
#include "support/serverprocess.h"
#include "support/tcpproxy.h"
#include "wire/codec.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QPromise>
#include <QTemporaryDir>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

using namespace Satchel;

namespace {

constexpr int bulkCount = 20000;
constexpr int propagationCount = 1000;
constexpr int idleCount = 1000;
constexpr int valueBytes = 200;
constexpr int timeoutMs = 120000;

void require(bool isTrue, const char *what)
{
    if (!isTrue) {
        std::fprintf(stderr, "bench_sync: %s failed\n", what);
        std::exit(1);
    }
}

template <typename Condition>
void waitUntil(Condition isTrue, const char *what)
{
    QElapsedTimer clock;
    clock.start();
    QTimer wakeUp;
    wakeUp.start(1000);
    while (!isTrue()) {
        require(clock.elapsed() < timeoutMs, what);
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

void waitFor(const QFuture<Result<void>> &future, const char *what)
{
    waitUntil([&] { return future.isFinished(); }, what);
    require(future.result().has_value(), what);
}

class Device {
public:
    Device(const QUrl &server, const QString &user, const QString &token, const QString &name, bool isPaused = false)
    {
        ClientOptions options;
        options.serverUrl = server;
        options.user = user;
        options.storeFolder = m_folder.path();
        options.key = StoreKeySource::raw(QByteArray(32, 'k'));
        options.deviceName = name;
        options.isPausedAtStart = isPaused;
        options.tokenProvider = [token] {
            QPromise<Result<QString>> promise;
            promise.start();
            promise.addResult(Result<QString>(token));
            promise.finish();
            return promise.future();
        };
        client = std::make_unique<Client>(options);
        waitFor(client->open(), "opening a store");
    }
    [[nodiscard]] Collection &collection() const { return *client->collection(QStringLiteral("bulk")); }

    std::unique_ptr<Client> client;

private:
    QTemporaryDir m_folder;
};

/// Letters that do not repeat in a pattern that compression would make disappear.
QString text(int number)
{
    QString result(valueBytes, Qt::Uninitialized);
    quint32 state = static_cast<quint32>(number) * 2654435761U + 1;
    for (QChar &letter : result) {
        state = state * 1664525U + 1013904223U;
        letter = QLatin1Char(static_cast<char>(' ' + (state >> 24U) % 95));
    }
    return result;
}

void writeBulk(const Device &device)
{
    QFuture<Result<void>> last;
    for (int i = 0; i < bulkCount; ++i) {
        last = device.collection().set(QStringLiteral("row-%1").arg(i), {{QStringLiteral("text"), text(i)}});
    }
    waitFor(last, "writing locally");
}

void measureBulk(const Test::ServerProcess &server)
{
    const QString user = QStringLiteral("bulk");
    const QString token = server.token(user);
    const Device writer(server.url(), user, token, QStringLiteral("writer"), true);
    writeBulk(writer);
    const double cpuBefore = Bench::cpuSeconds(server.processId());
    QElapsedTimer clock;
    clock.start();
    writer.client->resume();
    waitFor(writer.client->whenSynced(), "pushing");
    Bench::printMetric("sync.push", bulkCount * 1e9 / static_cast<double>(clock.nsecsElapsed()), "per_second", bulkCount);
    Bench::printMetric("sync.server_cpu_per_10000_pushed", (Bench::cpuSeconds(server.processId()) - cpuBefore) * 10000 / bulkCount,
                       "seconds", bulkCount);

    clock.restart();
    const Device reader(server.url(), user, token, QStringLiteral("reader"));
    waitFor(reader.client->whenSynced(), "pulling");
    Bench::printMetric("sync.pull", bulkCount * 1e9 / static_cast<double>(clock.nsecsElapsed()), "per_second", bulkCount);
    require(reader.collection().count() == bulkCount, "pulling everything");
}

void measureWire(const Test::ServerProcess &server)
{
    const QString user = QStringLiteral("counted");
    Test::TcpProxy link(server.url());
    const Device writer(link.url(), user, server.token(user), QStringLiteral("counted"), true);
    constexpr int count = 5000;
    QFuture<Result<void>> last;
    for (int i = 0; i < count; ++i) {
        last = writer.client->collection(QStringLiteral("counted"))
                   ->set(QStringLiteral("row-%1").arg(i), {{QStringLiteral("text"), text(i + bulkCount)}});
    }
    waitFor(last, "writing locally");
    writer.client->resume();
    waitUntil([&] { return writer.client->syncStatus()->pendingCount() == 0; }, "pushing through the proxy");
    Bench::printMetric("sync.wire_bytes_per_mutation", static_cast<double>(link.bytesToServer()) / count, "bytes", count);
}

void measurePropagation(const Test::ServerProcess &server)
{
    const QString user = QStringLiteral("pair");
    const QString token = server.token(user);
    const auto make = [&](const char *name) { return std::make_unique<Device>(server.url(), user, token, QLatin1StringView(name)); };
    const auto a = make("a");
    const auto b = make("b");
    waitFor(a->client->whenSynced(), "connecting a");
    waitFor(b->client->whenSynced(), "connecting b");
    int seen = 0;
    QObject::connect(&b->collection(), &Collection::documentChanged, &b->collection(), [&seen] { ++seen; });
    std::vector<double> milliseconds;
    for (int i = 0; i < propagationCount; ++i) {
        QElapsedTimer clock;
        clock.start();
        Core::ignore(a->collection().set(QStringLiteral("ping"), {{QStringLiteral("n"), i}}), "its arrival is what is measured");
        waitUntil([&] { return seen == i + 1; }, "propagation");
        milliseconds.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    Bench::printMetric("sync.propagation_p50", milliseconds[propagationCount / 2], "ms", propagationCount);
    Bench::printMetric("sync.propagation_p99", milliseconds[propagationCount * 99 / 100], "ms", propagationCount);
}

void measureIdle(const Test::ServerProcess &server)
{
    const qint64 filesMax = Bench::raiseFileLimit();
    const int count = static_cast<int>(std::min<qint64>(idleCount, filesMax - 100));
    const qint64 before = Bench::residentBytes(server.processId());
    std::vector<std::unique_ptr<QWebSocket>> sockets;
    int welcomed = 0;
    for (int i = 0; i < count; ++i) {
        auto socket = std::make_unique<QWebSocket>();
        QUrl url = server.url();
        url.setScheme(QStringLiteral("ws"));
        url.setPath(QStringLiteral("/v1/sync"));
        QNetworkRequest request(url);
        request.setRawHeader("Authorization", "Bearer " + server.token(QStringLiteral("idle-%1").arg(i)).toUtf8());
        QWebSocketHandshakeOptions options;
        options.setSubprotocols({QStringLiteral("satchel.v1")});
        QObject::connect(socket.get(), &QWebSocket::connected, socket.get(), [socket = socket.get(), i] {
            Wire::Hello hello;
            hello.device.id.bytes[0] = 1;
            hello.device.id.bytes[1] = static_cast<std::uint8_t>(i);
            hello.device.id.bytes[2] = static_cast<std::uint8_t>(i / 256);
            hello.device.name = "idle";
            socket->sendBinaryMessage(QByteArray::fromStdString(Wire::encode(Wire::ClientFrame(hello), Wire::Compression::None)));
        });
        bool isCounted = false;
        QObject::connect(socket.get(), &QWebSocket::binaryMessageReceived, socket.get(), [&welcomed, isCounted]() mutable {
            welcomed += isCounted ? 0 : 1;
            isCounted = true;
        });
        socket->open(request, options);
        sockets.push_back(std::move(socket));
        if (i % 50 == 49) {
            waitUntil([&] { return welcomed == i + 1; }, "an idle connection");
        }
    }
    waitUntil([&] { return welcomed == count; }, "idle connections");
    Bench::printMetric("sync.server_bytes_per_idle_connection",
                       static_cast<double>(Bench::residentBytes(server.processId()) - before) / count, "bytes", count);
}

}  // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    Core::ignore(Bench::raiseFileLimit(), "the server inherits it");
    Test::ServerProcess server;
    if (!server.start()) {
        std::fprintf(stderr, "bench_sync: the server does not start: %s\n", server.log().constData());
        return 1;
    }
    measureIdle(server);
    measureBulk(server);
    measureWire(server);
    measurePropagation(server);
    return 0;
}
