// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/syscallkills.h"

#include <QProcessEnvironment>
#include <QStandardPaths>

#include <csignal>

namespace Satchel::Test {

namespace {
constexpr int runWaitMs = 60000;
constexpr int killsMax = 5000;
}  // namespace

QStringList SyscallKills::fileChanges()
{
    return {QStringLiteral("write"),     QStringLiteral("pwrite64"), QStringLiteral("fsync"),     QStringLiteral("fdatasync"),
            QStringLiteral("ftruncate"), QStringLiteral("rename"),   QStringLiteral("renameat2"), QStringLiteral("unlink")};
}

QString SyscallKills::whyNot()
{
    if (QStandardPaths::findExecutable(QStringLiteral("strace")).isEmpty()) {
        return QStringLiteral("strace is not installed.");
    }
    QProcess process;
    process.setProgram(QStringLiteral("/bin/echo"));
    process.setArguments({QStringLiteral("traced")});
    arm(process, QStringLiteral("write"), 1);
    process.start();
    if (process.waitForFinished(runWaitMs) && wasKilled(process) && process.readAllStandardOutput().isEmpty()) {
        return {};
    }
    return QStringLiteral("strace may not trace here (ptrace is not permitted): ") + QString::fromUtf8(process.readAllStandardError());
}

void SyscallKills::arm(QProcess &process, const QString &syscall, int number)
{
    const QStringList tracer{QStringLiteral("-f"),
                             QStringLiteral("-I2"),  // SIGTERM reaches the program
                             QStringLiteral("-o"),  QStringLiteral("/dev/null"),
                             QStringLiteral("-e"),  QStringLiteral("trace=") + syscall,
                             QStringLiteral("-e"),  QStringLiteral("inject=%1:signal=SIGKILL:when=%2").arg(syscall).arg(number),
                             QStringLiteral("--"),  process.program()};
    process.setArguments(tracer + process.arguments());
    process.setProgram(QStringLiteral("strace"));
    QProcessEnvironment environment = process.processEnvironment();
    if (environment.isEmpty()) {
        environment = QProcessEnvironment::systemEnvironment();
    }
    // The leak checker is a tracer too, and there can be but one.
    environment.insert(QStringLiteral("ASAN_OPTIONS"), QStringLiteral("detect_leaks=0"));
    process.setProcessEnvironment(environment);
}

bool SyscallKills::wasKilled(const QProcess &process)
{
    // strace ends the way its program did.
    return process.exitStatus() == QProcess::CrashExit && process.exitCode() == SIGKILL;
}

SyscallKills::Run SyscallKills::run(const QString &syscall, int number, const std::function<void(QProcess &process)> &prepare)
{
    QProcess process;
    prepare(process);
    arm(process, syscall, number);
    process.start();
    process.closeWriteChannel();
    Run run;
    const bool hasEnded = process.waitForFinished(runWaitMs);
    if (!hasEnded) {
        process.terminate();
        process.waitForFinished(runWaitMs);
    }
    run.out = process.readAllStandardOutput();
    run.err = process.readAllStandardError();
    run.wasKilled = hasEnded && wasKilled(process);
    if (!hasEnded) {
        run.failure = QStringLiteral("did not end: ") + QString::fromUtf8(run.err);
    } else if (!run.wasKilled && (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)) {
        run.failure = QStringLiteral("ended with %1: ").arg(process.exitCode()) + QString::fromUtf8(run.err);
    }
    return run;
}

QString SyscallKills::forEach(const QString &syscall, const std::function<void(int number, QProcess &process)> &prepare,
                              const std::function<QString(int number, const Run &run)> &check, int *kills)
{
    for (int number = 1; number <= killsMax; ++number) {
        const Run result = run(syscall, number, [&](QProcess &process) { prepare(number, process); });
        const QString complaint = result.failure.isEmpty() ? check(number, result) : result.failure;
        if (!complaint.isEmpty()) {
            return QStringLiteral("%1 number %2: %3").arg(syscall).arg(number).arg(complaint);
        }
        if (!result.wasKilled) {
            if (kills != nullptr) {
                *kills = number - 1;
            }
            return {};
        }
    }
    return QStringLiteral("%1: no end after %2 kills").arg(syscall).arg(killsMax);
}

}  // namespace Satchel::Test
