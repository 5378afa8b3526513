// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: an OpenID provider's keys are found, renewed and kept as promised, and nothing that a provider or a network says leads astray.
// Method: a provider by script and a clock that the test holds, for the keys; real sockets on loopback, with TLS, for the fetching.

#include "server-stub/auth/oidckeys.h"
#include "server-stub/net/httpfetcher.h"
#include "support/certificate.h"
#include "support/signingkey.h"

#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <future>
#include <map>

using namespace Satchel;
using Server::HttpUrl;
using Server::KeySource;
using Test::SigningKey;

class TestOidcKeys : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void url_data();
    void url();
    void keys_ofProvider_areFetched();
    void keys_unknown_areFetchedOnceAMinute();
    void keys_afterAFailure_areFetchedAgainAndKeptMeanwhile();
    void keys_beforeTheFirstAnswer_areUnderWay();
    void discovery_misleading_isRefused_data();
    void discovery_misleading_isRefused();
    void issuer_notFetchable_isRefused();
    void fetch_answer_data();
    void fetch_answer();
    void fetch_silentServer_endsInTime();
    void fetch_cancelled_endsAtOnce();
    void fetch_overTls_needsAGoodCertificate_data();
    void fetch_overTls_needsAGoodCertificate();
};

namespace {

const std::string issuer = "https://id.example/realm";
const std::string discoveryUrl = "https://id.example/realm/.well-known/openid-configuration";
const std::string keysUrl = "https://keys.example/jwks";

std::string configurationOf(const std::string &who, const std::string &where)
{
    return R"({"issuer":")" + who + R"(","jwks_uri":")" + where + R"(","scopes_supported":["openid"]})";
}

std::string setOf(const char *kid)
{
    return Test::jwkSet({SigningKey(SigningKey::Kind::Ed25519, kid).jwk()});
}

/// Answers by script; shared with the test, which outlives the source.
struct Provider {
    std::mutex mutex;
    std::map<std::string, std::string> documents;
    std::vector<std::string> asked;
    bool isHolding = false;
    std::condition_variable released;

    void put(const std::string &url, const std::string &document)
    {
        const std::lock_guard lock(mutex);
        documents[url] = document;
    }
    [[nodiscard]] std::size_t count(const std::string &url)
    {
        const std::lock_guard lock(mutex);
        return static_cast<std::size_t>(std::count(asked.begin(), asked.end(), url));
    }
    void hold(bool isOn)
    {
        const std::lock_guard lock(mutex);
        isHolding = isOn;
        released.notify_all();
    }
};

class ScriptedFetcher : public Server::Fetcher {
public:
    explicit ScriptedFetcher(Provider &provider)
        : m_provider(provider)
    {
    }
    [[nodiscard]] Core::Result<std::string> get(const HttpUrl &url) override
    {
        std::unique_lock lock(m_provider.mutex);
        m_provider.released.wait(lock, [this] { return !m_provider.isHolding || m_isCancelled; });
        const std::string address = (url.isTls ? "https://" : "http://") + url.authority() + url.target;
        m_provider.asked.push_back(address);
        const auto found = m_provider.documents.find(address);
        return found != m_provider.documents.end()
                   ? Core::Result<std::string>(found->second)
                   : Core::Result<std::string>(Core::failure(Core::unavailable(Core::ErrorReason::None, "down")));
    }
    void cancel() override
    {
        const std::lock_guard lock(m_provider.mutex);
        m_isCancelled = true;
        m_provider.released.notify_all();
    }

private:
    Provider &m_provider;
    bool m_isCancelled = false;
};

/// A source with its provider and its log.
struct Rig {
    Provider provider;
    Server::SystemClock clock;
    std::atomic<int> failures{0};
    Server::Log log{clock, Server::LogLevel::Warning, [this](const std::string &) { ++failures; }};
    std::unique_ptr<Server::OidcKeys> keys;

