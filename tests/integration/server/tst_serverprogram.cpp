// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: the program itself: it starts, says where, dies cleanly, and a kill between commit and answer changes nothing for the device (F3).
// Method: the real program in a process of its own, a store in a temporary folder, failpoints.

#include "serverrig.h"
#include "support/certificate.h"
#include "support/eventwait.h"
#include "support/signingkey.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace Satchel;
using namespace Satchel::Test;

class TestServerProgram : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void help_leadsWithExamples();
    void arguments_wrong_exitWith2();
    void address_notLoopback_isRefused();
    void ephemeral_printsUrl_andStopsAtSigterm();
    void policies_wrong_exitWith3AndNameTheMember();
    void policies_changedBeforeSighup_areInForce_aWrongFileIsNot();
    void jwks_changedBeforeSighup_isFollowed();
    void jwks_withDevelopmentTokensForOthers_isRefused();
    void tls_letsOthersIn_butNotWithDevelopmentTokens();
    void compact_youngHistory_leavesItAndServesAsBefore();
    void kill_betweenCommitAndAnswer_givesTheSameAnswerLater();
    void kill_atAnyMoment_losesNothingAcknowledged();

private:
    struct Running {
        std::unique_ptr<QProcess> process;
        QUrl url;
    };
    Running start(const QStringList &arguments, const QString &failpoint = {});
    int exitCodeOf(const QStringList &arguments, QByteArray *errors = nullptr);
    QString token(const QUrl &url, const char *role = "user");
    /// Waits for the end, while sockets of this process go on answering: the server waits for them.
    static bool hasEnded(const QProcess &process)
    {
        return waitUntil([&process] { return process.state() == QProcess::NotRunning; }, 10'000);
    }
    HttpCaller m_http;
};

