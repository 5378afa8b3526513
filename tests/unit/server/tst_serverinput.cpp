// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what people and files tell the server is read strictly, and a mistake is named.
// Method: tables over the command line, the policy file, page tokens and log lines.

#include "server-stub/admin/pagetoken.h"
#include "server-stub/ops/commandline.h"
#include "server-stub/ops/policyfile.h"

#include <QTest>

#include <algorithm>

using namespace Satchel;

class TestServerInput : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void commandLine_arguments_data();
    void commandLine_arguments();
    void commandLine_failpoint_needsItsFlag();
    void policies_wellFormed_areTaken();
    void policies_wrongMember_isNamed_data();
    void policies_wrongMember_isNamed();
    void pageToken_ofOtherQuery_isRefused();
    void pageToken_changedAnywhere_isRefused();
    void log_hostileField_staysOneLine();
};

void TestServerInput::commandLine_arguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<bool>("isTaken");
    QTest::newRow("none") << QStringList{} << true;
    QTest::newRow("all") << QStringList{QStringLiteral("--port"),
                                        QStringLiteral("8080"),
                                        QStringLiteral("--address=127.0.0.1"),
                                        QStringLiteral("--data"),
                                        QStringLiteral("d"),
                                        QStringLiteral("--key-file"),
                                        QStringLiteral("k"),
                                        QStringLiteral("--log-level"),
                                        QStringLiteral("info"),
                                        QStringLiteral("--threads"),
                                        QStringLiteral("2")}
                         << true;
    QTest::newRow("ephemeral") << QStringList{QStringLiteral("--ephemeral")} << true;
    QTest::newRow("ephemeral with data") << QStringList{QStringLiteral("--ephemeral"), QStringLiteral("--data"), QStringLiteral("d")}
                                         << false;
    QTest::newRow("port too high") << QStringList{QStringLiteral("--port"), QStringLiteral("65536")} << false;
    QTest::newRow("port no number") << QStringList{QStringLiteral("--port"), QStringLiteral("80a")} << false;
    QTest::newRow("port negative") << QStringList{QStringLiteral("--port"), QStringLiteral("-1")} << false;
    QTest::newRow("value missing") << QStringList{QStringLiteral("--port")} << false;
    QTest::newRow("unknown") << QStringList{QStringLiteral("--prot"), QStringLiteral("1")} << false;
    QTest::newRow("positional") << QStringList{QStringLiteral("serve")} << false;
    QTest::newRow("flag with value") << QStringList{QStringLiteral("--ephemeral=yes")} << false;
    const auto row = [](const char *arguments, bool isTaken) {
        QTest::newRow(arguments) << QString::fromLatin1(arguments).split(u' ') << isTaken;
    };
    row("--dev", true);
    row("--jwks k.json --issuer https://id.example", true);
    row("--jwks k.json --issuer i --audience a --claim-user email --claim-tenant /a/b --claim-roles scope --default-role user", true);
    row("--jwks k.json --issuer i --tenant t --dev --dev-secret-file s", true);
    row("--oidc-issuer https://id.example/realms/a --audience a", true);
    row("--oidc-issuer http://127.0.0.1:8080", true);
    row("--oidc-issuer http://id.example", false);
    row("--oidc-issuer id.example", false);
    row("--oidc-issuer https://id.example --issuer https://id.example", false);
    row("--oidc-issuer https://id.example --jwks k.json", false);
    row("--tls-cert c.pem --tls-key k.pem", true);
    row("--tls-cert c.pem", false);
    row("--tls-key k.pem", false);
    row("--jwks k.json", false);
    row("--jwks= --issuer i", false);
    row("--issuer https://id.example", false);
    row("--audience a", false);
    row("--claim-user email", false);
    row("--jwks k.json --issuer i --default-role admin", false);
    row("--jwks k.json --issuer i --dev-secret-file s", false);
    QTest::newRow("log level") << QStringList{QStringLiteral("--log-level"), QStringLiteral("loud")} << false;
}

void TestServerInput::commandLine_arguments()
{
    QFETCH(QStringList, arguments);
    QFETCH(bool, isTaken);
    std::vector<std::string> given;
    for (const QString &argument : arguments) {
        given.push_back(argument.toStdString());
    }
    const auto parsed = Server::parseCommandLine(given, {});
    QCOMPARE(parsed.has_value(), isTaken);
    if (!parsed) {
        QVERIFY(parsed.error().detail.find("--") != std::string::npos || parsed.error().detail.find(given.front()) != std::string::npos);
    }
}

void TestServerInput::commandLine_failpoint_needsItsFlag()
{
    QVERIFY(Server::parseCommandLine({}, "after_commit_before_answer")->options.failpoint.empty());
    QCOMPARE(Server::parseCommandLine({"--test-failpoints"}, "after_commit_before_answer")->options.failpoint,
             std::string("after_commit_before_answer"));
}

