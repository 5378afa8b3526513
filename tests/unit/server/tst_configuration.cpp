// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: flags, environment and config file say the same things in one way; which goes before which is as written; a mistake is named with
// its place and what would be right; help, man page and --print-config know every option there is.
// Method: tables of arguments, variables and files; the texts against the tables of options and commands.

#include "server-stub/auth/access.h"
#include "server-stub/ops/config/commandline.h"
#include "server-stub/ops/config/helptext.h"
#include "server-stub/ops/policyfile.h"
#include "wire/json.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace Satchel;

class TestConfiguration : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void commandLine_arguments_data();
    void commandLine_arguments();
    void commandLine_failpoint_needsItsFlag();
    void command_optionOfAnother_isRefused();
    void precedence_flagEnvironmentFilePreset();
    void list_ofAHigherPlace_replacesTheLower();
    void config_mistake_isNamedWithItsLine_data();
    void config_mistake_isNamedWithItsLine();
    void config_missing_isSaid();
    void environment_mistake_isNamed_data();
    void environment_mistake_isNamed();
    void options_everyOne_isInHelpAndManPage();
    void options_everyPreset_isTaken();
    void printedConfig_saysValueAndPlace();
    void policiesPage_saysWhatHolds();

private:
    /// First cells of the rows of the table under a heading of docs/policies.md, and their last.
    [[nodiscard]] static std::vector<std::pair<std::string, std::string>> tableUnder(const QString &page, const char *heading);
    /// Parses with this as the config file.
    Core::Result<Server::CommandLine> parseWithFile(const QByteArray &json, std::vector<std::string> arguments = {},
                                                    const Server::Environment &environment = {});
    QTemporaryDir m_folder;
};

Core::Result<Server::CommandLine> TestConfiguration::parseWithFile(const QByteArray &json, std::vector<std::string> arguments,
                                                                   const Server::Environment &environment)
{
    QFile file(m_folder.filePath(QStringLiteral("server.json")));
    if (!file.open(QIODevice::WriteOnly)) {
        qFatal("no folder for tests");
    }
    file.write(json);
    file.close();
    arguments.push_back("--config=" + file.fileName().toStdString());
    return Server::parseCommandLine(arguments, environment);
}

void TestConfiguration::commandLine_arguments_data()
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

void TestConfiguration::commandLine_arguments()
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

void TestConfiguration::commandLine_failpoint_needsItsFlag()
{
    const Server::Environment environment{{"SATCHEL_FAILPOINT", "after_commit_before_answer"}};
    QVERIFY(Server::parseCommandLine({}, environment)->options.failpoint.empty());
    QCOMPARE(Server::parseCommandLine({"--test-failpoints"}, environment)->options.failpoint, std::string("after_commit_before_answer"));
}

void TestConfiguration::command_optionOfAnother_isRefused()
{
    QCOMPARE(Server::parseCommandLine({"rekey", "--new-key-file", "k"}, {})->command, Server::findCommand("rekey"));
    QVERIFY(!Server::parseCommandLine({"check", "--new-key-file", "k"}, {}));
    QVERIFY(!Server::parseCommandLine({"--audit-tenant", "t"}, {}));
    for (const Server::Command &command : Server::serverCommands()) {
        const std::string name(command.name);
        QCOMPARE(Server::parseCommandLine({name}, {})->command, &command);
        QVERIFY(!Server::parseCommandLine({name, "--ephemeral"}, {}));
        QVERIFY(!Server::parseCommandLine({"--port=1", name}, {}));
    }
}

void TestConfiguration::precedence_flagEnvironmentFilePreset()
{
    const QByteArray file = R"({"port": 1, "threads": 2, "keep-history": 3, "ephemeral": true})";
    const Server::Environment environment{{"SATCHEL_SERVER_THREADS", "4"}, {"SATCHEL_SERVER_KEEP_HISTORY", "5"}, {"OTHER", "x"}};
    const auto line = parseWithFile(file, {"--keep-history", "6"}, environment);
    QVERIFY2(line, line ? "" : line.error().detail.c_str());
    QCOMPARE(line->options.net.port, 1);
    QCOMPARE(line->options.net.lanes, std::size_t(4));
    QCOMPARE(line->options.compaction.historyKept, std::chrono::hours(24 * 6));
    QCOMPARE(line->options.compaction.deviceTimeout, std::chrono::hours(24 * 365));
    QVERIFY(line->isEphemeral);
    const auto kept = parseWithFile(file, {"--ephemeral=false"});
    QVERIFY(kept && !kept->isEphemeral);
    QCOMPARE(kept->options.dataFolder.string(), std::string("satchel-data"));
}

