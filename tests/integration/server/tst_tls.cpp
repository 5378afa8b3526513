// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: over TLS the server does what it does without, speaks nothing weak (T9), and changes its certificate while it runs.
// Method: certificates made by the test, Qt's clients for both carriers, and OpenSSL's own for what Qt would not offer.

#include "serverrig.h"
#include "support/certificate.h"
#include "support/eventwait.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QStandardPaths>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <openssl/err.h>
#include <openssl/ssl.h>

using namespace Satchel;
using namespace Satchel::Test;

class TestTls : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void bothCarriersAndAdminCalls_overTls_work();
    void largeMessages_bothWays_arrive();
    void certificate_notTrusted_ends();
    void plainHttp_onTheTlsPort_isCut();
    void silentPeer_inHandshake_isCut();
    void weakTls_isRefused_data();
    void weakTls_isRefused();
    void certificate_changed_isShownAfterReload();
    void files_unusable_areNamed_data();
    void files_unusable_areNamed();
    void testssl_findsNothingOfMediumSeverity();

private:
    void write(const QString &name, const std::string &text);
    [[nodiscard]] QString path(const QString &name) const { return m_folder->filePath(name); }
    static void trust(const Certificate &certificate);
    Server::ServerOptions options() const;

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ServerRig> m_rig;
    Certificate m_certificate;
    QSslConfiguration m_before;
    HttpCaller m_http;
};

namespace {

/// What a client of these abilities agrees on with the server; empty if on nothing.
std::string negotiated(std::uint16_t port, int version, const char *ciphers)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
    SSL_CTX_set_cipher_list(context, ciphers);
    BIO *connection = BIO_new_ssl_connect(context);
    BIO_set_conn_hostname(connection, ("127.0.0.1:" + std::to_string(port)).c_str());
    std::string out;
    SSL *tls = nullptr;
    BIO_get_ssl(connection, &tls);
    if (BIO_do_connect(connection) == 1 && BIO_do_handshake(connection) == 1) {
        out = std::string(SSL_get_version(tls)) + " " + SSL_get_cipher_name(tls);
    }
    BIO_free_all(connection);
    SSL_CTX_free(context);
    ERR_clear_error();
    return out;
}

}  // namespace

void TestTls::write(const QString &name, const std::string &text)
{
    QFile file(path(name));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray::fromStdString(text)) >= 0);
}

void TestTls::trust(const Certificate &certificate)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setCaCertificates({QSslCertificate(QByteArray::fromStdString(certificate.pem))});
    QSslConfiguration::setDefaultConfiguration(configuration);
}

Server::ServerOptions TestTls::options() const
{
    Server::ServerOptions out;
    out.net.tlsCertificate = path(QStringLiteral("cert.pem")).toStdString();
    out.net.tlsKey = path(QStringLiteral("key.pem")).toStdString();
    out.net.headerTimeout = std::chrono::milliseconds(1'000);
    return out;
}

void TestTls::init()
{
    m_before = QSslConfiguration::defaultConfiguration();
    m_folder = std::make_unique<QTemporaryDir>();
    m_certificate = Certificate::make("IP:127.0.0.1");
    write(QStringLiteral("cert.pem"), m_certificate.pem);
    write(QStringLiteral("key.pem"), m_certificate.keyPem);
    trust(m_certificate);
    m_rig = std::make_unique<ServerRig>(options());
    QCOMPARE(m_rig->start(), QString());
    QCOMPARE(m_rig->url().scheme(), QStringLiteral("https"));
}

void TestTls::cleanup()
{
    m_rig.reset();
    QSslConfiguration::setDefaultConfiguration(m_before);
}

void TestTls::bothCarriersAndAdminCalls_overTls_work()
{
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), m_rig->token()));
    QVERIFY(device.push({device.put("notes", "k", {{"title", "x"}})}));
    const auto frames = m_http.sync(m_rig->url(), Wire::SyncRequest{{}, {WebSocketDevice(2).hello()}, {}}, m_rig->token());
    QVERIFY(!frames.empty() && std::holds_alternative<Wire::Welcome>(frames.front()));
    const HttpResult users =
        m_http.post(m_rig->url(QStringLiteral("/satchel.v1.Users/List")), "{}", "application/json", m_rig->token("op", {"support"}));
    QCOMPARE(users.status, 200);
    device.close();
    QVERIFY(device.awaitClosed());
    QTRY_COMPARE(m_rig->server().sessionCount(), std::size_t(1));
    WebSocketDevice other(3);
    QVERIFY(other.open(m_rig->url(), m_rig->token()));
    m_rig->stop();
    const auto notice = other.await<Wire::Notice>();
    QVERIFY(notice && notice->kind == Wire::NoticeKind::ShuttingDown);
}

