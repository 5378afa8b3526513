// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: `satchel` with a server: every exit code, conflicts and their resolution, following changes, and a round trip of counters and sets.
// Method: the program as several devices of one user, against a server process with a store of its own for each test.
#include "cliprocess.h"

#include <QTest>

#include <memory>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

const QByteArray policies = R"({"version": 1, "collections": {
    "notes": {"conflict": "manual"},
    "progress": {"fields": {"xp": "counter", "badges": "set"}},
    "wallet": {"consistency": "strong"}}})";

}  // namespace

class TestCliSync : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void exit_unreachable_isThree();
    void exit_unreachableWithoutWait_keepsTheWrite();
    void exit_denied_isFour_data();
    void exit_denied_isFour();
    void exit_lostComparison_isFive();
    void strong_online_isWrittenAndSeen();
    void strong_offline_isRefusedUnlessQueued();
    void documents_reachOtherDevice();
    void status_online_saysSo();
    void conflicts_areListedAndResolved_data();
    void conflicts_areListedAndResolved();
    void watch_printsChanges();
    void refusal_isNamed_andNotBlamedOnLaterCommands();
    void counters_andSets_roundTrip();
    void import_again_changesNothing();
    void import_ofOtherKind_isRefusedWhole_data();
    void import_ofOtherKind_isRefusedWhole();

private:
    [[nodiscard]] std::unique_ptr<Cli> device(const QStringList &more = {}) const
    {
        return std::make_unique<Cli>(QStringList{QStringLiteral("--server"), m_server->url().toString(), QStringLiteral("--dev-token"),
                                                 QStringLiteral("--wait"), QStringLiteral("20")} +
                                     more);
    }
    /// Two devices that wrote to notes/k without knowing of each other.
    void diverge(const Cli &one, const Cli &two);

    QTemporaryDir m_folder;
    std::unique_ptr<ServerProcess> m_server;
};

void TestCliSync::init()
{
    QFile file(m_folder.filePath(QStringLiteral("policies.json")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(policies) == policies.size());
    file.close();
    m_server = std::make_unique<ServerProcess>(ServerProcess::Storage::Ephemeral);
    QVERIFY2(m_server->start({QStringLiteral("--policies"), file.fileName()}), m_server->log().constData());
}

void TestCliSync::cleanup()
{
    m_server.reset();
}

void TestCliSync::diverge(const Cli &one, const Cli &two)
{
    QCOMPARE(two.run(list({"status"})).exitCode, 0);
    QCOMPARE(one.run(list({"put", "notes", "k", R"({"t":"one"})"})).exitCode, 0);
    QCOMPARE(two.run(list({"--offline", "put", "notes", "k", R"({"t":"two"})"})).exitCode, 0);
    QCOMPARE(two.run(list({"status"})).exitCode, 0);
}

void TestCliSync::exit_unreachable_isThree()
{
    const auto cli = device();
    QCOMPARE(cli->run(list({"status"})).exitCode, 0);
    m_server->kill();
    for (const QStringList &arguments :
         {list({"list"}), list({"put", "notes", "k", R"({"a":1})"}), list({"status"}), list({"export"}), list({"conflicts"})}) {
        const CliRun run = cli->run(list({"--wait", "1", "--json"}) + arguments);
        QCOMPARE(run.exitCode, 3);
        QVERIFY2(run.error().contains(QStringLiteral("message")), run.err.constData());
    }
}

void TestCliSync::exit_unreachableWithoutWait_keepsTheWrite()
{
    m_server->kill();
    const Cli cli({QStringLiteral("--server"), m_server->url().toString(), QStringLiteral("--token-file"), QStringLiteral("none")});
    const CliRun write = cli.run(list({"put", "notes", "k", R"({"a":1})"}));
    QCOMPARE(write.exitCode, 0);
    QVERIFY2(write.err.startsWith("satchel: kept on this device; not exchanged yet: "), write.err.constData());
    const CliRun read = cli.run(list({"get", "notes", "k"}));
    QCOMPARE(read.exitCode, 0);
    QCOMPARE(read.out, QByteArray("{\"a\":1}\n"));
    QVERIFY2(read.err.startsWith("satchel: this may not be the latest: "), read.err.constData());
}

void TestCliSync::exit_denied_isFour_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::newRow("no token") << QByteArray();
    QTest::newRow("not a token") << QByteArray("nonsense");
}