void TestConfiguration::list_ofAHigherPlace_replacesTheLower()
{
    const QByteArray file = R"({"allow-origin": ["https://a", "https://b"]})";
    using Origins = std::vector<std::string>;
    QCOMPARE(parseWithFile(file)->options.net.allowedOrigins, (Origins{"https://a", "https://b"}));
    const Server::Environment environment{{"SATCHEL_SERVER_ALLOW_ORIGIN", "https://c,https://d"}};
    QCOMPARE(parseWithFile(file, {}, environment)->options.net.allowedOrigins, (Origins{"https://c", "https://d"}));
    QCOMPARE(parseWithFile(file, {"--allow-origin", "https://e", "--allow-origin=https://f"}, environment)->options.net.allowedOrigins,
             (Origins{"https://e", "https://f"}));
}

void TestConfiguration::config_mistake_isNamedWithItsLine_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("said");
    const auto row = [](const char *name, const char *json, const char *said) {
        QTest::newRow(name) << QByteArray(json) << QByteArray(said);
    };
    row("no JSON", "{\n\n  port: 1}", ":3: not JSON");
    row("cut off", "{\n\"port\": 1", ":2: not JSON");
    row("no object", "[]", ":1: the file must be one object");
    row("unknown", "{\n  \"port\": 1,\n  \"prot\": 2\n}", ":3: prot is not known (did you mean port?)");
    row("unknown and far", "{\"colour\": 2}", ":1: colour is not known");
    row("twice", "{\"port\": 1,\n\"port\": 1}", ":2: port stands there twice");
    row("too great", "{\n\"threads\": 1,\n\"port\":\n  65536\n\n}", ":4: port takes a whole number from 0 to 65535");
    row("number as text", "{\n\"port\": \"80\"}", ":2: port takes a whole number");
    row("fraction", "{\"port\": 80.5}", ":1: port takes a whole number");
    row("huge", "{\"port\": 99999999999999999999}", ":1: port takes a whole number");
    row("flag as number", "{\n\"dev\": 1}", ":2: dev takes true or false");
    row("flag as text", "{\"dev\": \"true\"}", ":1: dev takes true or false");
    row("text as number", "{\"data\": 1}", ":1: data takes a text");
    row("empty text", "{\"data\": \"\"}", ":1: data takes a text");
    row("null", "{\"data\": null}", ":1: data takes a text");
    row("choice", "{\"log-level\": \"loud\"}", ":1: log-level takes one of debug, info");
    row("list as text", "{\"allow-origin\": \"https://a\"}", ":1: allow-origin takes an array of texts");
    row("list of numbers", "{\"allow-origin\": [1]}", ":1: allow-origin takes an array of texts");
    row("array for one", "{\"data\": [\"a\"]}", ":1: data takes a text");
    row("object", "{\"data\": {}}", ":1: data takes a text");
    row("nested", "{\"allow-origin\": [[\"a\"]]}", ":1: ");
    row("config in config", "{\"config\": \"other.json\"}", ":1: config goes on the command line only");
    row("command's own", "{\"audit-tenant\": \"t\"}", ":1: audit-tenant goes on the command line only");
    row("refused by its taker", "{\n\"oidc-issuer\": \"ftp://id.example\"}", ":2: oidc-issuer takes a URL");
}

void TestConfiguration::config_mistake_isNamedWithItsLine()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, said);
    const auto line = parseWithFile(json);
    QVERIFY(!line);
    QVERIFY2(line.error().detail.find("server.json" + said.toStdString()) != std::string::npos, line.error().detail.c_str());
    QVERIFY(line.error().detail.find(" at byte ") == std::string::npos);
}

void TestConfiguration::config_missing_isSaid()
{
    const auto line = Server::parseCommandLine({}, {{"SATCHEL_SERVER_CONFIG", "/nowhere/server.json"}});
    QVERIFY(!line);
    QVERIFY(line.error().detail.find("/nowhere/server.json") != std::string::npos);
}

