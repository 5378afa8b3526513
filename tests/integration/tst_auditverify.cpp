// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors

// Goal: an auditor with the two programs and nothing else gets the key, the log and the verdict; and a user, of an own export.
// Method: a server process that operators have called, `satchel-server audit-key` and `audit-export`, `satchel audit verify` and `satchel
// export verify` on the files as they are and on what people do to them.

#include "cliprocess.h"

#include <QTest>

using namespace Satchel;
using namespace Satchel::Test;

class TestAuditVerify : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void verify_goodExport_saysSo();
    void verify_withoutKey_saysWhatThatProves();
    void verify_standardInput_isTaken();
    void verify_changedExport_namesTheRecord();
    void verify_anotherKey_isRefused();
    void verify_olderHead_isChecked();
    void export_verified_saysWhose_changedNamesTheLine();
    void usage_wrong_saysWhatToWrite_data();
    void usage_wrong_saysWhatToWrite();

private:
    /// Of anna, part after part.
    [[nodiscard]] static QByteArray exportOf(const QUrl &server, const QString &token)
    {
        QByteArray all;
        QVariantMap request{{QStringLiteral("user"), QStringLiteral("anna")}};
        do {
            const HttpAnswer part = post(QUrl(server.toString() + QStringLiteral("/satchel.v1.Users/Export")), toJson(request).value(),
                                         "application/json", token);
            const QVariantMap said = fromJson(part.body).value_or(QVariantMap());
            all += said.value(QStringLiteral("lines")).toByteArray();
            request.insert(QStringLiteral("token"), said.value(QStringLiteral("nextToken")));
        } while (!request.value(QStringLiteral("token")).toString().isEmpty());
        return all;
    }
    [[nodiscard]] CliRun verify(const QString &file, const QStringList &more = {}, const QByteArray &input = {}) const
    {
        return m_cli.run(list({"audit", "verify"}) + QStringList(file) + more, input);
    }

    Cli m_cli;
    QByteArray m_export;
    QByteArray m_userExport;
    QByteArray m_head;
    QString m_key;
    QString m_file;
};

void TestAuditVerify::initTestCase()
{
    ServerProcess server;
    QVERIFY2(server.start(), server.log().constData());
    const QString support = server.token(QStringLiteral("op"), {QStringLiteral("support"), QStringLiteral("auditor")});
    const auto call = [&](const char *method) {
        return post(QUrl(server.url().toString() + QStringLiteral("/satchel.v1.") + QString::fromLatin1(method)), "{}", "application/json",
                    support);
    };
    for (int i = 0; i < 4; ++i) {
        QCOMPARE(call("Users/List").status, 200);
    }
    m_head = fromJson(call("Audit/TreeHead").body).value_or(QVariantMap()).value(QStringLiteral("note")).toByteArray();
    QVERIFY(m_head.startsWith("satchel-audit/"));
    for (int i = 0; i < 4; ++i) {
        QCOMPARE(call("Users/List").status, 200);
    }
    const CliRun put = Cli({QStringLiteral("--server"), server.url().toString(), QStringLiteral("--user"), QStringLiteral("anna"),
                            QStringLiteral("--tenant"), QStringLiteral("other"), QStringLiteral("--dev-token")})
                           .run(list({"put", "notes", "a", "{\"title\":\"text\"}"}));
    QVERIFY2(put.exitCode == 0, put.err.constData());
    m_userExport = exportOf(server.url(), server.token(QStringLiteral("boss"), {QStringLiteral("admin")}, QStringLiteral("other")));
    QVERIFY(m_userExport.contains("\n{\"note\":"));
    QCOMPARE(server.stop(), 0);
    const auto run = [&](const QStringList &arguments) {
        QProcess process;
        process.start(ServerProcess::program(QStringLiteral("satchel-server")), arguments + server.storeArguments());
        return process.waitForFinished(20000) && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
    };
    m_key = QString::fromUtf8(run({QStringLiteral("audit-key")}).trimmed());
    QVERIFY(m_key.startsWith(QStringLiteral("satchel-audit+")));
    m_export = run({QStringLiteral("audit-export"), QStringLiteral("--audit-tenant"), QStringLiteral("default")});
    QCOMPARE(m_export.count('\n'), 1 + 9 + 1 + 1 + 1);
    m_file = m_cli.file(QStringLiteral("log.jsonl"), m_export);
}

void TestAuditVerify::verify_goodExport_saysSo()
{
    const CliRun run = verify(m_file, {QStringLiteral("--key"), m_key});
    QCOMPARE(run.exitCode, 0);
    QVERIFY2(run.out.startsWith("good: 9 records"), run.out.constData());
    QVERIFY(run.err.isEmpty());
    const CliRun json = verify(m_file, {QStringLiteral("--key"), m_key, QStringLiteral("--json")});
    QCOMPARE(json.records().value(0).value(QStringLiteral("records")).toInt(), 9);
    QCOMPARE(json.records().value(0).value(QStringLiteral("good")).toBool(), true);
}