TestServerProgram::Running TestServerProgram::start(const QStringList &arguments, const QString &failpoint)
{
    Running running{std::make_unique<QProcess>(), {}};
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (!failpoint.isEmpty()) {
        environment.insert(QStringLiteral("SATCHEL_FAILPOINT"), failpoint);
    }
    running.process->setProcessEnvironment(environment);
    running.process->start(QStringLiteral(SATCHEL_SERVER_PROGRAM), arguments);
    if (running.process->waitForReadyRead(20'000)) {
        running.url = QUrl(QString::fromUtf8(running.process->readLine().trimmed()));
    }
    return running;
}

int TestServerProgram::exitCodeOf(const QStringList &arguments, QByteArray *errors)
{
    QProcess process;
    process.start(QStringLiteral(SATCHEL_SERVER_PROGRAM), arguments);
    const bool hasEnded = process.waitForFinished(20'000);
    if (errors != nullptr) {
        *errors = process.readAllStandardError();
    }
    return hasEnded ? process.exitCode() : -1;
}

QString TestServerProgram::token(const QUrl &url, const char *role)
{
    QUrl address = url;
    address.setPath(QStringLiteral("/v1/dev/token"));
    const QByteArray asked = QByteArray(R"({"sub":"dev","roles":[")") + role + "\"]}";
    const QByteArray body = m_http.post(address, asked, "application/json").body;
    const qsizetype begin = body.indexOf("\"token\":\"") + 9;
    return QString::fromUtf8(body.mid(begin, body.indexOf('"', begin) - begin));
}

void TestServerProgram::help_leadsWithExamples()
{
    QProcess process;
    process.start(QStringLiteral(SATCHEL_SERVER_PROGRAM), {QStringLiteral("--help")});
    QVERIFY(process.waitForFinished(20'000));
    const QByteArray text = process.readAllStandardOutput();
    QCOMPARE(process.exitCode(), 0);
    QVERIFY(text.indexOf("Examples") < text.indexOf("--port N"));
}

void TestServerProgram::arguments_wrong_exitWith2()
{
    QByteArray errors;
    QCOMPARE(exitCodeOf({QStringLiteral("--prot"), QStringLiteral("1")}, &errors), 2);
    QVERIFY(errors.contains("--prot"));
}

void TestServerProgram::address_notLoopback_isRefused()
{
    QByteArray errors;
    QVERIFY(exitCodeOf({QStringLiteral("--ephemeral"), QStringLiteral("--address"), QStringLiteral("0.0.0.0")}, &errors) > 0);
    QVERIFY(errors.contains("--insecure-allow-remote"));
}

void TestServerProgram::ephemeral_printsUrl_andStopsAtSigterm()
{
    Running server = start({QStringLiteral("--ephemeral"), QStringLiteral("--log-level"), QStringLiteral("info")});
    QVERIFY(server.url.isValid());
    WebSocketDevice device(1);
    QVERIFY(device.open(server.url, token(server.url)));
    QVERIFY(device.push({device.put("notes", "canary-key-4711", {{"canary-field", "canary-value"}})}));
    server.process->terminate();
    const auto notice = device.await<Wire::Notice>();
    QVERIFY(notice);
    QCOMPARE(notice->kind, Wire::NoticeKind::ShuttingDown);
    QVERIFY(hasEnded(*server.process));
    QCOMPARE(server.process->exitStatus(), QProcess::NormalExit);
    QCOMPARE(server.process->exitCode(), 0);
    const QByteArray log = server.process->readAllStandardError();
    QVERIFY(log.contains("\"event\":\"stopped\""));
    QVERIFY(!log.contains("canary"));
}

void TestServerProgram::policies_wrong_exitWith3AndNameTheMember()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("policies.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"version":1,"collections":{"notes":{"conflict":"mine"}}})");
    file.close();
    QByteArray errors;
    QCOMPARE(exitCodeOf({QStringLiteral("--ephemeral"), QStringLiteral("--policies"), file.fileName()}, &errors), 3);
    QVERIFY(errors.contains("collections.notes.conflict"));
}

void TestServerProgram::policies_changedBeforeSighup_areInForce_aWrongFileIsNot()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("policies.json"));
    const auto publish = [&path](const QByteArray &text) {
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    };
    QVERIFY(publish(R"({"version": 1, "collections": {"notes": {}}})"));
    Running server =
        start({QStringLiteral("--ephemeral"), QStringLiteral("--policies"), path, QStringLiteral("--log-level"), QStringLiteral("info")});
    QVERIFY(server.url.isValid());
    const auto reload = [&server] { return ::kill(static_cast<pid_t>(server.process->processId()), SIGHUP) == 0; };
    QByteArray log;
    const auto hasLogged = [&](const char *text) { return (log += server.process->readAllStandardError()).contains(text); };
    QUrl list = server.url;
    list.setPath(QStringLiteral("/satchel.v1.Users/List"));
    const QString support = token(server.url, "support");
    const auto statusOfList = [&] { return m_http.post(list, "{}", "application/json", support).status; };
    QCOMPARE(statusOfList(), 200);
    WebSocketDevice device(1);
    QVERIFY(device.open(server.url, token(server.url)));
    QCOMPARE(device.welcome->policies->version(), 1U);

    QVERIFY(publish(R"({"version": 2, "collections": {"notes": {"conflict": "manual"}}, "quotas": {"documents": 1},
                        "access": [{"name": "audit only", "roles": "auditor", "actions": "audit"}]})"));
    QVERIFY(reload());
    const auto notice = device.await<Wire::Notice>();
    QVERIFY(notice && notice->policies);
    QCOMPARE(notice->kind, Wire::NoticeKind::PolicyChanged);
    QCOMPARE(notice->policies->version(), 2U);
    QCOMPARE(notice->policies->of("notes").conflict, Core::ConflictRule::Manual);
    QCOMPARE(statusOfList(), 403);
    const auto pushed = device.push({device.put("notes", "a", {{"f", "1"}}), device.put("notes", "b", {{"f", "2"}})});
    QVERIFY(pushed && pushed->settled.size() == 1 && pushed->settled.front().refusal);
    QCOMPARE(pushed->settled.front().refusal->reason, Core::ErrorReason::QuotaExceeded);

    QVERIFY(publish("{\"version\": 3,\n \"collections\":\n  {\"notes\": {\"conflict\": \"mine\"}}}"));
    QVERIFY(reload());
    QTRY_VERIFY2(hasLogged("the policy file was not taken, the policies before stay"), log.constData());
    QVERIFY2(log.contains("line 3, column 26: collections.notes.conflict"), log.constData());
    QCOMPARE(statusOfList(), 403);
    WebSocketDevice other(2);
    QVERIFY(other.open(server.url, token(server.url)));
    QCOMPARE(other.welcome->policies->version(), 2U);
    QVERIFY(device.isOpen() && !device.hasFrame());
    server.process->terminate();
    QVERIFY(hasEnded(*server.process));
}

void TestServerProgram::jwks_changedBeforeSighup_isFollowed()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("keys.json"));
    const auto publish = [&path](const SigningKey &key) {
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(QByteArray::fromStdString(jwkSet({key.jwk()}))) > 0;
    };
    const SigningKey first(SigningKey::Kind::P256, "k1");
    const SigningKey second(SigningKey::Kind::P256, "k1");
    QVERIFY(publish(first));
    Running server =
        start({QStringLiteral("--ephemeral"), QStringLiteral("--jwks"), path, QStringLiteral("--issuer"), QStringLiteral("i")});
    QVERIFY(server.url.isValid());
    const auto statusOf = [&](const SigningKey &key) {
        const std::int64_t now = Server::SystemClock().now().count() / 1000;
        const std::string claims = R"({"iss":"i","aud":"satchel","sub":"op","tenant":"t","roles":["support"],"iat":)" +
                                   std::to_string(now) + R"(,"exp":)" + std::to_string(now + 600) + "}";
        const std::string signedToken = key.sign("ES256", R"({"alg":"ES256","kid":"k1"})", claims);
        QUrl url = server.url;
        url.setPath(QStringLiteral("/satchel.v1.Users/List"));
        return m_http.post(url, "{}", "application/json", QString::fromStdString(signedToken)).status;
    };
    QCOMPARE(statusOf(first), 200);
    QCOMPARE(statusOf(second), 401);
    QUrl development = server.url;
    development.setPath(QStringLiteral("/v1/dev/token"));
    QCOMPARE(m_http.get(development).status, 404);
    QVERIFY(publish(second));
    QCOMPARE(::kill(static_cast<pid_t>(server.process->processId()), SIGHUP), 0);
    QTRY_COMPARE(statusOf(second), 200);
    QCOMPARE(statusOf(first), 401);
    server.process->terminate();
    QVERIFY(hasEnded(*server.process));
    QCOMPARE(server.process->exitCode(), 0);
}

