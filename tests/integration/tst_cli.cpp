// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what `satchel` does without a server: commands, the shape of its JSON, messages that say what to write instead, exit codes 0, 1, 2.
// Method: the program itself, on a store of its own for each test.
#include "cliprocess.h"

#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;

class TestCli : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rekey_toAnotherKey_keepsWhatIsThere();
    void help_namesEveryCommandAndExitCode();
    void arguments_bad_areRefusedWithAdvice_data();
    void arguments_bad_areRefusedWithAdvice();
    void arguments_bad_asJson();
    void commands_failing_exitWithOne_data();
    void commands_failing_exitWithOne();
    void documents_areWrittenListedAndRemoved();
    void documents_asJson_haveOneShape();
    void put_fromStandardInput();
    void state_asJson_haveOneShape();
    void import_malformed_saysWhereAndTakesNothing_data();
    void import_malformed_saysWhereAndTakesNothing();
    void import_everyForm_isTaken_data();
    void import_everyForm_isTaken();
    void export_thenImport_isTheSame();
    void import_settingsFile_isOneDocument();
    void key_missing_isNotMadeAgain();
    void threads_endWithNothingOfLibcrypto();
};

void TestCli::help_namesEveryCommandAndExitCode()
{
    for (const char *option : {"--help", "-h"}) {
        const CliRun run = Cli().run(list({option}));
        QCOMPARE(run.exitCode, 0);
        QVERIFY(run.err.isEmpty());
        for (const char *command : {"put", "update", "get", "list", "remove", "increment", "watch", "import", "export", "status", "pending",
                                    "conflicts", "resolve", "agent"}) {
            QVERIFY2(run.out.contains(QByteArray("\n  ") + command), command);
        }
        QVERIFY(run.out.contains("Exit codes: 0 ok, 1 failed, 2 usage, 3 unreachable, 4 denied, 5 conflict.\n"));
        for (const QByteArray &line : run.out.split('\n')) {
            QVERIFY2(line.size() <= 140, line.constData());
        }
    }
    const CliRun version = Cli().run(list({"--version"}));
    QCOMPARE(version.exitCode, 0);
    QVERIFY(version.out.startsWith("satchel "));
}

void TestCli::arguments_bad_areRefusedWithAdvice_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("advice");
    QTest::newRow("no command") << list({"--json", "--offline"}) << QByteArray("a command is missing");
    QTest::newRow("unknown command") << list({"fetch"}) << QByteArray("there is no command 'fetch'");
    QTest::newRow("unknown option") << list({"list", "--color"}) << QByteArray("color");
    QTest::newRow("too few") << list({"put", "notes"}) << QByteArray("write: satchel put COLLECTION KEY JSON");
    QTest::newRow("too many") << list({"get", "a", "b", "c"}) << QByteArray("write: satchel get COLLECTION KEY");
    QTest::newRow("none wanted") << list({"status", "x"}) << QByteArray("write: satchel status");
    QTest::newRow("wait no number") << list({"list", "--wait", "soon"}) << QByteArray("--wait takes a whole number of seconds");
    QTest::newRow("wait negative") << list({"list", "--wait", "-1"}) << QByteArray("--wait takes a whole number of seconds");
    QTest::newRow("carrier") << list({"list", "--carrier", "pigeon"}) << QByteArray("--carrier is auto, websocket or polling");
    QTest::newRow("no user") << list({"list", "--user", ""}) << QByteArray("--user or SATCHEL_USER");
    QTest::newRow("server without host") << list({"list", "--server", "https://"}) << QByteArray("--server takes https://host[:port]");
    QTest::newRow("server of another kind") << list({"list", "--server", "ftp://x"}) << QByteArray("--server takes https://host[:port]");
    QTest::newRow("server no address") << list({"list", "--server", "http://[x"}) << QByteArray("--server takes https://host[:port]");
    QTest::newRow("server not this machine") << list({"list", "--server", "http://example.com"}) << QByteArray("use https");
    QTest::newRow("tenant") << list({"list", "--tenant", "A B"}) << QByteArray("--tenant");
    QTest::newRow("document no JSON") << list({"put", "notes", "k", "{theme: dark}"}) << QByteArray("must be JSON like");
    QTest::newRow("document no object") << list({"update", "notes", "k", "[1]"}) << QByteArray("must be JSON like");
    QTest::newRow("value no JSON") << list({"resolve", "notes", "k", "f", "dark"}) << QByteArray("text in quotes");
    QTest::newRow("delta") << list({"increment", "notes", "k", "f", "1.5"}) << QByteArray("DELTA must be a whole number");
    QTest::newRow("delta too large") << list({"increment", "notes", "k", "f", "9223372036854775808"})
                                     << QByteArray("DELTA must be a whole number");
}

