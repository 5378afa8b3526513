// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what is installed is complete and closed: an app of somebody else's builds against it with find_package alone and syncs; the
// library shows nothing but the public API; the installed programs find it. Method: installs this build into a temporary prefix with cmake
// --install, builds sdk/examples/hello there, and runs it against a real server.
#include "support/serverprocess.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

#include <map>

using Satchel::Test::ServerProcess;

namespace {

struct Ran {
    int exitCode = -1;
    QByteArray output;
};

Ran run(const QString &program, const QStringList &arguments, const std::map<QString, QString> &variables = {})
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const auto &[name, value] : variables) {
        environment.insert(name, value);
    }
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    if (!process.waitForFinished(240000)) {
        process.kill();
        process.waitForFinished();
        return {-1, process.readAll() + " (" + process.errorString().toUtf8() + ')'};
    }
    return {process.exitCode(), process.readAll()};
}

/// The first block of this language.
QByteArray readmeSample(const QByteArray &language)
{
    QFile readme(QStringLiteral(SATCHEL_SOURCE_DIR "/README.md"));
    const QByteArray text = readme.open(QIODevice::ReadOnly) ? readme.readAll() : QByteArray();
    const QByteArray fence = "```" + language + '\n';
    const qsizetype fenceAt = text.indexOf(fence);
    const qsizetype begin = fenceAt + fence.size();
    return fenceAt < 0 ? QByteArray() : text.mid(begin, text.indexOf("```", begin) - begin);
}

}  // namespace

class TestPackage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void install_holdsPublicHeadersOnly();
    void library_exportsPublicApiOnly();
    void consumer_buildsAndSyncs();
    void consumer_withoutServer_staysLocal();
    void readme_sampleBuilds();
    void consumer_makesStructsOfAProtoFile();
    void readme_qmlSampleSyncs();
    void program_fromPrefix_runs_data();
    void program_fromPrefix_runs();

private:
    [[nodiscard]] QString inPrefix(const QString &path) const { return m_folder.filePath(QStringLiteral("prefix/") + path); }
    /// Configures and builds a project against the installed package.
    [[nodiscard]] Ran buildConsumer(const QString &source, const QString &build, const QString &flags) const;
    [[nodiscard]] Ran runHello(const QString &folder, const QString &url, const QString &token) const;

    QTemporaryDir m_folder;
    QString m_hello;
};

void TestPackage::initTestCase()
{
    QVERIFY(m_folder.isValid());
    for (const char *component : {"sdk", "qml", "cli", "server", "console"}) {
        const Ran installed =
            run(QStringLiteral(SATCHEL_CMAKE), {QStringLiteral("--install"), QStringLiteral(SATCHEL_BINARY_DIR), QStringLiteral("--prefix"),
                                                inPrefix({}), QStringLiteral("--component"), QString::fromLatin1(component)});
        QVERIFY2(installed.exitCode == 0, installed.output.constData());
    }
}

void TestPackage::install_holdsPublicHeadersOnly()
{
    const QDir own(QStringLiteral(SATCHEL_SOURCE_DIR "/sdk/include/Satchel"));
    const QDir installed(inPrefix(QStringLiteral("include/Satchel")));
    QCOMPARE(installed.entryList(QDir::Files), own.entryList(QDir::Files));
    QCOMPARE(QDir(inPrefix(QStringLiteral("include"))).entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
             QStringList{QStringLiteral("Satchel")});
}

void TestPackage::library_exportsPublicApiOnly()
{
    const Ran listed = run(QStringLiteral("nm"), {QStringLiteral("-DC"), QStringLiteral("--defined-only"),
                                                  inPrefix(QStringLiteral(SATCHEL_LIBDIR "/libSatchel.so"))});
    if (listed.exitCode < 0) {
        QSKIP("nm is not there");
    }
    QVERIFY2(listed.exitCode == 0, listed.output.constData());
    static const QList<QByteArray> inner{
        "Satchel::Core::", "Satchel::Wire::", "Satchel::CipherDb::", "Satchel::Sync::", "Satchel::Live::", "Satchel::Vault::"};
    int count = 0;
    for (const QByteArray &line : listed.output.trimmed().split('\n')) {
        QByteArray name = line.mid(19);
        for (const char *prefix : {"typeinfo for ", "typeinfo name for ", "vtable for ", "non-virtual thunk to "}) {
            if (name.startsWith(prefix)) {
                name = name.mid(qsizetype(qstrlen(prefix)));
            }
        }
        if (name.startsWith("operator")) {
            QVERIFY2(name.contains("Satchel::"), line.constData());
            continue;
        }
        QVERIFY2(name.startsWith("Satchel::"), line.constData());
        for (const QByteArray &module : inner) {
            QVERIFY2(!name.startsWith(module), line.constData());
        }
        ++count;
    }
    QVERIFY(count > 50);
}