void TestCliSync::exit_denied_isFour()
{
    QFETCH(QByteArray, token);
    const Cli cli({QStringLiteral("--server"), m_server->url().toString(), QStringLiteral("--wait"), QStringLiteral("20")});
    QStringList arguments = list({"list", "notes"});
    if (!token.isEmpty()) {
        arguments += {QStringLiteral("--token-file"), cli.file(QStringLiteral("token"), token)};
    }
    const CliRun run = cli.run(arguments);
    QVERIFY2(run.exitCode == 4, run.err.constData());
    QVERIFY2(!run.err.contains("ClientOptions") && !run.err.contains("nonsense"), run.err.constData());
    if (token.isEmpty()) {
        QVERIFY2(run.err.contains("--token-file"), run.err.constData());
    }
}

void TestCliSync::exit_lostComparison_isFive()
{
    const auto one = device();
    const auto two = device();
    QCOMPARE(one->run(list({"put", "wallet", "k", R"({"coins":1})"})).exitCode, 0);
    QCOMPARE(two->run(list({"status"})).exitCode, 0);
    QCOMPARE(two->run(list({"--offline", "--queue", "put", "wallet", "k", R"({"coins":2})"})).exitCode, 0);
    QCOMPARE(one->run(list({"put", "wallet", "k", R"({"coins":3})"})).exitCode, 0);
    const CliRun run = two->run(list({"--queue", "put", "prefs", "x", R"({"a":1})"}));
    QCOMPARE(run.exitCode, 5);
    QVERIFY2(run.err.contains("the server refused a write to wallet/k"), run.err.constData());
    QCOMPARE(two->run(list({"get", "wallet", "k"})).out, QByteArray("{\"coins\":3}\n"));
}

void TestCliSync::strong_online_isWrittenAndSeen()
{
    const auto one = device();
    const auto two = device();
    QCOMPARE(one->run(list({"status"})).exitCode, 0);
    const CliRun written = one->run(list({"put", "wallet", "k", R"({"coins":1})"}));
    QVERIFY2(written.exitCode == 0, written.err.constData());
    QCOMPARE(two->run(list({"get", "wallet", "k"})).out, QByteArray("{\"coins\":1}\n"));
}

void TestCliSync::strong_offline_isRefusedUnlessQueued()
{
    const auto cli = device();
    QCOMPARE(cli->run(list({"status"})).exitCode, 0);
    const CliRun refused = cli->run(list({"--offline", "put", "wallet", "k", R"({"coins":1})"}));
    QCOMPARE(refused.exitCode, 3);
    QCOMPARE(cli->run(list({"--offline", "list"})).out, QByteArray());
    QCOMPARE(cli->run(list({"--offline", "--queue", "put", "wallet", "k", R"({"coins":1})"})).exitCode, 0);
    QCOMPARE(cli->run(list({"--offline", "pending"})).out, QByteArray("wallet/k\n"));
    QCOMPARE(cli->run(list({"pending"})).out, QByteArray());
}

void TestCliSync::documents_reachOtherDevice()
{
    const auto one = device();
    const auto two = device({QStringLiteral("--carrier"), QStringLiteral("polling")});
    QCOMPARE(one->run(list({"put", "prefs", "k", R"({"a":1})"})).exitCode, 0);
    QCOMPARE(two->run(list({"get", "prefs", "k"})).out, QByteArray("{\"a\":1}\n"));
    QCOMPARE(two->run(list({"remove", "prefs", "k"})).exitCode, 0);
    QCOMPARE(one->run(list({"list"})).out, QByteArray());
}

void TestCliSync::status_online_saysSo()
{
    const auto cli = device();
    const QVariantMap status = cli->run(list({"--json", "status"})).records().value(0);
    QCOMPARE(status.value(QStringLiteral("state")).toString(), QStringLiteral("live"));
    QCOMPARE(status.value(QStringLiteral("carrier")).toString(), QStringLiteral("websocket"));
    QVERIFY(status.contains(QStringLiteral("lastSynced")));
    QVERIFY(cli->run(list({"status"})).out.startsWith("live (websocket), 0 pending, 0 refused, 0 conflicts, last in sync "));
}

