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
    QCOMPARE(policies->shared.version(), 3U);
    QCOMPARE(policies->shared.of("notes").conflict, Core::ConflictRule::Manual);
    QCOMPARE(policies->shared.of("progress").consistency, Core::Consistency::Strong);
    QCOMPARE(policies->shared.of("progress").kindOf("n"), Core::FieldKind::Counter);
    QCOMPARE(policies->shared.of("progress").fieldKinds.size(), std::size_t(2));
    const auto lifetimes =
        Server::parsePolicies(R"({"version":1,"collections":{"m":{"ttl":"90m"},"h":{"ttl":"12h"},"d":{"ttl":"36500d"},"n":{}}})");
    QVERIFY2(lifetimes, lifetimes ? "" : lifetimes.error().detail.c_str());
    QVERIFY(lifetimes->collections.at("m").timeToLive == std::chrono::minutes(90));
    QVERIFY(lifetimes->collections.at("h").timeToLive == std::chrono::hours(12));
    QVERIFY(lifetimes->collections.at("d").timeToLive == std::chrono::hours(24 * 36'500));
    QVERIFY(!lifetimes->collections.contains("n"));
}

void TestServerInput::policies_wrongMember_isNamed_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("named");
    const auto row = [](const char *name, const char *json, const char *named) {
        QTest::newRow(name) << QByteArray(json) << QByteArray(named);
    };
    row("no JSON", "{", "line 1, column 1: not JSON");
    row("no JSON further down", "{\n  \"version\": 1,\n  oops}", "line 3, column 3: not JSON");
    row("no version", R"({"collections":{}})", "line 1, column 1: version: is missing");
    row("version 0", R"({"version":0,"collections":{}})", "line 1, column 12: version: must be an integer from 1");
    row("no collections", R"({"version":1})", "line 1, column 1: collections: is missing");
    row("unknown top member", "{\"version\":1,\n \"collection\":{}}", "line 2, column 2: collection: is not known; there are version");
    row("bad name", R"({"version":1,"collections":{"Notes":{}}})", "line 1, column 29: collections.Notes: ");
    row("unknown member", "{\"version\":1,\"collections\":{\"n\":{\n\n    \"conflicts\":\"manual\"}}}",
        "line 3, column 5: collections.n.conflicts: is not known; there are conflict, ");
    row("unknown rule", R"({"version":1,"collections":{"n":{"conflict":"mine"}}})",
        R"(line 1, column 45: collections.n.conflict: must be one of "merge", "last_writer", "manual", "custom")");
    row("ttl without a unit", "{\"version\":1,\"collections\":{\"n\":{\n  \"ttl\":\"30\"}}}",
        "line 2, column 9: collections.n.ttl: must be a number of minutes, hours or days, like \"90m\"");
    row("ttl that is a number", R"({"version":1,"collections":{"n":{"ttl":30}}})", "line 1, column 40: collections.n.ttl: must be");
    row("ttl of another unit", R"({"version":1,"collections":{"n":{"ttl":"3w"}}})", "line 1, column 40: collections.n.ttl: must be");
    row("ttl of nothing", R"({"version":1,"collections":{"n":{"ttl":"0d"}}})", "line 1, column 40: collections.n.ttl: must be");
    row("ttl below nothing", R"({"version":1,"collections":{"n":{"ttl":"-1d"}}})", "line 1, column 40: collections.n.ttl: must be");
    row("ttl beyond its end", R"({"version":1,"collections":{"n":{"ttl":"36501d"}}})", "line 1, column 40: collections.n.ttl: must be");
    row("ttl with more behind it", R"({"version":1,"collections":{"n":{"ttl":"1d "}}})", "line 1, column 40: collections.n.ttl: must be");
    row("unknown kind", R"({"version":1,"collections":{"n":{"fields":{"f":"list"}}}})",
        "line 1, column 48: collections.n.fields.f: must be");
    row("unknown kind, escaped before", R"({"version":1,"collections":{"n":{"fields":{"a\"\\":"set","f":"list"}}}})",
        "line 1, column 62: collections.n.fields.f: must be");
    row("counter in last_writer", R"({"version":1,"collections":{"n":{"conflict":"last_writer","fields":{"f":"counter"}}}})",
        "line 1, column 29: collections.n: ");
    row("duplicate", R"({"version":1,"version":2,"collections":{}})", "line 1, column 22: a member stands twice");
    row("sensitivity of a field", R"({"version":1,"collections":{"n":{"fields":{"f":{"sensitivity":"secret"}}}}})",
        R"(line 1, column 63: collections.n.fields.f.sensitivity: must be one of "public", "personal", "restricted")");
    row("days", R"({"version":1,"collections":{"n":{"history_days":-1}}})",
        "line 1, column 49: collections.n.history_days: must be an integer");
    row("bytes over the protocol's", R"({"version":1,"collections":{"n":{"document_bytes":300000}}})", "line 1, column 51: ");
    row("quota", R"({"version":1,"collections":{},"quotas":{"files":1}})",
        "line 1, column 41: quotas.files: is not known; there are documents");
    row("rule without name", R"({"version":1,"collections":{},"access":[{"roles":"support","actions":"read"}]})",
        "line 1, column 41: access[0]: needs a name");
    row("rule for everybody", R"({"version":1,"collections":{},"access":[{"name":"a","actions":"read"}]})",
        "line 1, column 41: access[0]: allows, so it must name roles and actions");
    row("role with a wildcard", R"({"version":1,"collections":{},"access":[{"name":"a","roles":"*","actions":"read"}]})",
        R"(line 1, column 61: access[0].roles: must be one of "support", "auditor", "admin", "qa")");
    row("the role of users", R"({"version":1,"collections":{},"access":[{"name":"a","roles":["user"],"actions":"read"}]})",
        "line 1, column 61: access[0].roles: must be one of");
    row("action", R"({"version":1,"collections":{},"access":[{"name":"a","roles":"qa","actions":["see"]}]})",
        R"(access[0].actions: must be one of "browse", "read")");
    row("deny with a reason", R"({"version":1,"collections":{},"access":[{"name":"a","effect":"deny","reason":true}]})",
        "access[0]: denies, so no reason");
    row("name twice", R"({"version":1,"collections":{},"access":[{"name":"a","effect":"deny"},{"name":"a","effect":"deny"}]})",
        "access[1]: has the name of another rule");
    row("attribute of nobody",
        R"({"version":1,"collections":{},"access":[{"name":"a","effect":"deny","users":{"region":"$user.region"}}]})",
        "access[0].users.region: \"$operator.NAME\"");
    row("approval of approvals",
        R"({"version":1,"collections":{},"access":[{"name":"a","roles":"qa","actions":"approve","approval":true}]})",
        "access[0]: lets approve");
    row("operator", R"({"version":1,"collections":{},"operators":{"eve":{"role":"admin"}}})",
        "operators.eve.role: is not known; there are roles and attributes");
}

void TestServerInput::policies_wrongMember_isNamed()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, named);
    const auto policies = Server::parsePolicies(json.toStdString());
    QVERIFY(!policies);
    QVERIFY2(policies.error().detail.find(named.toStdString()) != std::string::npos, policies.error().detail.c_str());
    QVERIFY2(policies.error().detail.find("policies: line ") == 0, policies.error().detail.c_str());
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
