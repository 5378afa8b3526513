// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a server takes the tokens of a real OpenID provider, follows its keys as they change, and outlives it.
// Method: the npm package oauth2-mock-server as a process on loopback, beside a server in this process whose clock the test holds. Skipped
// where npm does not bring the package.

#include "npmpackages.h"
#include "serverrig.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;

class TestOidcProvider : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void token_ofProvider_opensBothCarriersAndAdminCalls();
    void token_expiredOrOfOtherAudience_isRefused();
    void keys_rotatedWhileRunning_areFollowed();
    void keys_ofProviderThatIsGone_stay();

private:
    /// What the provider answers; empty if it does not.
    QString ask(const QJsonObject &command);
    QString token(QJsonObject claims = {});
    HttpResult listUsers(const QString &token);
    /// Waits until the token gets this status; a server that fetches keys asks for patience.
    bool awaitStatus(const QString &token, int status);

    std::unique_ptr<QProcess> m_provider;
    std::unique_ptr<ServerRig> m_rig;
    HttpCaller m_http;
};

namespace {

// The last version for Node.js 18, which Debian 12 has.
const QString package = QStringLiteral("oauth2-mock-server@7.2.1");

QString folder()
{
    return QStringLiteral(SATCHEL_BINARY_DIR "/oidcprovider");
}

}  // namespace

void TestOidcProvider::initTestCase()
{
    if (!haveNpmPackages(folder(), {package})) {
        QSKIP("npm did not bring oauth2-mock-server, the OpenID provider that this test runs against.");
    }
}

