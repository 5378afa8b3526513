// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: an app's client syncs over TLS by both carriers, and tells a server whose certificate nobody vouches for nothing at all.
// Method: a server in this process with a certificate of the test's, which the test has Qt trust or not.
#include "serverrig.h"
#include "support/awaiting.h"
#include "support/certificate.h"

#include <Satchel/client.h>

#include <QFile>
#include <QSignalSpy>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;

class TestClientTls : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void write_overTls_reachesOtherDevice_data();
    void write_overTls_reachesOtherDevice();
    void certificate_notTrusted_keepsPendingAndSaysNothing_data() { write_overTls_reachesOtherDevice_data(); }
    void certificate_notTrusted_keepsPendingAndSaysNothing();

private:
    [[nodiscard]] ClientOptions options(const QString &device, Carriers carriers) const;
    static void trust(const Certificate &certificate);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ServerRig> m_rig;
    QSslConfiguration m_before;
};

void TestClientTls::trust(const Certificate &certificate)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setCaCertificates({QSslCertificate(QByteArray::fromStdString(certificate.pem))});
    QSslConfiguration::setDefaultConfiguration(configuration);
}

ClientOptions TestClientTls::options(const QString &device, Carriers carriers) const
{
    ClientOptions made;
    made.serverUrl = m_rig->url();
    made.user = QStringLiteral("alice");
    made.storeFolder = m_folder->filePath(device);
    made.deviceName = device;
    made.carriers = carriers;
    made.key = StoreKeySource::raw(QByteArray(32, 'k'));
    made.tokenProvider = [token = m_rig->token()] { return readyResult<QString>(token); };
    return made;
}

void TestClientTls::init()
{
    m_before = QSslConfiguration::defaultConfiguration();
    m_folder = std::make_unique<QTemporaryDir>();
    const Certificate certificate = Certificate::make("IP:127.0.0.1");
    Server::ServerOptions server;
    for (const auto &[name, text] : {std::pair("cert.pem", certificate.pem), std::pair("key.pem", certificate.keyPem)}) {
        QFile file(m_folder->filePath(QLatin1String(name)));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray::fromStdString(text)) > 0);
    }
    server.net.tlsCertificate = m_folder->filePath(QStringLiteral("cert.pem")).toStdString();
    server.net.tlsKey = m_folder->filePath(QStringLiteral("key.pem")).toStdString();
    m_rig = std::make_unique<ServerRig>(server);
    QCOMPARE(m_rig->start(), QString());
    trust(certificate);
}

void TestClientTls::cleanup()
{
    m_rig.reset();
    QSslConfiguration::setDefaultConfiguration(m_before);
}

void TestClientTls::write_overTls_reachesOtherDevice_data()
{
    QTest::addColumn<int>("carriers");
    QTest::newRow("WebSocket") << int(Carriers::Automatic);
    QTest::newRow("polling") << int(Carriers::PollingOnly);
}

void TestClientTls::write_overTls_reachesOtherDevice()
{
    QFETCH(int, carriers);
    const auto one = openClient(options(QStringLiteral("one"), Carriers(carriers)));
    const auto two = openClient(options(QStringLiteral("two"), Carriers(carriers)));
    QVERIFY(one && two);
    GOOD(two->whenSynced());
    QSignalSpy spy(two->collection(QStringLiteral("prefs")), &Collection::documentChanged);
    const QVariantMap document{{QStringLiteral("x"), qlonglong(1)}};
    GOOD(one->collection(QStringLiteral("prefs"))->set(QStringLiteral("a"), document));
    QTRY_COMPARE(spy.size(), 1);
    QCOMPARE(two->collection(QStringLiteral("prefs"))->get(QStringLiteral("a")), document);
    QCOMPARE(two->syncStatus()->carrier(),
             Carriers(carriers) == Carriers::PollingOnly ? SyncStatus::Carrier::Polling : SyncStatus::Carrier::WebSocket);
}

void TestClientTls::certificate_notTrusted_keepsPendingAndSaysNothing()
{
    QFETCH(int, carriers);
    const Certificate stranger = Certificate::make("IP:127.0.0.1");
    QSslServer server;
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificate(QSslCertificate(QByteArray::fromStdString(stranger.pem)));
    tls.setPrivateKey(QSslKey(QByteArray::fromStdString(stranger.keyPem), QSsl::Ec));
    server.setSslConfiguration(tls);
    QSignalSpy tries(&server, &QSslServer::startedEncryptionHandshake);
    QByteArray heard;
    connect(&server, &QSslServer::pendingConnectionAvailable, this, [&server, &heard] {
        QTcpSocket *socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket, &heard] { heard += socket->readAll(); });
    });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    ClientOptions with = options(QStringLiteral("one"), Carriers(carriers));
    with.serverUrl = QUrl(QStringLiteral("https://127.0.0.1:%1").arg(server.serverPort()));
    const auto one = openClient(with);
    QVERIFY(one);
    GOOD(one->collection(QStringLiteral("prefs"))->set(QStringLiteral("a"), QVariantMap{{QStringLiteral("x"), qlonglong(1)}}));
    QTRY_VERIFY_WITH_TIMEOUT(tries.size() >= 3, 20'000);
    QVERIFY(one->syncStatus()->state() != SyncStatus::State::Live);
    QCOMPARE(one->syncStatus()->pendingCount(), 1);
    QCOMPARE(heard, QByteArray());
}

QTEST_GUILESS_MAIN(TestClientTls)
#include "tst_clienttls.moc"
