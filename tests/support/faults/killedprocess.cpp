// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "killedprocess.h"

#include <QProcessEnvironment>

#include <csignal>

namespace Satchel::Test {

namespace {
constexpr int runWaitMs = 60000;
constexpr int killsMax = 5000;
}  // namespace

std::vector<std::pair<FileChange, const char *>> KilledProcess::fileChanges()
{
    return {{FileChange::Create, "create"}, {FileChange::Write, "write"},   {FileChange::WriteAt, "writeAt"},
            {FileChange::Resize, "resize"}, {FileChange::Sync, "sync"},     {FileChange::SyncData, "syncData"},
            {FileChange::Link, "link"},     {FileChange::Rename, "rename"}, {FileChange::Unlink, "unlink"}};
}

QString KilledProcess::whyNot()
{
    const Run traced = run({.call = 1, .counted = {FileChange::Write}}, [](QProcess &process) {
        process.setProgram(QStringLiteral("/bin/echo"));
        process.setArguments({QStringLiteral("traced")});
    });
    return traced.wasKilled && traced.out.isEmpty() ? QString() : QStringLiteral("this machine does not let one process trace another");
}

void KilledProcess::arm(QProcess &process, const KillPlan &plan)
{
    QProcessEnvironment environment = process.processEnvironment();
    if (environment.isEmpty()) {
        environment = QProcessEnvironment::systemEnvironment();
    }
    // A leak checker is a tracer too, and there can be but one. The last word counts.
    const QString sanitizer = QStringLiteral("ASAN_OPTIONS");
    environment.insert(sanitizer, environment.value(sanitizer) + QStringLiteral(":detect_leaks=0"));
    process.setProcessEnvironment(environment);
    process.setChildProcessModifier([plan] { beTraced(plan); });
}

bool KilledProcess::wasKilled(const QProcess &process)
{
    return process.exitStatus() == QProcess::CrashExit && process.exitCode() == SIGKILL;
}

KilledProcess::Run KilledProcess::run(const KillPlan &plan, const std::function<void(QProcess &process)> &prepare)
{
    QProcess process;
    prepare(process);
    arm(process, plan);
    process.start();
    process.closeWriteChannel();
    Run run;
    const bool hasEnded = process.waitForFinished(runWaitMs);
    if (!hasEnded) {
        process.kill();
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

QString KilledProcess::forEach(FileChange kind, const std::function<void(int number, QProcess &process)> &prepare,
                               const std::function<QString(int number, const Run &run)> &check, int *kills)
{
    for (int number = 1; number <= killsMax; ++number) {
        const Run result = run({.call = number, .counted = {kind}}, [&](QProcess &process) { prepare(number, process); });
        const QString complaint = result.failure.isEmpty() ? check(number, result) : result.failure;
        if (!complaint.isEmpty()) {
            return QStringLiteral("call number %1: %2").arg(number).arg(complaint);
        }
        if (!result.wasKilled) {
            if (kills != nullptr) {
                *kills = number - 1;
            }
            return {};
        }
    }
    return QStringLiteral("no end after %1 kills").arg(killsMax);
}

}  // namespace Satchel::Test