Ran TestPackage::runHello(const QString &folder, const QString &url, const QString &token) const
{
    return run(m_hello, {},
               {{QStringLiteral("LD_LIBRARY_PATH"), inPrefix(QStringLiteral(SATCHEL_LIBDIR))},
                {QStringLiteral("XDG_DATA_HOME"), m_folder.filePath(folder)},
                {QStringLiteral("SATCHEL_URL"), url},
                {QStringLiteral("SATCHEL_TOKEN"), token}});
}

Ran TestPackage::buildConsumer(const QString &source, const QString &build, const QString &flags) const
{
    Ran ran = run(QStringLiteral(SATCHEL_CMAKE),
                  {QStringLiteral("-G"), QStringLiteral("Ninja"), QStringLiteral("-S"), source, QStringLiteral("-B"), build,
                   QStringLiteral("-DCMAKE_PREFIX_PATH=") + inPrefix({}), QStringLiteral("-DCMAKE_CXX_FLAGS=") + flags});
    return ran.exitCode == 0 ? run(QStringLiteral(SATCHEL_CMAKE), {QStringLiteral("--build"), build}) : ran;
}

void TestPackage::consumer_buildsAndSyncs()
{
    const QString build = m_folder.filePath(QStringLiteral("hello"));
    const Ran built =
        buildConsumer(QStringLiteral(SATCHEL_SOURCE_DIR "/sdk/examples/hello"), build, QStringLiteral("-Wall -Wextra -Werror"));
    QVERIFY2(built.exitCode == 0, built.output.constData());
    m_hello = build + QStringLiteral("/hello");

    ServerProcess server(ServerProcess::Storage::Ephemeral);
    QVERIFY2(server.start(), server.log().constData());
    const Ran first = runHello(QStringLiteral("one"), server.url().toString(), server.token(QStringLiteral("anna")));
    QVERIFY2(first.exitCode == 0, first.output.constData());
    QVERIFY2(first.output.contains("synced: yes"), first.output.constData());
}

void TestPackage::consumer_withoutServer_staysLocal()
{
    QVERIFY(!m_hello.isEmpty());
    const Ran local = runHello(QStringLiteral("two"), {}, {});
    QVERIFY2(local.exitCode == 0, local.output.constData());
    QVERIFY2(local.output.contains("durable: yes"), local.output.constData());
    QVERIFY2(local.output.contains("synced: failed_precondition"), local.output.constData());
}

void TestPackage::readme_sampleBuilds()
{
    const QByteArray sample = readmeSample("cpp");
    QVERIFY(!sample.isEmpty());
    QVERIFY2(sample.count('\n') <= 10, "the README's first sync has more than ten lines");
    const QString source = m_folder.filePath(QStringLiteral("readme"));
    QVERIFY(QDir().mkpath(source));
    QVERIFY(
        QFile::copy(QStringLiteral(SATCHEL_SOURCE_DIR "/sdk/examples/hello/CMakeLists.txt"), source + QStringLiteral("/CMakeLists.txt")));
    QFile program(source + QStringLiteral("/main.cpp"));
    QVERIFY(program.open(QIODevice::WriteOnly));
    program.write("#include <Satchel/client.h>\n#include <QCoreApplication>\n#include <QDebug>\n"
                  "QFuture<Satchel::Result<QString>> fetchToken();\n"
                  "QFuture<Satchel::Result<QString>> fetchToken() { return Satchel::readyResult<QString>(QString()); }\n"
                  "int main(int argc, char **argv)\n{\nQCoreApplication app(argc, argv);\n");
    program.write(sample);
    program.write("return app.exec();\n}\n");
    program.close();
    const Ran built = buildConsumer(source, m_folder.filePath(QStringLiteral("readme-build")), {});
    QVERIFY2(built.exitCode == 0, built.output.constData());
}