void TestServerProgram::jwks_withDevelopmentTokensForOthers_isRefused()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("keys.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(jwkSet({SigningKey(SigningKey::Kind::P256, "k1").jwk()})));
    file.close();
    QByteArray errors;
    const QStringList arguments{
        QStringLiteral("--ephemeral"), QStringLiteral("--jwks"),    file.fileName(),           QStringLiteral("--issuer"),
        QStringLiteral("i"),           QStringLiteral("--address"), QStringLiteral("0.0.0.0"), QStringLiteral("--insecure-allow-remote")};
    QCOMPARE(exitCodeOf(arguments + QStringList{QStringLiteral("--dev")}, &errors), 3);
    QVERIFY2(errors.contains("leave out --dev"), errors.constData());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"keys":[{"kty":"oct","k":"AAAA"}]})");
    file.close();
    QCOMPARE(exitCodeOf(arguments, &errors), 3);
    QVERIFY2(errors.contains("no usable key"), errors.constData());
}

void TestServerProgram::tls_letsOthersIn_butNotWithDevelopmentTokens()
{
    QTemporaryDir folder;
    const auto write = [&folder](const char *name, const std::string &text) {
        QFile file(folder.filePath(QLatin1String(name)));
        return file.open(QIODevice::WriteOnly) && file.write(QByteArray::fromStdString(text)) > 0 ? file.fileName() : QString();
    };
    const Certificate certificate = Certificate::make("IP:127.0.0.1");
    QStringList arguments{QStringLiteral("--ephemeral"), QStringLiteral("--address"), QStringLiteral("0.0.0.0"),
                          QStringLiteral("--tls-cert"), write("cert.pem", certificate.pem)};
    QByteArray errors;
    QCOMPARE(exitCodeOf(arguments, &errors), 2);
    QVERIFY2(errors.contains("go together"), errors.constData());
    arguments << QStringLiteral("--tls-key") << write("key.pem", certificate.keyPem);
    QCOMPARE(exitCodeOf(arguments, &errors), 3);
    QVERIFY2(errors.contains("--oidc-issuer"), errors.constData());
    arguments << QStringLiteral("--jwks") << write("keys.json", jwkSet({SigningKey(SigningKey::Kind::P256, "k1").jwk()}))
              << QStringLiteral("--issuer") << QStringLiteral("i");
    Running server = start(arguments);
    QCOMPARE(server.url.scheme(), QStringLiteral("https"));
    server.process->terminate();
    QVERIFY(hasEnded(*server.process));
    QCOMPARE(server.process->exitCode(), 0);
}