void TestConfiguration::environment_mistake_isNamed_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("said");
    const auto row = [](const char *name, const char *value, const char *said) {
        QTest::newRow(name) << QByteArray(name) << QByteArray(value) << QByteArray(said);
    };
    row("SATCHEL_SERVER_PROT", "1", "is not known");
    row("SATCHEL_SERVER_PORT", "tcp://10.0.0.1:80", "takes a whole number");
    row("SATCHEL_SERVER_DEV", "1", "takes true or false");
    row("SATCHEL_SERVER_DATA", "", "takes a text");
    row("SATCHEL_SERVER_NEW_KEY_FILE", "k", "is not known");
    row("SATCHEL_SERVER_ALLOW_ORIGIN", "https://a,", "takes a text");
}

void TestConfiguration::environment_mistake_isNamed()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, said);
    const auto line = Server::parseCommandLine({}, {{name.toStdString(), value.toStdString()}});
    QVERIFY(!line);
    QVERIFY2(line.error().detail.find("the environment's " + name.toStdString() + " " + said.toStdString()) == 0,
             line.error().detail.c_str());
}

void TestConfiguration::options_everyOne_isInHelpAndManPage()
{
    const QByteArray help = QByteArray::fromStdString(Server::helpText());
    const QByteArray man = QByteArray::fromStdString(Server::manText());
    QVERIFY(help.indexOf("Examples") < help.indexOf("--port N"));
    std::set<std::string_view> names;
    for (const Server::Option &option : Server::serverOptions()) {
        QVERIFY2(names.insert(option.name).second, std::string(option.name).c_str());
        const QByteArray flag = QByteArray::fromStdString(option.flagName());
        QVERIFY2(
            help.contains("\n  " + flag + (option.isFlag() ? " " : " " + QByteArray::fromStdString(std::string(option.rule.valueName)))),
            flag.constData());
        QVERIFY2(man.contains("\\fB" + QByteArray(flag).replace('-', "\\-") + "\\fR"), flag.constData());
    }
    for (const Server::Command &command : Server::serverCommands()) {
        const QByteArray name = QByteArray::fromStdString(std::string(command.name));
        QVERIFY2(help.contains("\n  " + name + ' '), name.constData());
        QVERIFY2(man.contains(".B " + QByteArray(name).replace('-', "\\-") + ' '), name.constData());
    }
    for (const QByteArray &line : help.split('\n')) {
        QVERIFY2(line.size() <= 140, line.constData());
    }
}

void TestConfiguration::options_everyPreset_isTaken()
{
    for (const Server::Option &option : Server::serverOptions()) {
        QVERIFY2(option.preset.empty() || option.rule.takes(std::string(option.preset)), std::string(option.name).c_str());
    }
    const auto preset = Server::parseCommandLine({"--ephemeral"}, {});
    const Server::ServerOptions options;
    QVERIFY(preset->options.identity.claims == options.identity.claims);
    QCOMPARE(preset->options.net.address, options.net.address);
    QCOMPARE(preset->options.net.headerTimeout, options.net.headerTimeout);
    QCOMPARE(preset->options.net.pollingSessionTimeout, options.net.pollingSessionTimeout);
    QCOMPARE(preset->options.compaction.historyKept, options.compaction.historyKept);
}

void TestConfiguration::printedConfig_saysValueAndPlace()
{
    const auto line = parseWithFile("{\n\"port\": 80,\n\"allow-origin\": [\"https://a\"]}", {"--dev"},
                                    {{"SATCHEL_SERVER_THREADS", "2"}, {"SATCHEL_FAILPOINT", "canary"}});
    QVERIFY2(line, line ? "" : line.error().detail.c_str());
    const std::string text = Server::configText(*line);
    const auto value = Wire::valueFromJson(text);
    QVERIFY2(value, text.c_str());
    const auto member = [&value](const char *option, const char *name) { return Wire::jsonFromValue(*value->find(option)->find(name)); };
    QCOMPARE(member("port", "value"), std::string("80"));
    QVERIFY(member("port", "from").ends_with("server.json:2\""));
    QCOMPARE(member("allow-origin", "value"), std::string("[\"https://a\"]"));
    QCOMPARE(member("dev", "value"), std::string("true"));
    QCOMPARE(member("dev", "from"), std::string("\"flag\""));
    QCOMPARE(member("threads", "from"), std::string("\"environment SATCHEL_SERVER_THREADS\""));
    QCOMPARE(member("keep-history", "from"), std::string("\"default\""));
    QCOMPARE(member("data", "value"), std::string("\"satchel-data\""));
    QVERIFY(value->find("jwks") == nullptr);
    QVERIFY(text.find("canary") == std::string::npos);
}