    void start(const std::string &who = issuer)
    {
        Server::OidcSettings settings;
        settings.issuer = who;
        settings.retryPauseMin = std::chrono::milliseconds(1);
        settings.retryPauseMax = std::chrono::milliseconds(20);
        auto made = Server::OidcKeys::make(settings, std::make_unique<ScriptedFetcher>(provider), log);
        QVERIFY2(made, made ? "" : made.error().detail.c_str());
        keys = std::move(*made);
    }
    [[nodiscard]] bool has(const char *kid) const
    {
        const auto known = keys->keys();
        return known && known->find(kid) != nullptr;
    }
};

Core::Result<std::string> fetchFrom(const std::string &url, Server::FetchLimits limits = {})
{
    const auto parsed = HttpUrl::parse(url);
    if (!parsed) {
        return Core::failure(parsed.error());
    }
    auto fetched = std::async(std::launch::async, [&] { return Server::HttpFetcher(limits).get(*parsed); });
    const bool hasEnded = QTest::qWaitFor([&] { return fetched.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }, 20'000);
    return hasEnded ? fetched.get() : Core::Result<std::string>(Core::failure(Core::unavailable(Core::ErrorReason::None, "still waiting")));
}

/// Answers whatever is asked with the same bytes.
template <typename Listener>
class FixedServer : public Listener {
public:
    explicit FixedServer(QByteArray answer)
    {
        QObject::connect(this, &Listener::pendingConnectionAvailable, this, [this, answer] {
            QTcpSocket *socket = this->nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket, answer] {
                request += socket->readAll();
                if (request.endsWith("\r\n\r\n") && !answer.isEmpty()) {
                    socket->write(answer);
                    socket->disconnectFromHost();
                }
            });
        });
        isListening = this->listen(QHostAddress::LocalHost);
    }
    [[nodiscard]] std::string url(const std::string &scheme) const
    {
        return scheme + "://127.0.0.1:" + std::to_string(this->serverPort()) + "/a?b=c";
    }
    QByteArray request;
    bool isListening = false;
};

}  // namespace

void TestOidcKeys::url_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isTaken");
    const auto row = [](const char *text, bool isTaken) { QTest::newRow(text) << QByteArray(text) << isTaken; };
    for (const char *good : {"https://id.example", "https://id.example/", "https://id.example:8443/realms/a?x=1", "https://[2001:db8::1]/k",
                             "http://127.0.0.1:8080/k", "http://localhost/k", "http://[::1]:1/k"}) {
        row(good, true);
    }
    for (const char *bad : {"",
                            "id.example",
                            "ftp://id.example",
                            "HTTPS://id.example",
                            "https://",
                            "https:///k",
                            "http://id.example/k",
                            "http://169.254.169.254/latest",
                            "http://127.0.0.1.evil.example/",
                            "http://localhost.evil.example/",
                            "https://user@id.example/",
                            "https://user:pass@id.example/",
                            "https://id.example/#f",
                            "https://id.example:0/",
                            "https://id.example:65536/",
                            "https://id.example:80a/",
                            "https://id.example:/",
                            "https://id.example\\@evil/",
                            "https://id example/",
                            "https://id.example/\r\nHost: evil",
                            "https://[::1/",
                            "https://[::1]x/",
                            "https://[zz]/",
                            "https://id_example/",
                            "file:///etc/passwd",
                            "https://\xC3\xA9.example/"}) {
        row(bad, false);
    }
}

void TestOidcKeys::url()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isTaken);
    const auto parsed = HttpUrl::parse(text.toStdString());
    QVERIFY2(parsed.has_value() == isTaken, parsed ? parsed->host.c_str() : parsed.error().detail.c_str());
}

void TestOidcKeys::keys_ofProvider_areFetched()
{
    Rig rig;
    rig.provider.put(discoveryUrl, configurationOf(issuer, keysUrl));
    rig.provider.put(keysUrl, setOf("first"));
    rig.start();
    QTRY_VERIFY(rig.has("first"));
    QCOMPARE(rig.provider.count(discoveryUrl), std::size_t(1));
    rig.provider.put(keysUrl, setOf("second"));
    rig.keys->reload();
    QTRY_VERIFY(rig.has("second"));
    QVERIFY(!rig.has("first"));
    QCOMPARE(rig.failures.load(), 0);
}