void TestCli::arguments_bad_areRefusedWithAdvice()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, advice);
    const CliRun run = Cli().run(arguments);
    QCOMPARE(run.exitCode, 2);
    QVERIFY(run.out.isEmpty());
    QVERIFY2(run.err.contains(advice), run.err.constData());
    QVERIFY2(run.err.contains("see satchel --help"), run.err.constData());
    QVERIFY2(!run.err.contains("ClientOptions"), run.err.constData());
    QCOMPARE(run.err.count('\n'), 1);
}

void TestCli::arguments_bad_asJson()
{
    for (const QStringList &arguments : {list({"--json", "fetch"}), list({"--json", "put", "a", "b", "{"})}) {
        const CliRun run = Cli().run(arguments);
        QCOMPARE(run.exitCode, 2);
        QCOMPARE(run.error().value(QStringLiteral("code")).toString(), QStringLiteral("invalid_argument"));
        QVERIFY(!run.error().value(QStringLiteral("message")).toString().isEmpty());
    }
}

void TestCli::commands_failing_exitWithOne_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("no document") << list({"get", "notes", "k"}) << QByteArray("satchel: there is no such document\n");
    QTest::newRow("no conflict") << list({"resolve", "notes", "k", "f"}) << QByteArray("satchel: the field is not in conflict\n");
    QTest::newRow("name") << list({"put", "My Notes", "k", "{\"a\":1}"})
                          << QByteArray("satchel: a collection name is made of a-z, 0-9, '_', '.' and '-'\n");
    QTest::newRow("no counter") << list({"increment", "notes", "k", "f"}) << QByteArray("satchel: increment is an op of a counter field\n");
    QTest::newRow("no file") << list({"import", "no-such-file"}) << QByteArray("satchel: no-such-file: No such file or directory\n");
}

void TestCli::commands_failing_exitWithOne()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, message);
    const CliRun run = Cli().run(arguments);
    QCOMPARE(run.exitCode, 1);
    QVERIFY(run.out.isEmpty());
    QCOMPARE(run.err, message);
}

void TestCli::documents_areWrittenListedAndRemoved()
{
    const Cli cli;
    QCOMPARE(cli.run(list({"put", "notes", "b", R"({"n":1,"t":"x"})"})).exitCode, 0);
    QCOMPARE(cli.run(list({"put", "notes", "a", R"({"n":2})"})).exitCode, 0);
    QCOMPARE(cli.run(list({"put", "prefs", "c", R"({"n":3})"})).exitCode, 0);
    QCOMPARE(cli.run(list({"list"})).out, QByteArray("notes\nprefs\n"));
    QCOMPARE(cli.run(list({"list", "notes"})).out, QByteArray("a\nb\n"));
    QCOMPARE(cli.run(list({"get", "notes", "b"})).out, QByteArray("{\"n\":1,\"t\":\"x\"}\n"));
    QCOMPARE(cli.run(list({"update", "notes", "b", R"({"t":null})"})).exitCode, 0);
    QCOMPARE(cli.run(list({"get", "notes", "b"})).out, QByteArray("{\"n\":1,\"t\":null}\n"));
    QCOMPARE(cli.run(list({"put", "notes", "b", R"({"u":1})"})).exitCode, 0);
    QCOMPARE(cli.run(list({"get", "notes", "b"})).out, QByteArray("{\"u\":1}\n"));
    QCOMPARE(cli.run(list({"update", "notes", "b", R"({"v":1})"})).exitCode, 0);
    QCOMPARE(cli.run(list({"remove", "notes", "b", "u"})).exitCode, 0);
    QCOMPARE(cli.run(list({"get", "notes", "b"})).out, QByteArray("{\"v\":1}\n"));
    QCOMPARE(cli.run(list({"remove", "notes", "b"})).exitCode, 0);
    QCOMPARE(cli.run(list({"list", "notes"})).out, QByteArray("a\n"));
    QCOMPARE(cli.run(list({"remove", "notes", "b"})).exitCode, 0);
    QCOMPARE(cli.run(list({"pending"})).out, QByteArray("notes/a\nprefs/c\n"));
}