void TestCliSync::conflicts_areListedAndResolved_data()
{
    QTest::addColumn<QStringList>("value");
    QTest::addColumn<QByteArray>("shown");
    QTest::newRow("value") << list({"\"both\""}) << QByteArray("{\"t\":\"both\"}\n");
    QTest::newRow("null") << list({"null"}) << QByteArray("{\"t\":null}\n");
    QTest::newRow("removal") << QStringList() << QByteArray();
}

void TestCliSync::conflicts_areListedAndResolved()
{
    QFETCH(QStringList, value);
    QFETCH(QByteArray, shown);
    const auto one = device();
    const auto two = device();
    diverge(*one, *two);
    const QList<QVariantMap> conflicts = one->run(list({"--json", "conflicts"})).records();
    QCOMPARE(conflicts.size(), 1);
    QCOMPARE(conflicts[0].keys(), list({"candidates", "collection", "field", "key"}));
    const QVariantList candidates = conflicts[0].value(QStringLiteral("candidates")).toList();
    QCOMPARE(candidates.size(), 2);
    QCOMPARE(candidates[0].toMap().keys(), list({"device", "shown", "thisDevice", "value", "written"}));
    QVERIFY(candidates[0].toMap().value(QStringLiteral("shown")).toBool());
    QVERIFY(candidates[0].toMap().value(QStringLiteral("thisDevice")) != candidates[1].toMap().value(QStringLiteral("thisDevice")));
    const QByteArray text = one->run(list({"conflicts", "notes"})).out;
    QVERIFY2(text.startsWith("notes/k t\n  * \"") && text.contains("this device"), text.constData());
    QCOMPARE(one->run(list({"conflicts", "prefs"})).out, QByteArray());
    QVERIFY(two->run(list({"status"})).out.contains("1 conflicts"));

    QCOMPARE(one->run(list({"resolve", "notes", "k", "t"}) + value).exitCode, 0);
    QCOMPARE(two->run(list({"conflicts"})).out, QByteArray());
    QCOMPARE(two->run(list({"get", "notes", "k"})).out, shown);
    QCOMPARE(two->run(list({"resolve", "notes", "k", "t", "1"})).exitCode, 1);
}

void TestCliSync::watch_printsChanges()
{
    const auto one = device();
    const auto two = device();
    QProcess watch;
    one->prepare(watch, list({"--json", "watch", "prefs"}));
    watch.start();
    QVERIFY(watch.waitForStarted());
    QByteArray printed;
    connect(&watch, &QProcess::readyReadStandardOutput, this, [&] { printed += watch.readAllStandardOutput(); });
    QCOMPARE(two->run(list({"put", "prefs", "k", R"({"a":1})"})).exitCode, 0);
    QTRY_COMPARE_WITH_TIMEOUT(printed, QByteArray("{\"collection\":\"prefs\",\"key\":\"k\",\"value\":{\"a\":1}}\n"), 20000);
    QCOMPARE(two->run(list({"put", "notes", "k", R"({"a":1})"})).exitCode, 0);
    printed.clear();
    QCOMPARE(two->run(list({"remove", "prefs", "k"})).exitCode, 0);
    QTRY_COMPARE_WITH_TIMEOUT(printed, QByteArray("{\"collection\":\"prefs\",\"key\":\"k\"}\n"), 20000);
    watch.kill();
    watch.waitForFinished();
}

void TestCliSync::refusal_isNamed_andNotBlamedOnLaterCommands()
{
    // A device that has never met the server takes a counter for a register.
    const auto cli = device();
    QCOMPARE(cli->run(list({"--offline", "put", "progress", "k", R"({"xp":1})"})).exitCode, 0);
    const CliRun first = cli->run(list({"put", "prefs", "k", R"({"a":1})"}));
    QCOMPARE(first.exitCode, 1);
    QVERIFY2(first.err.contains("the server refused a write to progress/k"), first.err.constData());
    const CliRun second = cli->run(list({"put", "prefs", "k", R"({"a":2})"}));
    QVERIFY2(second.exitCode == 0, second.err.constData());
    QVERIFY(cli->run(list({"status"})).out.contains("1 refused"));
}

