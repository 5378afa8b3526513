// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: who writes a tool in another language calls the admin services with the client that Connect gives them.
// Method: the npm package @connectrpc/connect as a process, with code that its own generator makes of proto/, in protobuf and in JSON.
// Skipped where npm does not bring the packages.

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

class TestConnectClient : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void connectClient_listsAndIsToldWhatIsWrong();

private:
    std::unique_ptr<ServerRig> m_rig;
};

namespace {

QString folder()
{
    return QStringLiteral(SATCHEL_BINARY_DIR "/connectclient");
}

/// What the program printed; an error's text if it failed.
QByteArray outputOf(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.setWorkingDirectory(folder());
    process.start(program, arguments);
    if (!process.waitForFinished(60'000) || process.exitCode() != 0) {
        qWarning("%s: %s", qPrintable(program), process.readAllStandardError().constData());
        process.kill();
        process.waitForFinished();
    }
    return process.readAllStandardOutput();
}

QJsonObject failure(const char *code, const char *reason, const char *message)
{
    return {{QStringLiteral("code"), QLatin1String(code)},
            {QStringLiteral("reason"), QLatin1String(reason)},
            {QStringLiteral("message"), QLatin1String(message)}};
}

}  // namespace

void TestConnectClient::initTestCase()
{
    if (!haveNpmPackages(folder(), {QStringLiteral("@connectrpc/connect@2.0.2"), QStringLiteral("@connectrpc/connect-node@2.0.2"),
                                    QStringLiteral("@bufbuild/protobuf@2.2.5"), QStringLiteral("@bufbuild/protoc-gen-es@2.2.5")})) {
        QSKIP("npm did not bring @connectrpc/connect, the client that this test calls the server with.");
    }
    const QString protos = QStringLiteral(SATCHEL_SOURCE_DIR "/proto");
    QStringList arguments{QStringLiteral("--plugin=protoc-gen-es=") + folder() + QStringLiteral("/node_modules/.bin/protoc-gen-es"),
                          QStringLiteral("--es_out=") + folder(), QStringLiteral("--es_opt=target=js,import_extension=js"),
                          QStringLiteral("-I"), protos};
    const QDir sources(protos + QStringLiteral("/satchel/v1"));
    for (const QString &file : sources.entryList({QStringLiteral("*.proto")})) {
        arguments.append(sources.filePath(file));
    }
    outputOf(QStringLiteral("protoc"), arguments);
    // The script finds its packages beside itself.
    const QString script = folder() + QStringLiteral("/connectclient.mjs");
    QFile::remove(script);
    QVERIFY(QFile::copy(QStringLiteral(SATCHEL_SOURCE_DIR "/tests/integration/server/connectclient.mjs"), script));
    QFile package(folder() + QStringLiteral("/package.json"));
    QVERIFY(package.open(QIODevice::WriteOnly));
    package.write(R"({"type": "module"})");
    package.close();
    m_rig = std::make_unique<ServerRig>();
    QCOMPARE(m_rig->start(), QString());
    std::uint8_t number = 0;
    for (const char *user : {"anna", "alma", "ada", "bert"}) {
        WebSocketDevice device(++number);
        QVERIFY(device.open(m_rig->url(), m_rig->token(user)));
        QVERIFY(device.push({device.put("notes", "k", {{"f", "v"}})}));
    }
}

void TestConnectClient::connectClient_listsAndIsToldWhatIsWrong()
{
    const QByteArray output =
        outputOf(QStringLiteral("node"), {QStringLiteral("connectclient.mjs"), m_rig->url().toString(), m_rig->token("op", {"admin"})});
    const QJsonObject told = QJsonDocument::fromJson(output).object();
    const QJsonArray names{QStringLiteral("anna"), QStringLiteral("alma"), QStringLiteral("ada")};
    QCOMPARE(told[QStringLiteral("usersAsProtobuf")].toArray(), names);
    QCOMPARE(told[QStringLiteral("usersAsJson")].toArray(), names);
    QCOMPARE(told[QStringLiteral("deviceBytes")].toInt(), 16);
    QCOMPARE(told[QStringLiteral("heads")].toInt(), 1);
    QCOMPARE(told[QStringLiteral("reasons")].toArray(), QJsonArray{QStringLiteral("ticket 4711")});
    const QJsonObject wrong =
        failure("InvalidArgument", "MALFORMED_INPUT",
                "filter, column 1: there is no field usr; fields are user, seen, created, documents, conflicts, events, devices. "
                "Put quotes around a text with : = < or > in it");
    QCOMPARE(told[QStringLiteral("wrongFilter")].toObject(), wrong);
    QCOMPARE(told[QStringLiteral("wrongFilterAsJson")].toObject(), wrong);
    QCOMPARE(told[QStringLiteral("wrongToken")].toObject()[QStringLiteral("code")].toString(), QStringLiteral("Unauthenticated"));
    QCOMPARE(told[QStringLiteral("unknownUser")].toObject()[QStringLiteral("code")].toString(), QStringLiteral("NotFound"));
    QCOMPARE(told[QStringLiteral("cancelled")].toObject()[QStringLiteral("code")].toString(), QStringLiteral("Canceled"));
}

QTEST_GUILESS_MAIN(TestConnectClient)
#include "tst_connectclient.moc"