void TestCli::documents_asJson_haveOneShape()
{
    const Cli cli({QStringLiteral("--json")});
    QCOMPARE(cli.run(list({"put", "notes", "a", R"({"n":2})"})).out, QByteArray());
    QCOMPARE(cli.run(list({"list"})).out, QByteArray("{\"collection\":\"notes\"}\n"));
    QCOMPARE(cli.run(list({"list", "notes"})).out, QByteArray("{\"key\":\"a\"}\n"));
    const QByteArray document = "{\"collection\":\"notes\",\"key\":\"a\",\"value\":{\"n\":2}}\n";
    QCOMPARE(cli.run(list({"get", "notes", "a"})).out, document);
    QCOMPARE(cli.run(list({"export"})).out, document);
    QCOMPARE(cli.run(list({"export", "prefs"})).out, QByteArray());
    QCOMPARE(cli.run(list({"pending"})).out, QByteArray("{\"collection\":\"notes\",\"key\":\"a\"}\n"));
    const CliRun missing = cli.run(list({"get", "notes", "z"}));
    QCOMPARE(missing.exitCode, 1);
    QCOMPARE(missing.error().value(QStringLiteral("code")).toString(), QStringLiteral("not_found"));
    QCOMPARE(missing.error().keys(), (list({"code", "message", "reason"})));
}

void TestCli::put_fromStandardInput()
{
    const Cli cli;
    QCOMPARE(cli.run(list({"put", "notes", "a", "-"}), "{\"n\": 1}\n").exitCode, 0);
    QCOMPARE(cli.run(list({"get", "notes", "a"})).out, QByteArray("{\"n\":1}\n"));
    const CliRun bad = cli.run(list({"put", "notes", "a", "-"}), "{\"n\": }");
    QCOMPARE(bad.exitCode, 1);
    QVERIFY2(bad.err.startsWith("satchel: standard input: "), bad.err.constData());
}

void TestCli::state_asJson_haveOneShape()
{
    const Cli cli({QStringLiteral("--json")});
    QCOMPARE(cli.run(list({"put", "notes", "a", R"({"n":2})"})).exitCode, 0);
    const QVariantMap status = cli.run(list({"status"})).records().value(0);
    QCOMPARE(status.keys(), (list({"carrier", "conflicts", "device", "pending", "refused", "state"})));
    QCOMPARE(status.value(QStringLiteral("state")).toString(), QStringLiteral("offline"));
    QCOMPARE(status.value(QStringLiteral("carrier")).toString(), QStringLiteral("none"));
    QCOMPARE(status.value(QStringLiteral("pending")).toInt(), 1);
    QCOMPARE(status.value(QStringLiteral("device")).toString().size(), 32);
    QCOMPARE(cli.run(list({"conflicts"})).out, QByteArray());
}

void TestCli::import_malformed_saysWhereAndTakesNothing_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("message");
    const QByteArray good = "{\"collection\":\"notes\",\"key\":\"a\",\"value\":{\"n\":1}}\n";
    const QString lines = QStringLiteral("all.jsonl");
    const QString whole = QStringLiteral("all.json");
    QTest::newRow("line no JSON") << lines << good + "{\"key\":\n" << QByteArray("line 2: not JSON at byte 7");
    QTest::newRow("empty lines count") << lines << good + "\n\nnull\n" << QByteArray("line 4: a document must be a JSON object");
    QTest::newRow("no key") << lines << good + "{\"value\":{}}\n" << QByteArray("line 2: \"key\" must be there and hold text");
    QTest::newRow("key no text") << lines << good + "{\"key\":1,\"value\":{}}\n"
                                 << QByteArray("line 2: \"key\" must be there and hold text");
    QTest::newRow("value no object") << lines << good + "{\"key\":\"b\",\"value\":1}\n"
                                     << QByteArray("line 2: \"value\" must be a JSON object");
    QTest::newRow("empty document") << lines << good + "{\"collection\":\"notes\",\"key\":\"b\",\"value\":{}}\n"
                                    << QByteArray("line 2: an empty object");
    QTest::newRow("no collection") << lines << good + "{\"key\":\"b\",\"value\":{\"n\":1}}\n"
                                   << QByteArray("line 2: no \"collection\" is named");
    QTest::newRow("collection name") << lines << good + "{\"collection\":\"A\",\"key\":\"b\",\"value\":{\"n\":1}}\n"
                                     << QByteArray("line 2: a collection name");
    QTest::newRow("beyond 64 bits") << lines << good + "{\"collection\":\"notes\",\"key\":\"b\",\"value\":{\"n\":9223372036854775808}}\n"
                                    << QByteArray("line 2: ");
    QTest::newRow("not UTF-8") << lines << good + "{\"collection\":\"notes\",\"key\":\"\xff\",\"value\":{\"n\":1}}\n"
                               << QByteArray("line 2: ");
    QTest::newRow("array's item") << whole << "[" + good + ", 7]" << QByteArray("item 2: a document must be a JSON object");
    QTest::newRow("plain without key field") << lines << good + "{\"id\":\"b\",\"n\":2}\n"
                                             << QByteArray("say with --key-field which field");
    QTest::newRow("nothing") << whole << QByteArray("{}") << QByteArray("the file: ");
    QTest::newRow("whole cut short") << whole << QByteArray("{\"a\":{\"n\":1},") << QByteArray("all.json: not JSON at byte 13");
    QTest::newRow("field too large") << lines
                                     << good + "{\"collection\":\"notes\",\"key\":\"b\",\"value\":{\"n\":\"" + QByteArray(2 << 20, 'x') +
                                            "\"}}"
                                     << QByteArray("line 2: ");
}

