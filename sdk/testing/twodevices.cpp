// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "testing/twodevices.h"

#include "client/client_p.h"

#include <QDeadlineTimer>
#include <QEventLoop>
#include <QFutureWatcher>
#include <QPromise>
#include <QTimer>

namespace Satchel {

/// The one way to what the public Client keeps to itself.
struct ClientAccess {
    static void setTransports(Client &client, Sync::TransportFactory factory) { client.d->transportFactory = std::move(factory); }
};

}  // namespace Satchel

namespace Satchel::Testing {

namespace {
constexpr int patienceMs = 20000;
}

TwoDevices::TwoDevices(const QByteArray &policies, Adjust adjust)
    : server(clock, policies)
    , network(server.services())
    , m_adjust(std::move(adjust))
{
    a = makeDevice("a", clockA);
    b = makeDevice("b", clockB);
    if (!sync()) {
        qFatal("the two devices do not get in sync");
    }
}

TwoDevices::~TwoDevices() = default;

std::unique_ptr<Client> TwoDevices::makeDevice(const char *name, const FakeClock &deviceClock)
{
    ClientOptions options;
    options.serverUrl = server.url();
    options.user = QStringLiteral("anna");
    options.deviceName = QLatin1StringView(name);
    options.storeFolder = m_folder.filePath(options.deviceName);
    options.key = StoreKeySource::raw(QByteArray(32, 'k'));
    options.wallClock = [&deviceClock] { return deviceClock.now(); };
    options.tokenProvider = [token = server.token(options.user)] {
        QPromise<Result<QString>> promise;
        promise.start();
        promise.addResult(Result<QString>(token));
        promise.finish();
        return promise.future();
    };
    if (m_adjust) {
        m_adjust(options, options.deviceName);
    }
    auto client = std::make_unique<Client>(options);
    ClientAccess::setTransports(*client, network.transports(name));
    if (const auto opened = await(client->open()); !opened) {
        qFatal("a device does not open: %s", qPrintable(opened.error().toString()));
    }
    return client;
}

bool TwoDevices::sync()
{
    // The second round reads what the other device pushed after the first.
    for (int round = 0; round < 2; ++round) {
        for (const auto &client : {a.get(), b.get()}) {
            client->probe();
            if (!await(client->whenSynced())) {
                return false;
            }
        }
    }
    return true;
}

bool TwoDevices::isEqual() const
{
    if (a->collectionNames() != b->collectionNames()) {
        return false;
    }
    for (const QString &name : a->collectionNames()) {
        if (a->collection(name)->list() != b->collection(name)->list()) {
            return false;
        }
    }
    return true;
}

Result<void> TwoDevices::await(const QFuture<Result<void>> &future)
{
    QFutureWatcher<Result<void>> watcher;
    QEventLoop loop;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    QTimer::singleShot(patienceMs, &loop, &QEventLoop::quit);
    watcher.setFuture(future);
    if (!watcher.isFinished()) {
        loop.exec();
    }
    if (!watcher.isFinished()) {
        return failure(Error(Error::Code::DeadlineExceeded, Error::Reason::NetworkTimeout, QStringLiteral("no answer in time")));
    }
    return watcher.result();
}

}  // namespace Satchel::Testing