void TestTls::largeMessages_bothWays_arrive()
{
    WebSocketDevice writer(1);
    WebSocketDevice reader(2);
    QVERIFY(writer.open(m_rig->url(), m_rig->token()));
    QVERIFY(reader.open(m_rig->url(), m_rig->token()));
    std::string text;
    for (int i = 0; text.size() < 200'000; ++i) {
        text += std::to_string(i * 7919) + " ";
    }
    QVERIFY(writer.push({writer.put("notes", "a", {{"title", text}}), writer.put("notes", "b", {{"title", text}})}));
    std::size_t received = 0;
    while (received < 2) {
        const auto changes = reader.await<Wire::Changes>();
        QVERIFY(changes);
        received += changes->documents.size();
    }
}

void TestTls::certificate_notTrusted_ends()
{
    trust(Certificate::make("IP:127.0.0.1"));
    WebSocketDevice device(1);
    QVERIFY(!device.connectTo(m_rig->url(), m_rig->token()));
    QCOMPARE(m_http.get(m_rig->url(QStringLiteral("/healthz"))).status, 0);
    QTRY_COMPARE(m_rig->server().connectionCount(), std::size_t(0));
}

void TestTls::plainHttp_onTheTlsPort_isCut()
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), m_rig->server().port());
    QVERIFY(socket.waitForConnected());
    socket.write("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QVERIFY(!socket.readAll().contains("HTTP"));
}

void TestTls::silentPeer_inHandshake_isCut()
{
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), m_rig->server().port());
    QVERIFY(socket.waitForConnected());
    QTRY_COMPARE(m_rig->server().connectionCount(), std::size_t(1));
    QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QTRY_COMPARE(m_rig->server().connectionCount(), std::size_t(0));
}

void TestTls::weakTls_isRefused_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<QByteArray>("ciphers");
    QTest::addColumn<QByteArray>("agreed");
    QTest::newRow("TLS 1.0") << TLS1_VERSION << QByteArray("ALL") << QByteArray();
    QTest::newRow("TLS 1.1") << TLS1_1_VERSION << QByteArray("ALL") << QByteArray();
    QTest::newRow("TLS 1.2, CBC") << TLS1_2_VERSION << QByteArray("AES128-SHA:ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384")
                                  << QByteArray();
    QTest::newRow("TLS 1.2, no forward secrecy") << TLS1_2_VERSION << QByteArray("AES128-GCM-SHA256") << QByteArray();
    QTest::newRow("TLS 1.2, nobody authenticated") << TLS1_2_VERSION << QByteArray("aNULL") << QByteArray();
    QTest::newRow("TLS 1.2, no encryption") << TLS1_2_VERSION << QByteArray("eNULL") << QByteArray();
    QTest::newRow("TLS 1.2, CCM") << TLS1_2_VERSION << QByteArray("ECDHE-ECDSA-AES128-CCM8") << QByteArray();
    QTest::newRow("TLS 1.2, AES-GCM") << TLS1_2_VERSION << QByteArray("ALL") << QByteArray("TLSv1.2 ECDHE-ECDSA-AES");
    QTest::newRow("TLS 1.2, ChaCha20") << TLS1_2_VERSION << QByteArray("ECDHE-ECDSA-CHACHA20-POLY1305")
                                       << QByteArray("TLSv1.2 ECDHE-ECDSA-CHACHA20-POLY1305");
    QTest::newRow("TLS 1.3") << TLS1_3_VERSION << QByteArray("ALL") << QByteArray("TLSv1.3 TLS_");
}

void TestTls::weakTls_isRefused()
{
    QFETCH(int, version);
    QFETCH(QByteArray, ciphers);
    QFETCH(QByteArray, agreed);
    const std::string result = negotiated(m_rig->server().port(), version, ciphers.constData());
    QVERIFY2(agreed.isEmpty() ? result.empty() : result.rfind(agreed.toStdString(), 0) == 0, result.c_str());
}

