// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what people and files tell the server is read strictly, and a mistake is named.
// Method: tables over the policy file, page tokens and log lines.

#include "server-stub/admin/pagetoken.h"
#include "server-stub/ops/log.h"
#include "server-stub/ops/policyfile.h"

#include <QTest>

#include <algorithm>

using namespace Satchel;

class TestServerInput : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void policies_wellFormed_areTaken();
    void policies_wrongMember_isNamed_data();
    void policies_wrongMember_isNamed();
    void pageToken_ofOtherQuery_isRefused();
    void pageToken_changedAnywhere_isRefused();
    void log_hostileField_staysOneLine();
};

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