void TestAuditVerify::verify_withoutKey_saysWhatThatProves()
{
    const CliRun run = verify(m_file);
    QCOMPARE(run.exitCode, 0);
    QVERIFY(run.err.contains("not who made it"));
    QVERIFY(run.err.contains(m_key.toUtf8()));
}

void TestAuditVerify::verify_standardInput_isTaken()
{
    QCOMPARE(verify(QStringLiteral("-"), {QStringLiteral("--key"), m_key}, m_export).exitCode, 0);
}

void TestAuditVerify::verify_changedExport_namesTheRecord()
{
    QByteArray changed = m_export;
    const qsizetype line = changed.indexOf("{\"index\":3");
    changed.replace(changed.indexOf("\"op\"", line), 4, "\"xx\"");
    const CliRun run = verify(m_cli.file(QStringLiteral("changed.jsonl"), changed), {QStringLiteral("--key"), m_key});
    QCOMPARE(run.exitCode, 1);
    QVERIFY2(run.err.startsWith("satchel: record 3: "), run.err.constData());
    const CliRun cut = verify(m_cli.file(QStringLiteral("cut.jsonl"), m_export.left(m_export.size() / 2)), {QStringLiteral("--json")});
    QCOMPARE(cut.exitCode, 1);
    QCOMPARE(cut.error().value(QStringLiteral("code")).toString(), QStringLiteral("data_loss"));
}

void TestAuditVerify::verify_anotherKey_isRefused()
{
    const CliRun run =
        verify(m_file, {QStringLiteral("--key"), QStringLiteral("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")});
    QCOMPARE(run.exitCode, 1);
    QVERIFY(run.err.contains("not of the one that was given"));
}

void TestAuditVerify::verify_olderHead_isChecked()
{
    const QString head = m_cli.file(QStringLiteral("head.note"), m_head);
    QCOMPARE(verify(m_file, {QStringLiteral("--against"), head}).exitCode, 0);
    QByteArray other = m_head;
    other.replace("\n4\n", "\n5\n");
    const CliRun run = verify(m_file, {QStringLiteral("--against"), m_cli.file(QStringLiteral("other.note"), other)});
    QCOMPARE(run.exitCode, 1);
    QVERIFY(run.err.contains("the older head"));
}

void TestAuditVerify::export_verified_saysWhose_changedNamesTheLine()
{
    const auto run = [this](const QByteArray &lines, const QString &key) {
        return m_cli.run(list({"export", "verify", "-", "--json"}) + QStringList({QStringLiteral("--key"), key}), lines);
    };
    const CliRun good = run(m_userExport, m_key);
    QVERIFY2(good.exitCode == 0, good.err.constData());
    QCOMPARE(good.records().value(0).value(QStringLiteral("user")).toString(), QStringLiteral("anna"));
    QCOMPARE(good.records().value(0).value(QStringLiteral("lines")).toInt(), int(m_userExport.count('\n')) - 1);
    QByteArray changed = m_userExport;
    const auto line = changed.left(changed.indexOf("{\"document\":")).count('\n') + 1;
    changed.replace(changed.indexOf("\"text\""), 6, "\"tixt\"");
    const CliRun bad = run(changed, m_key);
    QCOMPARE(bad.exitCode, 1);
    QVERIFY2(bad.error().value(QStringLiteral("message")).toByteArray().startsWith("line " + QByteArray::number(line) + ": "),
             bad.err.constData());
    QCOMPARE(run(m_userExport, QStringLiteral("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")).exitCode, 1);
}

void TestAuditVerify::usage_wrong_saysWhatToWrite_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("no verb") << list({"audit"}) << QByteArray("satchel audit verify FILE");
    QTest::newRow("another verb") << list({"audit", "show", "x"}) << QByteArray("satchel audit verify FILE");
    QTest::newRow("export of whom") << list({"export", "verify", "/no/such/file"}) << QByteArray("--key");
    QTest::newRow("export of two") << list({"export", "notes", "more"}) << QByteArray("satchel export verify FILE");
    QTest::newRow("no such file") << list({"audit", "verify", "/no/such/file"}) << QByteArray("cannot be read");
    QTest::newRow("no key") << list({"audit", "verify", "/no/such/file", "--key", "abc"}) << QByteArray("NAME+HASH+KEY");
    QTest::newRow("option of another command") << list({"status", "--against", "x"}) << QByteArray("satchel audit verify");
}

void TestAuditVerify::usage_wrong_saysWhatToWrite()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, said);
    const CliRun run = m_cli.run(arguments);
    QCOMPARE(run.exitCode, 2);
    QVERIFY2(run.err.contains(said), run.err.constData());
}

QTEST_GUILESS_MAIN(TestAuditVerify)
#include "tst_auditverify.moc"