void TestCli::import_malformed_saysWhereAndTakesNothing()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, message);
    const Cli cli;
    const CliRun run = cli.run({QStringLiteral("import"), cli.file(name, content)});
    QCOMPARE(run.exitCode, 1);
    QVERIFY2(run.err.contains(message), run.err.constData());
    QCOMPARE(run.err.count('\n'), 1);
    QCOMPARE(cli.run(list({"list"})).out, QByteArray());
}

void TestCli::import_everyForm_isTaken_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QStringList>("options");
    const QStringList into = list({"--collection", "notes"});
    QTest::newRow("lines") << QStringLiteral("x.jsonl")
                           << QByteArray("{\"key\":\"a\",\"value\":{\"n\":1}}\n\n{\"key\":\"b\",\"value\":{\"n\":2}}") << into;
    QTest::newRow("lines of any name") << QStringLiteral("x.txt")
                                       << QByteArray("{\"key\":\"a\",\"value\":{\"n\":1}}\n{\"key\":\"b\",\"value\":{\"n\":2}}\n") << into;
    QTest::newRow("array") << QStringLiteral("x.json")
                           << QByteArray("[{\"key\":\"a\",\"value\":{\"n\":1}},\n{\"key\":\"b\",\"value\":{\"n\":2}}]") << into;
    QTest::newRow("object") << QStringLiteral("x.json") << QByteArray("{\n \"a\": {\"n\": 1},\n \"b\": {\"n\": 2}\n}") << into;
    QTest::newRow("key field") << QStringLiteral("x.jsonl") << QByteArray("{\"id\":\"a\",\"n\":1}\n{\"id\":\"b\",\"n\":2}\n")
                               << into + list({"--key-field", "id"});
}

void TestCli::import_everyForm_isTaken()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    QFETCH(QStringList, options);
    const Cli cli;
    const CliRun run = cli.run(QStringList{QStringLiteral("import"), cli.file(name, content)} + options);
    QVERIFY2(run.exitCode == 0, run.err.constData());
    QCOMPARE(run.err, QByteArray("satchel: 2 documents\n"));
    QCOMPARE(cli.run(list({"list", "notes"})).out, QByteArray("a\nb\n"));
    QVERIFY(cli.run(list({"get", "notes", "b"})).out.contains("\"n\":2"));
}

void TestCli::export_thenImport_isTheSame()
{
    const Cli from;
    const QByteArray all = "{\"collection\":\"notes\",\"key\":\"a\",\"value\":{\"b\":{\"$bytes\":\"AAE\"},\"d\":1.5,\"l\":[1,null,\"x\"],"
                           "\"t\":{\"$timestamp\":1767225600000}}}\n"
                           "{\"collection\":\"prefs\",\"key\":\"\xc3\xa4 /b\",\"value\":{\"n\":-9223372036854775808}}\n";
    QCOMPARE(from.run({QStringLiteral("import"), from.file(QStringLiteral("all.jsonl"), all)}).exitCode, 0);
    const QByteArray exported = from.run(list({"export"})).out;
    QCOMPARE(exported, all);
    const Cli to;
    QCOMPARE(to.run({QStringLiteral("import"), to.file(QStringLiteral("all.jsonl"), exported)}).exitCode, 0);
    QCOMPARE(to.run(list({"export"})).out, all);
    QCOMPARE(to.run(list({"export", "prefs"})).out, all.mid(all.indexOf('\n') + 1));
}