void TestPackage::consumer_makesStructsOfAProtoFile()
{
    const QString source = m_folder.filePath(QStringLiteral("schema"));
    QVERIFY(QDir().mkpath(source));
    QVERIFY(QFile::copy(QStringLiteral(SATCHEL_SOURCE_DIR "/tests/api/schema/tasks.proto"), source + QStringLiteral("/tasks.proto")));
    const auto write = [&source](const QString &name, const QByteArray &text) {
        QFile file(source + u'/' + name);
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    };
    QVERIFY(write(QStringLiteral("CMakeLists.txt"),
                  "cmake_minimum_required(VERSION 3.25)\nproject(schema LANGUAGES CXX)\nfind_package(Satchel REQUIRED)\n"
                  "add_executable(schema main.cpp)\ntarget_link_libraries(schema PRIVATE Satchel::Satchel)\n"
                  "satchel_add_schema(schema tasks.proto NAMESPACE app::model)\n"));
    // Reads a property, which needs what moc made of the header.
    QVERIFY(write(QStringLiteral("main.cpp"),
                  "#include <tasks.satchel.h>\nint main()\n{\nconst auto fields = Satchel::Typed::toFields(app::model::Task());\n"
                  "return fields && fields->value(\"state\").toString() == \"STATE_OPEN\" ? 0 : 1;\n}\n"));
    const QString build = m_folder.filePath(QStringLiteral("schema-build"));
    const Ran built = buildConsumer(source, build, QStringLiteral("-Wall -Wextra -Werror"));
    QVERIFY2(built.exitCode == 0, built.output.constData());
    const Ran ran =
        run(build + QStringLiteral("/schema"), {}, {{QStringLiteral("LD_LIBRARY_PATH"), inPrefix(QStringLiteral(SATCHEL_LIBDIR))}});
    QVERIFY2(ran.exitCode == 0, ran.output.constData());
}

void TestPackage::readme_qmlSampleSyncs()
{
    QByteArray sample = readmeSample("qml");
    QVERIFY(!sample.isEmpty());
    QVERIFY2(sample.count('\n') <= 8, "the README's first sync in QML has more than eight lines");
    const QString build = m_folder.filePath(QStringLiteral("hello-qml"));
    const Ran built =
        buildConsumer(QStringLiteral(SATCHEL_SOURCE_DIR "/sdk/examples/hello-qml"), build, QStringLiteral("-Wall -Wextra -Werror"));
    QVERIFY2(built.exitCode == 0, built.output.constData());

    ServerProcess server(ServerProcess::Storage::Ephemeral);
    QVERIFY2(server.start(), server.log().constData());
    // This machine has no keychain and no such server; and somebody has to say when it is done.
    sample.replace("https://sync.example.com", server.url().toString().toUtf8());
    const QByteArray store = m_folder.filePath(QStringLiteral("qml-store")).toUtf8();
    sample.replace("token: session.token", "token: session.token; storeFolder: \"" + store + "\"; keyFile: \"" + store + ".key\"");
    sample.replace("    Component.onCompleted", "    onChanged: if (exists && !pending) Qt.exit(7)\n    Component.onCompleted");
    QFile file(m_folder.filePath(QStringLiteral("Sample.qml")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(sample);
    file.close();
    const Ran ran = run(build + QStringLiteral("/hello-qml"), {file.fileName()},
                        {{QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen")},
                         {QStringLiteral("QT_FATAL_WARNINGS"), QStringLiteral("0")},  // a key in a file is warned of
                         {QStringLiteral("SATCHEL_TOKEN"), server.token(QStringLiteral("anna"))}});
    QVERIFY2(ran.exitCode == 7, (QByteArray::number(ran.exitCode) + ": " + ran.output).constData());
}

void TestPackage::program_fromPrefix_runs_data()
{
    QTest::addColumn<QString>("program");
    QTest::newRow("cli") << QStringLiteral("bin/satchel");
    QTest::newRow("server") << QStringLiteral("bin/satchel-server");
    QTest::newRow("console") << QStringLiteral("bin/satchel-console");
}

void TestPackage::program_fromPrefix_runs()
{
    QFETCH(QString, program);
    const Ran helped = run(inPrefix(program), {QStringLiteral("--help")}, {{QStringLiteral("XDG_RUNTIME_DIR"), m_folder.path()}});
    QVERIFY2(helped.exitCode == 0, helped.output.constData());
    QVERIFY(!helped.output.isEmpty());
}

QTEST_GUILESS_MAIN(TestPackage)
#include "tst_package.moc"
