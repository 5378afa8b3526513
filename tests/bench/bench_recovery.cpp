// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// What damage and long use cost a device: salvage and rebuild of a store of 100,000 documents beside a real server, and the size of a store
// after 1,000,000 updates to 10,000 documents, compared with what is live in it.

#include "metrics.h"

#include "support/serverprocess.h"

#include <Satchel/client.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

#include <cstdio>
#include <cstdlib>
#include <memory>

using namespace Satchel;

namespace {

const QString collection = QStringLiteral("bench");
constexpr int batchSize = 5000;
constexpr int valueBytes = 200;

void require(bool isTrue, const char *what)
{
    if (!isTrue) {
        std::fprintf(stderr, "bench_recovery: %s failed\n", what);
        std::exit(1);
    }
}

void waitFor(const QFuture<Result<void>> &future, const char *what)
{
    while (!future.isFinished()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    if (!future.result()) {
        std::fprintf(stderr, "%s\n", qPrintable(future.result().error().toString()));
    }
    require(future.result().has_value(), what);
}

QVariantMap document(int number)
{
    return {{QStringLiteral("text"), QString(valueBytes, QLatin1Char(char('a' + number % 26)))}};
}

/// `count` writes over `documents` keys, in batches.
void write(Client &client, int count, int documents)
{
    for (int done = 0; done < count; done += batchSize) {
        WriteBatch batch;
        for (int i = done; i < std::min(done + batchSize, count); ++i) {
            batch.set(collection, QStringLiteral("key-%1").arg(i % documents), document(i / documents + i));
        }
        waitFor(client.write(std::move(batch)), "a write");
        if (done % (10 * batchSize) == 0) {
            waitFor(client.whenSynced(), "syncing");
        }
    }
    waitFor(client.whenSynced(), "syncing");
}

class DeviceBench {
public:
    DeviceBench() { require(m_server.start({}), "the server's start"); }

    [[nodiscard]] ClientOptions options(const QString &user, const QString &device) const
    {
        ClientOptions made;
        made.serverUrl = m_server.url();
        made.user = user;
        made.storeFolder = m_folder.filePath(device);
        made.deviceName = device;
        made.key = StoreKeySource::raw(QByteArray(32, 'k'));
        made.tokenProvider = [token = m_server.token(user)] { return readyResult<QString>(token); };
        return made;
    }

    void recover(int documents);
    void size(int updates, int documents);

private:
    Test::ServerProcess m_server{Test::ServerProcess::Storage::Ephemeral};
    QTemporaryDir m_folder;
};

void DeviceBench::recover(int documents)
{
    const ClientOptions with = options(QStringLiteral("recover"), QStringLiteral("one"));
    {
        Client client(with);
        waitFor(client.open(), "opening");
        write(client, documents, documents);
        client.pause();
        for (int i = 0; i < 1000; ++i) {
            waitFor(client.collection(collection)->set(QStringLiteral("key-%1").arg(i), document(i + 1)), "a write");
        }
    }
    QFile file(Client(with).storePath());
    require(file.open(QIODevice::ReadWrite), "damaging the store");
    for (const qint64 page : {file.size() / 4096 / 2, file.size() / 4096 / 3}) {
        file.seek(page * 4096 + 100);
        file.write("damage");
    }
    file.close();

    Client client(with);
    RecoveryReport report;
    QObject::connect(&client, &Client::storeRecovered, &client, [&report](const RecoveryReport &told) { report = told; });
    QElapsedTimer timer;
    timer.start();
    waitFor(client.open(), "opening a damaged store");
    Bench::printMetric("recovery.salvage_ms/" + std::to_string(documents), double(timer.elapsed()), "ms", 1);
    waitFor(client.whenSynced(), "rebuilding");
    Bench::printMetric("recovery.rebuild_ms/" + std::to_string(documents), double(timer.elapsed()), "ms", 1);
    require(!report.damage.isEmpty(), "noticing the damage");
    require(client.collection(collection)->keys().size() == documents, "getting everything back");
}

void DeviceBench::size(int updates, int documents)
{
    const ClientOptions with = options(QStringLiteral("size"), QStringLiteral("used"));
    const ClientOptions fresh = options(QStringLiteral("size"), QStringLiteral("fresh"));
    {
        Client client(with);
        waitFor(client.open(), "opening");
        QElapsedTimer timer;
        timer.start();
        write(client, updates, documents);
        Bench::printMetric("size.updates", updates * 1000.0 / double(timer.elapsed()), "per_second", 1);
    }
    {
        Client client(fresh);
        waitFor(client.open(), "opening");
        waitFor(client.whenSynced(), "a first sync");
    }
    const qint64 used = QFileInfo(Client(with).storePath()).size();
    const qint64 live = QFileInfo(Client(fresh).storePath()).size();
    Bench::printMetric("size.used_bytes", double(used), "bytes", 1);
    Bench::printMetric("size.live_bytes", double(live), "bytes", 1);
    Bench::printMetric("size.used_by_live", double(used) / double(live), "ratio", 1);
}

}  // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    DeviceBench bench;
    const int scale = argc > 1 ? std::atoi(argv[1]) : 1;
    bench.recover(100'000 / scale);
    bench.size(1'000'000 / scale, 10'000 / scale);
    return 0;
}