void TestTls::certificate_changed_isShownAfterReload()
{
    WebSocketDevice live(1);
    QVERIFY(live.open(m_rig->url(), m_rig->token()));
    const auto shown = [this] {
        QSslSocket socket;
        socket.setPeerVerifyMode(QSslSocket::VerifyNone);
        socket.connectToHostEncrypted(QStringLiteral("127.0.0.1"), m_rig->server().port());
        return socket.waitForEncrypted(5'000) ? socket.peerCertificate().toPem().toStdString() : std::string();
    };
    QCOMPARE(shown(), m_certificate.pem);
    const Certificate next = Certificate::make("IP:127.0.0.1");
    write(QStringLiteral("cert.pem"), next.pem);
    m_rig->server().reload();
    // A certificate without its key is not used.
    QCOMPARE(shown(), m_certificate.pem);
    write(QStringLiteral("key.pem"), next.keyPem);
    m_rig->server().reload();
    QCOMPARE(shown(), next.pem);
    QVERIFY(live.push({live.put("notes", "k", {{"title", "x"}})}));
}

void TestTls::files_unusable_areNamed_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("no certificate") << QStringLiteral("cert.pem") << QByteArray("hello");
    QTest::newRow("no key") << QStringLiteral("key.pem") << QByteArray("hello");
    QTest::newRow("empty key") << QStringLiteral("key.pem") << QByteArray();
    QTest::newRow("key of another") << QStringLiteral("key.pem") << QByteArray::fromStdString(Certificate::make("IP:127.0.0.1").keyPem);
    QTest::newRow("key for certificate") << QStringLiteral("cert.pem")
                                         << QByteArray::fromStdString(Certificate::make("IP:127.0.0.1").keyPem);
}

void TestTls::files_unusable_areNamed()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, text);
    write(name, text.toStdString());
    ServerRig other(options());
    const QString why = other.start();
    QVERIFY2(why.contains(name), qPrintable(why));
}

// Protocols, ciphers, certificate and known weaknesses, in a minute or two.
void TestTls::testssl_findsNothingOfMediumSeverity()
{
    QString program;
    for (const QString &name : {QStringLiteral("testssl"), QStringLiteral("testssl.sh")}) {
        program = program.isEmpty() ? QStandardPaths::findExecutable(name) : program;
    }
    if (program.isEmpty() || !qEnvironmentVariableIsSet("SATCHEL_THOROUGH")) {
        QSKIP("testssl.sh (Debian: testssl.sh) is run where it is installed, with SATCHEL_THOROUGH");
    }
    QFile waivers(QStringLiteral(SATCHEL_SOURCE_DIR "/docs/tls-waivers.md"));
    QVERIFY(waivers.open(QIODevice::ReadOnly));
    const QByteArray waived = waivers.readAll();
    QProcess testssl;
    testssl.start(program, {QStringLiteral("--quiet"), QStringLiteral("--color"), QStringLiteral("0"), QStringLiteral("--warnings"),
                            QStringLiteral("batch"), QStringLiteral("--ip"), QStringLiteral("one"), QStringLiteral("-p"),
                            QStringLiteral("-s"), QStringLiteral("-f"), QStringLiteral("-S"), QStringLiteral("-P"), QStringLiteral("-U"),
                            QStringLiteral("--jsonfile"), path(QStringLiteral("found.json")), m_rig->url().toString()});
    QVERIFY(waitUntil([&testssl] { return testssl.state() == QProcess::NotRunning; }, 500'000));
    QFile file(path(QStringLiteral("found.json")));
    QVERIFY2(file.open(QIODevice::ReadOnly), testssl.readAll().constData());
    const QJsonArray findings = QJsonDocument::fromJson(file.readAll()).array();
    QVERIFY2(findings.size() > 50, testssl.readAll().constData());
    QByteArray bad;
    for (const QJsonValue &value : findings) {
        const QJsonObject finding = value.toObject();
        const QString severity = finding.value(QStringLiteral("severity")).toString();
        const QByteArray id = finding.value(QStringLiteral("id")).toString().toUtf8();
        const bool isBad = QStringList({QStringLiteral("MEDIUM"), QStringLiteral("HIGH"), QStringLiteral("CRITICAL")}).contains(severity);
        if (isBad && !waived.contains("| `" + id + "` |")) {
            bad += id + " (" + severity.toUtf8() + "): " + finding.value(QStringLiteral("finding")).toString().toUtf8() + '\n';
        }
    }
    QVERIFY2(bad.isEmpty(), bad.constData());
}

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