std::vector<std::pair<std::string, std::string>> TestConfiguration::tableUnder(const QString &page, const char *heading)
{
    std::vector<std::pair<std::string, std::string>> rows;
    const QString section = page.section(QStringLiteral("\n## ") + QLatin1String(heading), 1).section(QStringLiteral("\n## "), 0, 0);
    for (const QString &line : section.split(u'\n')) {
        if (line.startsWith(QStringLiteral("| `"))) {
            const QStringList cells = line.split(u'|');
            rows.emplace_back(cells[1].trimmed().toStdString(), cells[cells.size() - 2].trimmed().toStdString());
        } else if (!rows.empty()) {
            break;
        }
    }
    return rows;
}

// The page against the program: its example, its tables, its message.
void TestConfiguration::policiesPage_saysWhatHolds()
{
    QFile file(QStringLiteral(SATCHEL_SOURCE_DIR "/docs/policies.md"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString page = QString::fromUtf8(file.readAll());
    const QString example = page.section(QStringLiteral("```json\n"), 1).section(QStringLiteral("```"), 0, 0);
    const auto policies = Server::parsePolicies(example.toStdString());
    QVERIFY2(policies, policies ? "" : policies.error().detail.c_str());
    QCOMPARE(policies->shared.version(), 3U);
    QCOMPARE(policies->shared.of("notes").conflict, Core::ConflictRule::Manual);
    QCOMPARE(policies->quota.documentsMax, 10'000U);

    const Server::AccessRules builtIn = Server::builtInAccess();
    std::set<std::string> actions;
    for (const auto &[name, roles] : tableUnder(page, "Access")) {
        const auto action = Server::actionNamed(name.substr(1, name.size() - 2));
        QVERIFY2(action, name.c_str());
        actions.insert(name);
        auto inForce = std::make_shared<Server::Policies>();
        inForce->access = builtIn;
        for (const std::string role : {"user", "support", "auditor", "admin", "qa"}) {
            const auto decision = Server::Access(inForce).decide({{"t", "op"}, {role}, {}, {}}, *action, {}, {true, true});
            const bool isSaid = QString::fromStdString(roles).split(QStringLiteral(", ")).contains(QString::fromStdString(role));
            QVERIFY2((decision.verdict != Server::Verdict::Denied) == isSaid, (name + " " + role).c_str());
        }
        if (*action == Server::Action::Unmask) {
            QVERIFY(Server::Access(inForce).decide({{"t", "op"}, {"admin"}, {}, {}}, *action, {}, {}).verdict ==
                    Server::Verdict::ReasonNeeded);
        }
    }
    QCOMPARE(actions.size(), static_cast<std::size_t>(Server::Action::Last) + 1);

    // Every member that there is is in the table, and no other: the message for one that is not known names them.
    const auto unknown = Server::parsePolicies(R"({"version":1,"collections":{"c":{"x":1}}})");
    QVERIFY(!unknown);
    const std::string known = unknown.error().detail.substr(unknown.error().detail.find("there are ") + 10);
    std::string listed;
    const auto members = tableUnder(page, "Collections");
    for (std::size_t i = 0; i < members.size(); ++i) {
        listed += i == 0 ? "" : i + 1 == members.size() ? " and " : ", ";
        listed += members[i].first.substr(1, members[i].first.size() - 2);
    }
    QCOMPARE(QByteArray::fromStdString(known), QByteArray::fromStdString(listed));
    const auto wrong = Server::parsePolicies("{\n\"version\": 3, \"collections\": {\n\"notes\": {\n    \"conflict\": \"mine\"}}}");
    QVERIFY(!wrong);
    QVERIFY2(page.contains(QString::fromStdString(wrong.error().detail)), wrong.error().detail.c_str());
}

QTEST_GUILESS_MAIN(TestConfiguration)
#include "tst_configuration.moc"