void TestServerInput::policies_wellFormed_areTaken()
{
    const auto policies = Server::parsePolicies(
        R"({"version":3,"collections":{"notes":{"conflict":"manual"},"progress":{"consistency":"strong","sensitivity":"restricted","fields":{"n":"counter","t":"set","x":"register"}}}})");
    QVERIFY2(policies, policies ? "" : policies.error().detail.c_str());
    QCOMPARE(policies->version(), 3U);
    QCOMPARE(policies->of("notes").conflict, Core::ConflictRule::Manual);
    QCOMPARE(policies->of("progress").consistency, Core::Consistency::Strong);
    QCOMPARE(policies->of("progress").kindOf("n"), Core::FieldKind::Counter);
    QCOMPARE(policies->of("progress").fieldKinds.size(), std::size_t(2));
}

void TestServerInput::policies_wrongMember_isNamed_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("named");
    QTest::newRow("no JSON") << QByteArray("{") << QByteArray("the file");
    QTest::newRow("no version") << QByteArray(R"({"collections":{}})") << QByteArray("version");
    QTest::newRow("version 0") << QByteArray(R"({"version":0,"collections":{}})") << QByteArray("version");
    QTest::newRow("no collections") << QByteArray(R"({"version":1})") << QByteArray("collections");
    QTest::newRow("unknown top member") << QByteArray(R"({"version":1,"collection":{}})") << QByteArray("collection:");
    QTest::newRow("bad name") << QByteArray(R"({"version":1,"collections":{"Notes":{}}})") << QByteArray("collections.Notes");
    QTest::newRow("unknown member") << QByteArray(R"({"version":1,"collections":{"n":{"conflicts":"manual"}}})")
                                    << QByteArray("collections.n.conflicts");
    QTest::newRow("unknown rule") << QByteArray(R"({"version":1,"collections":{"n":{"conflict":"mine"}}})")
                                  << QByteArray("collections.n.conflict");
    QTest::newRow("unknown kind") << QByteArray(R"({"version":1,"collections":{"n":{"fields":{"f":"list"}}}})")
                                  << QByteArray("collections.n.fields.f");
    QTest::newRow("counter in last_writer")
        << QByteArray(R"({"version":1,"collections":{"n":{"conflict":"last_writer","fields":{"f":"counter"}}}})")
        << QByteArray("collections.n");
    QTest::newRow("duplicate") << QByteArray(R"({"version":1,"version":2,"collections":{}})") << QByteArray("the file");
}

void TestServerInput::policies_wrongMember_isNamed()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, named);
    const auto policies = Server::parsePolicies(json.toStdString());
    QVERIFY(!policies);
    QVERIFY2(policies.error().detail.find("policies: " + named.toStdString()) == 0, policies.error().detail.c_str());
}

void TestServerInput::pageToken_ofOtherQuery_isRefused()
{
    const Server::PageTokens tokens(std::string(32, 's'));
    const std::string token = tokens.seal({"Users/List", "tenant", "search"}, {"place", "two"});
    QCOMPARE(*tokens.open({"Users/List", "tenant", "search"}, token), (std::vector<std::string>{"place", "two"}));
    QVERIFY(tokens.open({"Users/List", "tenant", "search"}, {})->empty());
    QVERIFY(!tokens.open({"Users/List", "other", "search"}, token));
    QVERIFY(!tokens.open({"Users/List", "tenant", "searc", "h"}, token));
    QVERIFY(!tokens.open({"Conflicts/List", "tenant", "search"}, token));
    QVERIFY(!Server::PageTokens(std::string(32, 'x')).open({"Users/List", "tenant", "search"}, token));
}

void TestServerInput::pageToken_changedAnywhere_isRefused()
{
    const Server::PageTokens tokens(std::string(32, 's'));
    const std::string token = tokens.seal({"q"}, {"place"});
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        QVERIFY(!tokens.open({"q"}, changed));
    }
    QVERIFY(!tokens.open({"q"}, std::string(100'000, 'A')));
    QVERIFY(!tokens.open({"q"}, "A"));
}

void TestServerInput::log_hostileField_staysOneLine()
{
    std::string lines;
    const Server::SystemClock clock;
    Server::Log log(clock, Server::LogLevel::Info, [&lines](const std::string &line) { lines += line; });
    log.info("event", {{"field", "a\r\n{\"forged\":1}\x1b[31m\0" + std::string(100'000, 'x')}});
    QCOMPARE(std::count(lines.begin(), lines.end(), '\n'), 1);
    QVERIFY(lines.find('\x1b') == std::string::npos);
    QVERIFY(lines.size() < 2 * Server::Log::fieldBytesMax);
    log.write(Server::LogLevel::Debug, "not wanted");
    QCOMPARE(std::count(lines.begin(), lines.end(), '\n'), 1);
}

QTEST_GUILESS_MAIN(TestServerInput)
#include "tst_serverinput.moc"