void TestOidcProvider::init()
{
    m_provider = std::make_unique<QProcess>();
    m_provider->start(QStringLiteral("node"), {QStringLiteral(SATCHEL_SOURCE_DIR "/tests/integration/server/oidcprovider.js"), folder()});
    QVERIFY(QTest::qWaitFor([this] { return m_provider->canReadLine() || m_provider->state() == QProcess::NotRunning; }, 20'000));
    const std::string issuer = m_provider->readLine().trimmed().toStdString();
    Server::ServerOptions options;
    options.identity.oidcIssuer = issuer;
    m_rig = std::make_unique<ServerRig>(options);
    QCOMPARE(m_rig->start(), QString());
    QTRY_COMPARE(m_http.get(m_rig->url(QStringLiteral("/readyz"))).status, 200);
}

void TestOidcProvider::cleanup()
{
    m_rig.reset();
    if (m_provider) {
        m_provider->closeWriteChannel();
        if (!m_provider->waitForFinished(5'000)) {
            m_provider->kill();
            m_provider->waitForFinished();
        }
        m_provider.reset();
    }
}

QString TestOidcProvider::ask(const QJsonObject &command)
{
    m_provider->write(QJsonDocument(command).toJson(QJsonDocument::Compact) + '\n');
    const bool hasAnswered = QTest::qWaitFor([this] { return m_provider->canReadLine(); }, 20'000);
    return hasAnswered ? QString::fromUtf8(m_provider->readLine().trimmed()) : QString();
}

QString TestOidcProvider::token(QJsonObject claims)
{
    QJsonObject all{{QStringLiteral("sub"), QStringLiteral("alice")},
                    {QStringLiteral("tenant"), QStringLiteral("default")},
                    {QStringLiteral("aud"), QStringLiteral("satchel")},
                    {QStringLiteral("roles"), QJsonDocument::fromJson(R"(["user","support"])").array()}};
    for (auto claim = claims.begin(); claim != claims.end(); ++claim) {
        all.insert(claim.key(), claim.value());
    }
    return ask({{QStringLiteral("do"), QStringLiteral("token")}, {QStringLiteral("claims"), all}});
}

HttpResult TestOidcProvider::listUsers(const QString &token)
{
    return m_http.post(m_rig->url(QStringLiteral("/satchel.v1.Users/List")), "{}", "application/json", token);
}

bool TestOidcProvider::awaitStatus(const QString &token, int status)
{
    return QTest::qWaitFor(
               [&] {
                   const int now = listUsers(token).status;
                   return now == status || now != 503;
               },
               20'000) &&
           listUsers(token).status == status;
}

void TestOidcProvider::token_ofProvider_opensBothCarriersAndAdminCalls()
{
    const QString good = token();
    QCOMPARE(listUsers(good).status, 200);
    WebSocketDevice device(1);
    QVERIFY(device.open(m_rig->url(), good));
    QVERIFY(device.push({device.put("notes", "k", {{"title", "x"}})}));
    const auto frames = m_http.sync(m_rig->url(), Wire::SyncRequest{{}, {WebSocketDevice(2).hello()}, {}}, good);
    QVERIFY(!frames.empty() && std::holds_alternative<Wire::Welcome>(frames.front()));
    // The server's own tokens are not taken beside a provider's, and not given.
    QCOMPARE(listUsers(m_rig->token("alice", {"support"})).status, 401);
    QCOMPARE(m_http.get(m_rig->url(QStringLiteral("/v1/dev/token"))).status, 404);
}

void TestOidcProvider::token_expiredOrOfOtherAudience_isRefused()
{
    const qint64 now = m_rig->clock.now().count() / 1000;
    const HttpResult expired = listUsers(token({{QStringLiteral("exp"), now - 61}}));
    QCOMPARE(expired.status, 401);
    QVERIFY2(expired.body.contains("TOKEN_EXPIRED"), expired.body.constData());
    const QString good = token();
    QCOMPARE(listUsers(good).status, 200);
    m_rig->clock.advance(std::chrono::seconds(3600 + 61));
    QVERIFY(listUsers(good).body.contains("TOKEN_EXPIRED"));
    m_rig->clock.advance(std::chrono::seconds(-3600 - 61));
    const HttpResult other = listUsers(token({{QStringLiteral("aud"), QStringLiteral("another")}}));
    QCOMPARE(other.status, 401);
    QVERIFY(other.body.contains("TOKEN_INVALID") && other.body.contains("audience"));
}

void TestOidcProvider::keys_rotatedWhileRunning_areFollowed()
{
    const auto rotate = [this](const char *algorithm, const char *kid, bool isOldWithdrawn) {
        return ask({{QStringLiteral("do"), QStringLiteral("rotate")},
                    {QStringLiteral("alg"), QLatin1String(algorithm)},
                    {QStringLiteral("kid"), QLatin1String(kid)},
                    {QStringLiteral("withdraw"), isOldWithdrawn}});
    };
    const QString first = token();
    QCOMPARE(listUsers(first).status, 200);
    QCOMPARE(rotate("ES256", "k2", false), QStringLiteral("k2"));
    const QString second = token();
    QVERIFY(awaitStatus(second, 200));
    QCOMPARE(listUsers(first).status, 200);
    // Another change within the minute waits for the minute to end.
    QCOMPARE(rotate("EdDSA", "k3", true), QStringLiteral("k3"));
    const QString third = token();
    QVERIFY(awaitStatus(third, 401));
    m_rig->clock.advance(std::chrono::minutes(1));
    QVERIFY(awaitStatus(third, 200));
    QCOMPARE(listUsers(second).status, 401);
    QCOMPARE(listUsers(first).status, 401);
    // A withdrawn key is not looked for a second time within the minute; the operator may ask at any time.
    QCOMPARE(rotate("PS256", "k4", true), QStringLiteral("k4"));
    const QString fourth = token();
    QVERIFY(awaitStatus(fourth, 401));
    m_rig->server().reload();
    QVERIFY(awaitStatus(fourth, 200));
}

void TestOidcProvider::keys_ofProviderThatIsGone_stay()
{
    const QString good = token();
    QCOMPARE(listUsers(good).status, 200);
    m_provider->kill();
    QVERIFY(m_provider->waitForFinished());
    m_rig->server().reload();
    QCOMPARE(listUsers(good).status, 200);
    QCOMPARE(m_http.get(m_rig->url(QStringLiteral("/readyz"))).status, 200);
}

QTEST_GUILESS_MAIN(TestOidcProvider)
#include "tst_oidcprovider.moc"