void TestOidcKeys::keys_unknown_areFetchedOnceAMinute()
{
    Rig rig;
    rig.provider.put(discoveryUrl, configurationOf(issuer, keysUrl));
    rig.provider.put(keysUrl, setOf("first"));
    rig.start();
    QTRY_VERIFY(rig.has("first"));
    std::chrono::milliseconds now{1'800'000'000'000};
    rig.provider.put(keysUrl, setOf("second"));
    QCOMPARE(rig.keys->renew(now), KeySource::Renewal::UnderWay);
    QTRY_VERIFY(rig.has("second"));
    const std::size_t before = rig.provider.count(keysUrl);
    for (int i = 0; i < 1000; ++i) {
        now += std::chrono::milliseconds(59);
        QCOMPARE(rig.keys->renew(now), KeySource::Renewal::Nothing);
    }
    QCOMPARE(rig.provider.count(keysUrl), before);
    rig.provider.put(keysUrl, setOf("third"));
    now += std::chrono::milliseconds(1'000);
    QCOMPARE(rig.keys->renew(now), KeySource::Renewal::UnderWay);
    QTRY_VERIFY(rig.has("third"));
    // A clock that was set back does not end renewal for as long as it lags.
    rig.provider.put(keysUrl, setOf("fourth"));
    QCOMPARE(rig.keys->renew(now - std::chrono::hours(24)), KeySource::Renewal::UnderWay);
    QTRY_VERIFY(rig.has("fourth"));
}

void TestOidcKeys::keys_afterAFailure_areFetchedAgainAndKeptMeanwhile()
{
    Rig rig;
    rig.provider.put(discoveryUrl, configurationOf(issuer, keysUrl));
    rig.provider.put(keysUrl, setOf("first"));
    rig.start();
    QTRY_VERIFY(rig.has("first"));
    rig.provider.put(keysUrl, R"({"keys":[]})");
    rig.keys->reload();
    QTRY_VERIFY(rig.failures.load() >= 3);
    QVERIFY(rig.has("first"));
    rig.provider.put(keysUrl, setOf("second"));
    QTRY_VERIFY(rig.has("second"));
}

void TestOidcKeys::keys_beforeTheFirstAnswer_areUnderWay()
{
    Rig rig;
    rig.provider.hold(true);
    rig.start();
    QVERIFY(rig.keys->keys() == nullptr);
    QCOMPARE(rig.keys->renew(std::chrono::milliseconds(1)), KeySource::Renewal::UnderWay);
    rig.provider.put(discoveryUrl, configurationOf(issuer, keysUrl));
    rig.provider.put(keysUrl, setOf("first"));
    rig.provider.hold(false);
    QTRY_VERIFY(rig.has("first"));
    // Ends while it waits for an answer.
    rig.provider.hold(true);
    rig.keys->reload();
    rig.keys.reset();
}

void TestOidcKeys::discovery_misleading_isRefused_data()
{
    QTest::addColumn<QByteArray>("document");
    const auto row = [](const char *name, const std::string &document) { QTest::newRow(name) << QByteArray::fromStdString(document); };
    row("another issuer", configurationOf("https://evil.example", keysUrl));
    row("issuer with a slash more", configurationOf(issuer + "/", keysUrl));
    row("issuer twice", R"({"issuer":"https://evil.example",)" + configurationOf(issuer, keysUrl).substr(1));
    row("no issuer", R"({"jwks_uri":"https://keys.example/jwks"})");
    row("no jwks_uri", R"({"issuer":"https://id.example/realm"})");
    row("jwks_uri without TLS", configurationOf(issuer, "http://keys.example/jwks"));
    row("jwks_uri on this machine", configurationOf(issuer, "http://127.0.0.1/jwks"));
    row("jwks_uri on this machine with TLS", configurationOf(issuer, "https://localhost/jwks"));
    row("jwks_uri as file", configurationOf(issuer, "file:///etc/passwd"));
    row("jwks_uri with user", configurationOf(issuer, "https://a@keys.example/jwks"));
    row("no JSON", "<html>Sign in</html>");
    row("list", "[]");
    row("empty", "");
}

void TestOidcKeys::discovery_misleading_isRefused()
{
    QFETCH(QByteArray, document);
    Rig rig;
    rig.provider.put(discoveryUrl, document.toStdString());
    for (const char *url : {"https://keys.example/jwks", "http://keys.example/jwks", "http://127.0.0.1/jwks", "https://localhost/jwks"}) {
        rig.provider.put(url, setOf("evil"));
    }
    rig.start();
    QTRY_VERIFY(rig.failures.load() >= 2);
    QVERIFY(rig.keys->keys() == nullptr);
    QVERIFY(rig.provider.count(discoveryUrl) >= 2);
    const std::lock_guard lock(rig.provider.mutex);
    for (const std::string &asked : rig.provider.asked) {
        QCOMPARE(asked, discoveryUrl);
    }
}

void TestOidcKeys::issuer_notFetchable_isRefused()
{
    Rig rig;
    for (const char *bad : {"id.example", "http://id.example", "https://id.example/?a=b"}) {
        Server::OidcSettings settings;
        settings.issuer = bad;
        QVERIFY(!Server::OidcKeys::make(settings, std::make_unique<ScriptedFetcher>(rig.provider), rig.log));
    }
}

void TestOidcKeys::fetch_answer_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("isTaken");
    QTest::newRow("good") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") << true;
    QTest::newRow("chunked") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n") << true;
    QTest::newRow("until the end") << QByteArray("HTTP/1.1 200 OK\r\n\r\n{}") << true;
    QTest::newRow("not found") << QByteArray("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}") << false;
    QTest::newRow("no content") << QByteArray("HTTP/1.1 204 No Content\r\n\r\n") << false;
    QTest::newRow("cut off") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}") << false;
    QTest::newRow("two lengths") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}") << false;
    QTest::newRow("no HTTP") << QByteArray("220 mail ready\r\n") << false;
    QTest::newRow("a body too long") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + QByteArray(1001, ' ')) << false;
    QTest::newRow("a body too long, chunked") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                                                            QByteArray(1001, ' ') + "\r\n0\r\n\r\n")
                                              << false;
    QTest::newRow("a header too long") << QByteArray("HTTP/1.1 200 OK\r\nX: " + QByteArray(20'000, 'x') + "\r\n\r\n") << false;
    for (const char *status : {"301", "302", "303", "307", "308"}) {
        QTest::newRow(("redirect " + std::string(status)).c_str()) << QByteArray("HTTP/1.1 ") + status + " Moved" << false;
    }
}

void TestOidcKeys::fetch_answer()
{
    QFETCH(QByteArray, answer);
    QFETCH(bool, isTaken);
    FixedServer<QTcpServer> other("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    QVERIFY(other.isListening);
    if (answer.endsWith(" Moved")) {
        answer += "\r\nLocation: " + QByteArray::fromStdString(other.url("http")) + "\r\nContent-Length: 0\r\n\r\n";
    }
    FixedServer<QTcpServer> server(answer);
    QVERIFY(server.isListening);
    Server::FetchLimits limits;
    limits.bodyBytesMax = 1000;
    const auto fetched = fetchFrom(server.url("http"), limits);
    QVERIFY2(fetched.has_value() == isTaken, fetched ? fetched->c_str() : fetched.error().detail.c_str());
    QVERIFY(server.request.startsWith("GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:"));
    QVERIFY(!server.request.contains("Authorization"));
    QVERIFY(other.request.isEmpty());
    if (isTaken) {
        QCOMPARE(*fetched, std::string("{}"));
    }
}

void TestOidcKeys::fetch_silentServer_endsInTime()
{
    FixedServer<QTcpServer> server({});
    QVERIFY(server.isListening);
    Server::FetchLimits limits;
    limits.timeout = std::chrono::milliseconds(200);
    const auto fetched = fetchFrom(server.url("http"), limits);
    QVERIFY(!fetched);
    QVERIFY2(fetched.error().detail.find("no answer in time") != std::string::npos, fetched.error().detail.c_str());
}

void TestOidcKeys::fetch_cancelled_endsAtOnce()
{
    FixedServer<QTcpServer> server({});
    QVERIFY(server.isListening);
    Server::HttpFetcher fetcher;
    const auto url = HttpUrl::parse(server.url("http"));
    auto fetched = std::async(std::launch::async, [&] { return fetcher.get(*url); });
    QTRY_VERIFY(!server.request.isEmpty());
    fetcher.cancel();
    QVERIFY(!fetched.get());
    QVERIFY(!fetcher.get(*url));
}

void TestOidcKeys::fetch_overTls_needsAGoodCertificate_data()
{
    QTest::addColumn<QByteArray>("names");
    QTest::addColumn<int>("days");
    QTest::addColumn<bool>("isTrusted");
    QTest::addColumn<QByteArray>("scheme");
    QTest::addColumn<bool>("isTaken");
    QTest::newRow("good") << QByteArray("IP:127.0.0.1") << 1 << true << QByteArray("https") << true;
    QTest::newRow("nobody vouches") << QByteArray("IP:127.0.0.1") << 1 << false << QByteArray("https") << false;
    QTest::newRow("another name") << QByteArray("DNS:id.example,IP:127.0.0.2") << 1 << true << QByteArray("https") << false;
    QTest::newRow("expired") << QByteArray("IP:127.0.0.1") << -1 << true << QByteArray("https") << false;
    QTest::newRow("plain to a TLS server") << QByteArray("IP:127.0.0.1") << 1 << true << QByteArray("http") << false;
}

void TestOidcKeys::fetch_overTls_needsAGoodCertificate()
{
    QFETCH(QByteArray, names);
    QFETCH(int, days);
    QFETCH(bool, isTrusted);
    QFETCH(QByteArray, scheme);
    QFETCH(bool, isTaken);
    const Test::Certificate certificate = Test::Certificate::make(names.toStdString(), days);
    QTemporaryDir folder;
    QFile authorities(folder.filePath(QStringLiteral("authorities.pem")));
    QVERIFY(authorities.open(QIODevice::WriteOnly));
    authorities.write(QByteArray::fromStdString(isTrusted ? certificate.pem : Test::Certificate::make("DNS:other.example").pem));
    authorities.close();
    qputenv("SSL_CERT_FILE", authorities.fileName().toUtf8());
    qputenv("SSL_CERT_DIR", folder.path().toUtf8());
    FixedServer<QSslServer> server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificate(QSslCertificate(QByteArray::fromStdString(certificate.pem)));
    tls.setPrivateKey(QSslKey(QByteArray::fromStdString(certificate.keyPem), QSsl::Ec));
    server.setSslConfiguration(tls);
    QVERIFY(server.isListening);
    Server::FetchLimits limits;
    limits.timeout = std::chrono::milliseconds(isTaken ? 10'000 : 2'000);
    const auto fetched = fetchFrom(server.url(scheme.toStdString()), limits);
    qunsetenv("SSL_CERT_FILE");
    qunsetenv("SSL_CERT_DIR");
    QVERIFY2(fetched.has_value() == isTaken, fetched ? "it was taken" : fetched.error().detail.c_str());
    // Nothing is asked of a server that could be anybody.
    QCOMPARE(server.request.isEmpty(), !isTaken);
}

QTEST_GUILESS_MAIN(TestOidcKeys)
#include "tst_oidckeys.moc"