void TestServerProgram::compact_youngHistory_leavesItAndServesAsBefore()
{
    QTemporaryDir folder;
    const QStringList data{QStringLiteral("--data"), folder.filePath(QStringLiteral("data"))};
    const QStringList compact = QStringList{QStringLiteral("compact")} + data;
    QByteArray errors;
    QCOMPARE(exitCodeOf(compact, &errors), 3);
    QVERIFY2(errors.contains("there is no store"), errors.constData());
    QCOMPARE(exitCodeOf({QStringLiteral("compact"), QStringLiteral("--ephemeral")}, &errors), 2);
    WebSocketDevice device(1);
    const Core::Mutation write = device.put("notes", "a", {{"title", "1"}});
    for (int run = 0; run < 2; ++run) {
        Running server = start(data);
        QVERIFY(device.open(server.url, token(server.url)));
        QVERIFY(device.push({write}));
        server.process->terminate();
        QVERIFY(hasEnded(*server.process));
        QCOMPARE(exitCodeOf(compact, &errors), 0);
    }
    QCOMPARE(device.welcome->head, 1U);
}

void TestServerProgram::kill_betweenCommitAndAnswer_givesTheSameAnswerLater()
{
    QTemporaryDir folder;
    const QStringList arguments{QStringLiteral("--data"), folder.filePath(QStringLiteral("data")), QStringLiteral("--test-failpoints")};
    WebSocketDevice device(1);
    Core::Mutation first = device.put("notes", "a", {{"title", "1"}});
    Core::Mutation second = device.put("notes", "b", {{"title", "2"}});
    second.stamp = Core::Hlc::fromParts(second.stamp.milliseconds() + 7'200'000, 0);
    Core::Mutation refused = device.put("BAD", "c", {{"title", "3"}});
    {
        // The first passing is the Hello's commit, the second the push's.
        Running server = start(arguments, QStringLiteral("after_commit_before_answer:2"));
        QVERIFY(server.url.isValid());
        QVERIFY(device.open(server.url, token(server.url)));
        device.send(Wire::Push{1, {first, second, refused}});
        QVERIFY(!device.await<Wire::Pushed>(2000));
        QVERIFY(hasEnded(*server.process));
        QCOMPARE(server.process->exitStatus(), QProcess::CrashExit);
    }
    Running server = start(arguments);
    QVERIFY(server.url.isValid());
    QVERIFY(device.open(server.url, token(server.url)));
    QCOMPARE(device.welcome->acceptedThrough, 3U);
    QCOMPARE(device.welcome->head, 2U);
    const auto pushed = device.push({first, second, refused});
    QVERIFY(pushed);
    QCOMPARE(pushed->acceptedThrough, 3U);
    QCOMPARE(pushed->seqs, (std::vector<std::uint64_t>{1, 2, 0}));
    QCOMPARE(pushed->settled.size(), std::size_t(2));
    QVERIFY(pushed->settled[0].stamp && pushed->settled[1].refusal);
    const auto again = device.push({first, second, refused});
    QVERIFY(again->settled == pushed->settled);
    server.process->terminate();
    QVERIFY(hasEnded(*server.process));
}

void TestServerProgram::kill_atAnyMoment_losesNothingAcknowledged()
{
    QTemporaryDir folder;
    const QStringList arguments{QStringLiteral("--data"), folder.filePath(QStringLiteral("data"))};
    WebSocketDevice device(1);
    std::uint64_t acknowledged = 0;
    std::vector<Core::Mutation> outbox;
    for (int round = 0; round < 8; ++round) {
        Running server = start(arguments);
        QVERIFY(server.url.isValid());
        QVERIFY(device.open(server.url, token(server.url)));
        QVERIFY(device.welcome->acceptedThrough >= acknowledged);
        for (int i = 0; i < 40; ++i) {
            outbox.push_back(device.put("notes", "k" + std::to_string(device.counter % 7), {{"title", std::to_string(i)}}));
        }
        for (const Core::Mutation &mutation : outbox) {
            device.send(Wire::Push{mutation.dot.counter, {mutation}});
        }
        for (int answers = 0; answers < 3 + round * 4; ++answers) {
            const auto pushed = device.await<Wire::Pushed>();
            QVERIFY(pushed);
            QVERIFY(pushed->acceptedThrough >= pushed->pushId);
            acknowledged = std::max(acknowledged, pushed->acceptedThrough);
        }
        server.process->kill();
        QVERIFY(hasEnded(*server.process));
        std::erase_if(outbox, [acknowledged](const Core::Mutation &mutation) { return mutation.dot.counter <= acknowledged; });
        QVERIFY(device.awaitClosed());
    }
    Running server = start(arguments);
    QVERIFY(device.open(server.url, token(server.url)));
    QVERIFY(device.welcome->acceptedThrough >= acknowledged);
    QCOMPARE(device.welcome->head, device.welcome->acceptedThrough);
    server.process->terminate();
    QVERIFY(hasEnded(*server.process));
}

QTEST_GUILESS_MAIN(TestServerProgram)
#include "tst_serverprogram.moc"
