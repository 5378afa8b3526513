// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: F1: whichever system call a device process dies at, the write it was at is wholly there or absent, there if it was acknowledged,
// and applied once by the server; the store opens again by itself, the server's too.
// Method: `satchel` is killed as it enters its n-th call of a kind, for n = 1, 2, 3... until it gets through one write and its sync; then
// another process opens the store, and the server's head counts what was applied.

#include "cliprocess.h"
#include "support/faults/killedprocess.h"
#include "support/serverview.h"

#include <QEventLoop>
#include <QFileInfo>
#include <QTest>
#include <QTimer>

#include <memory>

using namespace Satchel;
using namespace Satchel::Test;

namespace {

/// Large enough to need several pages.
QByteArray value(int number)
{
    return "{\"n\":" + QByteArray::number(number) + ",\"text\":\"" + QByteArray(9000, static_cast<char>('a' + number % 26)) + "\"}";
}

QString key(int number)
{
    return QStringLiteral("k-%1").arg(number);
}

}  // namespace

class TestSyscallKills : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void put_killedAtEverySystemCall_isWholeOrAbsent_data() { addSyscalls(); }
    void put_killedAtEverySystemCall_isWholeOrAbsent();
    void firstPut_killedAtEverySystemCall_leavesAStoreThatOpens_data() { addSyscalls(); }
    void firstPut_killedAtEverySystemCall_leavesAStoreThatOpens();
    void agent_killedAtEverySystemCall_keepsWhatItAcknowledged_data() { addSyscalls(); }
    void agent_killedAtEverySystemCall_keepsWhatItAcknowledged();
    void firstServerStart_killedAtEverySystemCall_startsAgain_data() { addSyscalls(); }
    void firstServerStart_killedAtEverySystemCall_startsAgain();

private:
    static void addSyscalls();
    [[nodiscard]] std::unique_ptr<Cli> device() const
    {
        return std::make_unique<Cli>(QStringList{QStringLiteral("--server"), m_server->url().toString(), QStringLiteral("--token-file"),
                                                 m_tokenFile, QStringLiteral("--wait"), QStringLiteral("20")});
    }
    struct Look {
        bool isThere = false;
        QString complaint;
    };
    /// Opens the store as the next process would, which exchanges what is pending, and looks for write `number`.
    [[nodiscard]] static Look look(const Cli &cli, int number, bool isAcknowledged);
    /// look(), and whether the server has applied it exactly as often as it is there.
    [[nodiscard]] QString lookSynced(const Cli &cli, int number, bool isAcknowledged);

    QTemporaryDir m_folder;
    QString m_tokenFile;
    std::unique_ptr<ServerProcess> m_server;
    std::unique_ptr<ServerView> m_view;
    std::uint64_t m_headBefore = 0;
};

void TestSyscallKills::addSyscalls()
{
    QTest::addColumn<FileChange>("kind");
    for (const auto &[kind, name] : KilledProcess::fileChanges()) {
        QTest::newRow(name) << kind;
    }
}

void TestSyscallKills::initTestCase()
{
    const QString whyNot = KilledProcess::whyNot();
    if (!whyNot.isEmpty()) {
        QSKIP(qPrintable(whyNot));
    }
}