void TestCliSync::counters_andSets_roundTrip()
{
    const auto one = device();
    QCOMPARE(one->run(list({"status"})).exitCode, 0);
    const QByteArray all = "{\"collection\":\"prefs\",\"key\":\"p\",\"value\":{\"n\":1}}\n"
                           "{\"collection\":\"progress\",\"key\":\"k\",\"value\":{\"badges\":[1,1.0,\"first\"],\"level\":3,\"xp\":40}}\n"
                           "{\"collection\":\"progress\",\"key\":\"z\",\"value\":{\"xp\":0}}\n";
    const CliRun imported = one->run({QStringLiteral("import"), one->file(QStringLiteral("x.jsonl"), all)});
    QVERIFY2(imported.exitCode == 0, imported.err.constData());
    const QByteArray before = one->run(list({"export"})).out;
    QCOMPARE(before.count('\n'), 3);
    QVERIFY2(before.contains("\"xp\":40") && before.contains("\"xp\":0") && before.contains("\"level\":3"), before.constData());

    // What has happened since the export is undone by importing it, and what another device does meanwhile holds.
    QCOMPARE(one->run(list({"increment", "progress", "k", "xp", "5"})).exitCode, 0);
    QCOMPARE(one->run(list({"update", "progress", "k", R"({"level":4,"extra":true})"})).exitCode, 0);
    const auto two = device();
    const CliRun again = two->run({QStringLiteral("import"), two->file(QStringLiteral("x.jsonl"), before)});
    QVERIFY2(again.exitCode == 0, again.err.constData());
    QCOMPARE(two->run(list({"export"})).out, before);
    QCOMPARE(one->run(list({"export"})).out, before);

    // Another server, another user's empty store.
    const auto other = device({QStringLiteral("--user"), QStringLiteral("bob")});
    QCOMPARE(other->run({QStringLiteral("import"), other->file(QStringLiteral("x.jsonl"), before)}).exitCode, 0);
    QCOMPARE(other->run(list({"export"})).out, before);
}

void TestCliSync::import_again_changesNothing()
{
    const auto cli = device();
    const QString file =
        cli->file(QStringLiteral("x.jsonl"), "{\"collection\":\"progress\",\"key\":\"k\",\"value\":{\"badges\":[\"a\"],\"xp\":40}}\n");
    QCOMPARE(cli->run({QStringLiteral("import"), file}).exitCode, 0);
    QCOMPARE(cli->run({QStringLiteral("--offline"), QStringLiteral("import"), file}).exitCode, 0);
    QCOMPARE(cli->run(list({"--offline", "pending"})).out, QByteArray());
    QCOMPARE(cli->run(list({"get", "progress", "k"})).out, QByteArray("{\"badges\":[\"a\"],\"xp\":40}\n"));
}

void TestCliSync::import_ofOtherKind_isRefusedWhole_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("text for a counter") << QByteArray(R"({"xp":"many"})") << QByteArray("line 2: \"xp\" is a counter: give a whole number");
    QTest::newRow("fraction for a counter") << QByteArray(R"({"xp":1.5})")
                                            << QByteArray("line 2: \"xp\" is a counter: give a whole number");
    QTest::newRow("text for a set") << QByteArray(R"({"badges":"a"})") << QByteArray("line 2: \"badges\" is a set: give a list");
    QTest::newRow("list in a set") << QByteArray(R"({"badges":[[1]]})") << QByteArray("line 2: \"badges\" is a set: its elements");
}

void TestCliSync::import_ofOtherKind_isRefusedWhole()
{
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, message);
    const auto cli = device();
    const QByteArray lines = "{\"collection\":\"prefs\",\"key\":\"p\",\"value\":{\"n\":1}}\n"
                             "{\"collection\":\"progress\",\"key\":\"k\",\"value\":" +
                             value + "}\n";
    const CliRun run = cli->run({QStringLiteral("import"), cli->file(QStringLiteral("x.jsonl"), lines)});
    QCOMPARE(run.exitCode, 1);
    QVERIFY2(run.err.contains(message), run.err.constData());
    QCOMPARE(cli->run(list({"list"})).out, QByteArray());
}

QTEST_GUILESS_MAIN(TestCliSync)
#include "tst_clisync.moc"
