// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: what kills a process at its n-th system call counts the calls of all its threads, in their order, and tells its end truly; tests of
// kills stand on that. Method: this program, started again, writes a text letter by letter, from a new thread each second time; killed at
// its n-th write, it has written n - 1 letters.
#include "support/faults/killedprocess.h"

#include <QCoreApplication>
#include <QTest>

#include <csignal>
#include <cstring>
#include <thread>

#include <unistd.h>

using namespace Satchel::Test;

namespace {

constexpr char text[] = "a letter after the other";
constexpr int letterCount = sizeof text - 1;

int writeText(bool isCrash)
{
    bool isWritten = true;
    for (int at = 0; at < letterCount; ++at) {
        const auto writeOne = [&isWritten, at] { isWritten = ::write(STDOUT_FILENO, text + at, 1) == 1 && isWritten; };
        if (at % 2 == 0) {
            writeOne();
        } else {
            std::thread(writeOne).join();
        }
    }
    if (isCrash) {
        ::raise(SIGTERM);
    }
    return isWritten ? 0 : 1;
}

void prepare(QProcess &process, const char *what)
{
    process.setProgram(QCoreApplication::applicationFilePath());
    process.setArguments({QString::fromLatin1(what)});
}

}  // namespace

class TestKilledProcess : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void writes_ofSeveralThreads_areCountedInTheirOrder();
    void otherKinds_doNotCount();
    void end_byItself_isNoKill();
    void end_byAnotherSignal_isNoKill();
};

void TestKilledProcess::initTestCase()
{
    const QString whyNot = KilledProcess::whyNot();
    if (!whyNot.isEmpty()) {
        QSKIP(qPrintable(whyNot));
    }
}

void TestKilledProcess::writes_ofSeveralThreads_areCountedInTheirOrder()
{
    int kills = 0;
    const QString complaint = KilledProcess::forEach(
        FileChange::Write, [](int, QProcess &process) { prepare(process, "write"); },
        [](int number, const KilledProcess::Run &run) {
            const QByteArray expected = QByteArray(text).left(number - 1);
            return run.out == expected ? QString() : QStringLiteral("wrote ") + QString::fromUtf8(run.out);
        },
        &kills);
    QVERIFY2(complaint.isEmpty(), qPrintable(complaint));
    QCOMPARE(kills, letterCount);
}

void TestKilledProcess::otherKinds_doNotCount()
{
    const auto run = KilledProcess::run({.call = 1, .counted = {FileChange::Rename, FileChange::Sync}},
                                        [](QProcess &process) { prepare(process, "write"); });
    QCOMPARE(run.failure, QString());
    QVERIFY(!run.wasKilled);
    QCOMPARE(run.out, QByteArray(text));
}

void TestKilledProcess::end_byItself_isNoKill()
{
    const auto run =
        KilledProcess::run({.call = letterCount + 1, .counted = {FileChange::Write}}, [](QProcess &process) { prepare(process, "write"); });
    QCOMPARE(run.failure, QString());
    QVERIFY(!run.wasKilled);
    QCOMPARE(run.out, QByteArray(text));
}

void TestKilledProcess::end_byAnotherSignal_isNoKill()
{
    const auto run =
        KilledProcess::run({.call = letterCount + 1, .counted = {FileChange::Write}}, [](QProcess &process) { prepare(process, "crash"); });
    QVERIFY2(run.failure.contains(QString::number(SIGTERM)), qPrintable(run.failure));
    QVERIFY(!run.wasKilled);
    QCOMPARE(run.out, QByteArray(text));
}

int main(int argc, char **argv)
{
    if (argc == 2 && (std::strcmp(argv[1], "write") == 0 || std::strcmp(argv[1], "crash") == 0)) {
        return writeText(std::strcmp(argv[1], "crash") == 0);
    }
    QCoreApplication application(argc, argv);
    TestKilledProcess test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_killedprocess.moc"