void TestSyscallKills::init()
{
    m_server = std::make_unique<ServerProcess>(ServerProcess::Storage::Ephemeral);
    QVERIFY2(m_server->start(), m_server->log().constData());
    m_view = std::make_unique<ServerView>(m_server->url(), m_server->token(QStringLiteral("operator"), {QStringLiteral("support")}));
    QFile file(m_folder.filePath(QStringLiteral("token")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(m_server->token(QStringLiteral("anna")).toUtf8()) > 0);
    m_tokenFile = file.fileName();
    m_headBefore = 0;
}

TestSyscallKills::Look TestSyscallKills::look(const Cli &cli, int number, bool isAcknowledged)
{
    const CliRun read = cli.run(list({"get", "notes"}) + QStringList{key(number)});
    const bool isThere = read.exitCode == 0;
    if (!isThere && (read.exitCode != 1 || !read.err.contains("no such document"))) {
        return {false, QStringLiteral("the store does not open: %1 %2").arg(read.exitCode).arg(QString::fromUtf8(read.err))};
    }
    if (isThere && read.out != value(number) + "\n") {
        return {true, QStringLiteral("half a write: ") + QString::fromUtf8(read.out.left(80))};
    }
    return {isThere, isAcknowledged && !isThere ? QStringLiteral("an acknowledged write is lost") : QString()};
}

QString TestSyscallKills::lookSynced(const Cli &cli, int number, bool isAcknowledged)
{
    const auto [isThere, complaint] = look(cli, number, isAcknowledged);
    if (!complaint.isEmpty()) {
        return complaint;
    }
    const auto user = m_view->user("anna");
    if (!user) {
        return QStringLiteral("the server does not answer: ") + QString::fromStdString(user.error().detail);
    }
    const std::uint64_t applied = user->user.head - m_headBefore;
    m_headBefore = user->user.head;
    return applied == (isThere ? 1 : 0) ? QString() : QStringLiteral("applied %1 times by the server").arg(applied);
}

void TestSyscallKills::put_killedAtEverySystemCall_isWholeOrAbsent()
{
    QFETCH(FileChange, kind);
    const auto cli = device();
    QCOMPARE(cli->run(list({"status"})).exitCode, 0);
    int kills = 0;
    const QString complaint = KilledProcess::forEach(
        kind,
        [&](int number, QProcess &process) {
            cli->prepare(process, list({"put", "notes"}) + QStringList{key(number), QString::fromUtf8(value(number))});
        },
        [&](int number, const KilledProcess::Run &run) { return lookSynced(*cli, number, !run.wasKilled); }, &kills);
    QVERIFY2(complaint.isEmpty(), qPrintable(complaint));
    qInfo("%d kills", kills);
}

// No store, key or folder yet. Without the network: hundreds of calls make a store, and each kill would be a device of its own.
void TestSyscallKills::firstPut_killedAtEverySystemCall_leavesAStoreThatOpens()
{
    QFETCH(FileChange, kind);
    std::unique_ptr<Cli> cli;
    int kills = 0;
    const QString complaint = KilledProcess::forEach(
        kind,
        [&](int number, QProcess &process) {
            cli = std::make_unique<Cli>(list({"--offline"}));
            cli->prepare(process, list({"put", "notes"}) + QStringList{key(number), QString::fromUtf8(value(number))});
        },
        [&](int number, const KilledProcess::Run &run) { return look(*cli, number, !run.wasKilled).complaint; }, &kills);
    QVERIFY2(complaint.isEmpty(), qPrintable(complaint));
    qInfo("%d kills", kills);
}

// The agent says that a write is durable before it exchanges it, so that kills fall behind the acknowledgement too.
void TestSyscallKills::agent_killedAtEverySystemCall_keepsWhatItAcknowledged()
{
    QFETCH(FileChange, kind);
    const auto cli = device();
    QCOMPARE(cli->run(list({"status"})).exitCode, 0);
    bool wasKilled = true;
    int acknowledged = 0;
    int number = 0;
    while (wasKilled) {
        ++number;
        QProcess process;
        cli->prepare(process, list({"agent"}));
        KilledProcess::arm(process, {.call = number, .counted = {kind}});
        QByteArray out;
        QEventLoop loop;
        connect(&process, &QProcess::readyReadStandardOutput, &loop, [&] {
            out += process.readAllStandardOutput();
            if (out.contains("\"id\":2")) {
                process.write("{\"do\":\"quit\",\"id\":3}\n");
            }
        });
        connect(&process, &QProcess::finished, &loop, &QEventLoop::quit);
        QTimer::singleShot(60000, &loop, &QEventLoop::quit);
        process.start();
        process.write("{\"do\":\"set\",\"id\":1,\"collection\":\"notes\",\"key\":\"" + key(number).toUtf8() +
                      "\",\"value\":" + value(number) + "}\n{\"do\":\"sync\",\"id\":2}\n");
        loop.exec();
        QCOMPARE(process.state(), QProcess::NotRunning);
        out += process.readAllStandardOutput();
        wasKilled = KilledProcess::wasKilled(process);
        QVERIFY2(wasKilled || (process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0),
                 qPrintable(QStringLiteral("call number %1: ended with %2, crashed: %3, after %4 %5")
                                .arg(number)
                                .arg(process.exitCode())
                                .arg(process.exitStatus() == QProcess::CrashExit)
                                .arg(QString::fromUtf8(out.right(300)), QString::fromUtf8(process.readAllStandardError()))));
        const bool isAcknowledged = out.contains("\"id\":1");
        acknowledged += isAcknowledged ? 1 : 0;
        const QString complaint = lookSynced(*cli, number, isAcknowledged);
        QVERIFY2(complaint.isEmpty(), qPrintable(QStringLiteral("call number %1: %2").arg(number).arg(complaint)));
    }
    qInfo("%d kills, %d behind the acknowledgement", number - 1, acknowledged - 1);
}

void TestSyscallKills::firstServerStart_killedAtEverySystemCall_startsAgain()
{
    QFETCH(FileChange, kind);
    bool wasKilled = true;
    int number = 0;
    while (wasKilled) {
        ++number;
        const QTemporaryDir folder;
        const QString portFile = folder.filePath(QStringLiteral("port"));
        const auto isUp = [&portFile] { return QFileInfo(portFile).size() > 0; };
        const auto prepare = [&](QProcess &process) {
            process.setProgram(ServerProcess::program(QStringLiteral("satchel-server")));
            process.setArguments(
                {QStringLiteral("--data"), folder.filePath(QStringLiteral("data")), QStringLiteral("--port-file"), portFile});
        };
        QProcess first;
        prepare(first);
        KilledProcess::arm(first, {.call = number, .counted = {kind}});
        first.start();
        QTRY_VERIFY_WITH_TIMEOUT(isUp() || first.state() == QProcess::NotRunning, 60000);
        first.terminate();
        QVERIFY(first.state() == QProcess::NotRunning || first.waitForFinished(60000));
        wasKilled = KilledProcess::wasKilled(first);
        QVERIFY2(wasKilled || isUp(), first.readAllStandardError().constData());
        if (wasKilled) {
            QFile::remove(portFile);
            QProcess second;
            prepare(second);
            second.start();
            QTRY_VERIFY_WITH_TIMEOUT(isUp() || second.state() == QProcess::NotRunning, 60000);
            second.terminate();
            QVERIFY(second.state() == QProcess::NotRunning || second.waitForFinished(60000));
            QVERIFY2(isUp(),
                     qPrintable(QStringLiteral("call number %1: %2").arg(number).arg(QString::fromUtf8(second.readAllStandardError()))));
        }
    }
    qInfo("%d kills", number - 1);
}

QTEST_GUILESS_MAIN(TestSyscallKills)
#include "tst_syscallkills.moc"
