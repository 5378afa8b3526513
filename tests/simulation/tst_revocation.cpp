// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a device that is revoked or wiped while it is connected is cut off within seconds, one that was away learns it at its first
// contact; both destroy key and store, say what is lost with them, and leave the user's other device alone. Method: real clients, sockets
// and server in this process; an operator's call of the admin service revokes.
#include "testing/inprocessserver.h"
#include "testing/twodevices.h"

#include <Satchel/client.h>

#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Satchel;
using Testing::TwoDevices;

namespace {

constexpr qint64 cutWithinMs = 5000;

const QString notes = QStringLiteral("notes");
const QString text = QStringLiteral("text");

bool isGood(const QFuture<Result<void>> &future)
{
    return TwoDevices::await(future).has_value();
}

/// A device with its key in a file.
struct Device {
    QString keyPath;
    std::unique_ptr<Client> client;
    bool isWiped = false;
    QList<QuarantinedWrite> lost;
};

}  // namespace

Q_DECLARE_METATYPE(Satchel::Carriers)

class TestRevocation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void revoked_connected_isCutOffAndDestroyed_data();
    void revoked_connected_isCutOffAndDestroyed();
    void revoked_away_isDestroyedAtFirstContact_data() { revoked_connected_isCutOffAndDestroyed_data(); }
    void revoked_away_isDestroyedAtFirstContact();

private:
    [[nodiscard]] std::unique_ptr<Device> make(const QString &name, Carriers carriers) const;
    /// Status of the admin service's answer.
    [[nodiscard]] int revoke(const QString &deviceId, const QString &method) const;

    std::unique_ptr<Testing::FakeClock> m_clock;
    std::unique_ptr<Testing::InProcessServer> m_server;
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestRevocation::initTestCase()
{
    qunsetenv("QT_FATAL_WARNINGS");  // keyFile() warns, as it should
}

void TestRevocation::revoked_connected_isCutOffAndDestroyed_data()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_server.reset();
    m_clock = std::make_unique<Testing::FakeClock>();
    m_server = std::make_unique<Testing::InProcessServer>(*m_clock);
    QTest::addColumn<Carriers>("carriers");
    QTest::addColumn<QString>("method");
    for (const char *method : {"Revoke", "Wipe"}) {
        QTest::addRow("%s, WebSocket", method) << Carriers::WebSocketOnly << QString::fromLatin1(method);
        QTest::addRow("%s, polling", method) << Carriers::PollingOnly << QString::fromLatin1(method);
    }
}

std::unique_ptr<Device> TestRevocation::make(const QString &name, Carriers carriers) const
{
    auto device = std::make_unique<Device>();
    device->keyPath = m_folder->filePath(name + QStringLiteral(".key"));
    ClientOptions options;
    options.serverUrl = m_server->url();
    options.user = QStringLiteral("anna");
    options.deviceName = name;
    options.storeFolder = m_folder->filePath(name);
    options.key = StoreKeySource::keyFile(device->keyPath);
    options.carriers = carriers;
    options.tokenProvider = [token = m_server->token(options.user)] { return readyResult<QString>(token); };
    device->client = std::make_unique<Client>(options);
    QObject::connect(device->client.get(), &Client::wiped, device->client.get(),
                     [told = device.get()](const QList<QuarantinedWrite> &lost) {
                         told->isWiped = true;
                         told->lost = lost;
                     });
    if (!isGood(device->client->open()) || !isGood(device->client->whenSynced())) {
        qFatal("a device does not get in sync");
    }
    return device;
}

int TestRevocation::revoke(const QString &deviceId, const QString &method) const
{
    QNetworkAccessManager network;
    QNetworkRequest request(QUrl(m_server->url().toString() + QStringLiteral("/satchel.v1.Devices/") + method));
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    request.setRawHeader("Authorization", "Bearer " + m_server->token(QStringLiteral("op"), {QStringLiteral("admin")}).toUtf8());
    const QJsonObject body{{QStringLiteral("user"), QStringLiteral("anna")},
                           {QStringLiteral("device"), QString::fromLatin1(QByteArray::fromHex(deviceId.toLatin1()).toBase64())}};
    const std::unique_ptr<QNetworkReply> reply(network.post(request, QJsonDocument(body).toJson()));
    if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 10000)) {
        return 0;
    }
    return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

void TestRevocation::revoked_connected_isCutOffAndDestroyed()
{
    QFETCH(Carriers, carriers);
    QFETCH(QString, method);
    const auto stolen = make(QStringLiteral("stolen ") + QLatin1String(QTest::currentDataTag()), carriers);
    const auto other = make(QStringLiteral("other ") + QLatin1String(QTest::currentDataTag()), carriers);
    QVERIFY(isGood(stolen->client->collection(notes)->set(QStringLiteral("synced"), {{text, QStringLiteral("x")}})));
    QVERIFY(isGood(stolen->client->whenSynced()));
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(revoke(stolen->client->deviceId(), method), 200);
    QTRY_VERIFY_WITH_TIMEOUT(stolen->isWiped, 20000);
    QVERIFY2(timer.elapsed() < cutWithinMs, QByteArray::number(timer.elapsed()).constData());
    QVERIFY(stolen->lost.isEmpty());
    QVERIFY(!QFile::exists(stolen->keyPath));
    QVERIFY(!QFile::exists(stolen->client->storePath()));
    QVERIFY(stolen->client->collectionNames().isEmpty());
    QVERIFY(isGood(other->client->collection(notes)->set(QStringLiteral("on"), {{text, QStringLiteral("y")}})));
    QVERIFY(isGood(other->client->whenSynced()));
    QCOMPARE(other->client->syncStatus()->state(), SyncStatus::State::Live);
    QVERIFY(other->client->collection(notes)->contains(QStringLiteral("synced")));
}

void TestRevocation::revoked_away_isDestroyedAtFirstContact()
{
    QFETCH(Carriers, carriers);
    QFETCH(QString, method);
    const auto stolen = make(QStringLiteral("away ") + QLatin1String(QTest::currentDataTag()), carriers);
    stolen->client->pause();
    QVERIFY(isGood(stolen->client->collection(notes)->set(QStringLiteral("late"), {{text, QStringLiteral("x")}})));
    const QString id = stolen->client->deviceId();
    QCOMPARE(revoke(id, method), 200);
    // The app starts anew, and has the data as long as nobody tells the device.
    stolen->client->close();
    QVERIFY(isGood(stolen->client->open()));
    QVERIFY(stolen->client->collection(notes)->contains(QStringLiteral("late")));
    QVERIFY(!stolen->isWiped);
    stolen->client->resume();
    QTRY_VERIFY_WITH_TIMEOUT(stolen->isWiped, 20000);
    QCOMPARE(stolen->lost.size(), 1);
    QCOMPARE(stolen->lost.first().key, QStringLiteral("late"));
    QCOMPARE(stolen->lost.first().error.reason(),
             method == QStringLiteral("Revoke") ? Error::Reason::DeviceRevoked : Error::Reason::UserGone);
    QVERIFY(!QFile::exists(stolen->keyPath));
    QVERIFY(!QFile::exists(stolen->client->storePath()));
    // The user may sign in on it again, as on any new device.
    QVERIFY(isGood(stolen->client->open()));
    QVERIFY(isGood(stolen->client->whenSynced()));
    QVERIFY(stolen->client->deviceId() != id);
    QVERIFY(!stolen->client->collection(notes)->contains(QStringLiteral("late")));
}

QTEST_GUILESS_MAIN(TestRevocation)
#include "tst_revocation.moc"