void TestCli::import_settingsFile_isOneDocument()
{
    const Cli cli({QStringLiteral("--offline")});
    const QString path = cli.file(QStringLiteral("my.editor.json"), "{\"theme\":\"dark\",\"font\":{\"size\":12},\"recent\":[\"a\",\"b\"]}");
    const CliRun run = cli.run(list({"import", "--collection", "preferences"}) + QStringList(path));
    QVERIFY2(run.exitCode == 0, run.err.constData());
    QCOMPARE(cli.run(list({"get", "preferences", "my.editor"})).out,
             QByteArray("{\"font\":{\"size\":12},\"recent\":[\"a\",\"b\"],\"theme\":\"dark\"}\n"));
}

void TestCli::key_missing_isNotMadeAgain()
{
    const Cli cli;
    QCOMPARE(cli.run(list({"put", "notes", "a", R"({"n":2})"})).exitCode, 0);
    const QString elsewhere = cli.file(QStringLiteral("other"), "not a key\n");
    const CliRun wrong = cli.run({QStringLiteral("list"), QStringLiteral("--key-file"), elsewhere});
    QVERIFY2(wrong.exitCode != 0 && wrong.err.contains("chmod 600"), wrong.err.constData());
    QVERIFY(QFile::setPermissions(elsewhere, QFile::ReadOwner | QFile::WriteOwner));
    const CliRun damaged = cli.run({QStringLiteral("list"), QStringLiteral("--key-file"), elsewhere});
    QCOMPARE(damaged.exitCode, 1);
    QVERIFY2(damaged.err.contains("must hold 64 hexadecimal digits"), damaged.err.constData());
    const CliRun missing = cli.run({QStringLiteral("list"), QStringLiteral("--key-file"), elsewhere + QStringLiteral(".none")});
    QCOMPARE(missing.exitCode, 1);
    QVERIFY2(missing.err.contains("name the right one with --key-file"), missing.err.constData());
    QCOMPARE(cli.run(list({"list"})).out, QByteArray("notes\n"));
}

void TestCli::rekey_toAnotherKey_keepsWhatIsThere()
{
    const Cli cli({QStringLiteral("--offline")});
    QCOMPARE(cli.run(list({"put", "notes", "a", "{\"b\":1}"})).exitCode, 0);
    const CliRun renewed = cli.run(list({"rekey"}));
    QVERIFY2(renewed.exitCode == 0, renewed.err.constData());
    QCOMPARE(cli.run(list({"get", "notes", "a"})).out, QByteArray("{\"b\":1}\n"));
    QCOMPARE(cli.run(list({"get", "notes", "a", "--new-key-file", "x"})).exitCode, 2);
    const QString newKey = cli.file(QStringLiteral("old"), {}) + QStringLiteral(".new");
    const CliRun changed = cli.run(list({"rekey", "--new-key-file"}) + QStringList(newKey));
    QVERIFY2(changed.exitCode == 0, changed.err.constData());
    QCOMPARE(cli.run(list({"get", "notes", "a", "--json"})).error().value(QStringLiteral("reason")).toString(),
             QStringLiteral("KEY_MISSING"));
    QCOMPARE(cli.run(list({"get", "notes", "a", "--key-file"}) + QStringList(newKey)).out, QByteArray("{\"b\":1}\n"));
    const QString words = cli.file(QStringLiteral("words"), "correct horse\n");
    const CliRun again = cli.run(list({"rekey", "--key-file"}) + QStringList{newKey, QStringLiteral("--new-passphrase-file"), words});
    QVERIFY2(again.exitCode == 0, again.err.constData());
    QCOMPARE(cli.run(list({"get", "notes", "a", "--passphrase-file"}) + QStringList(words)).out, QByteArray("{\"b\":1}\n"));
}

void TestCli::threads_endWithNothingOfLibcrypto()
{
#ifdef SATCHEL_IS_SANITIZED
    QSKIP("nothing can be loaded before a sanitizer");
#endif
    const Cli cli({QStringLiteral("--offline")});
    const auto runChecked = [&cli](const QStringList &arguments) {
        QProcess process;
        cli.prepare(process, arguments);
        QProcessEnvironment environment = process.processEnvironment();
        environment.insert(QStringLiteral("LD_PRELOAD"), QStringLiteral(SATCHEL_THREADENDCHECK));
        process.setProcessEnvironment(environment);
        return Cli::run(process);
    };
    QCOMPARE(runChecked(list({"put", "notes", "a", "{\"b\":1}"})).exitCode, 0);
    QCOMPARE(runChecked(list({"get", "notes", "a"})).out, QByteArray("{\"b\":1}\n"));
    QCOMPARE(runChecked(list({"get", "notes", "none"})).exitCode, 1);
    QCOMPARE(runChecked(list({"rekey"})).exitCode, 0);
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
