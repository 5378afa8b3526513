// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>

#include <functional>

namespace Satchel::Test {

/// Kills a program with SIGKILL as it enters its n-th system call of a kind, by strace: the call itself does not happen any more.
/// For n = 1, 2, 3... until the program gets through, that is a kill between any two calls that change a file.
class SyscallKills {
public:
    /// System calls by which a store's files change, one kind a run: calls are counted for each kind and each thread by itself.
    [[nodiscard]] static QStringList fileChanges();

    /// Why programs cannot be traced here, for QSKIP; empty if they can.
    [[nodiscard]] static QString whyNot();

    /// Makes `process`, whose program and arguments are set, run under strace and die at call number `number` of `syscall`.
    static void arm(QProcess &process, const QString &syscall, int number);
    /// Whether the process, which has ended, was killed so.
    [[nodiscard]] static bool wasKilled(const QProcess &process);

    struct Run {
        QString failure;  ///< the program neither got through nor was killed: why; else empty
        bool wasKilled = false;
        QByteArray out;
        QByteArray err;
    };
    /// Runs what `prepare` sets up (program, arguments, environment) without input and waits for its end.
    [[nodiscard]] static Run run(const QString &syscall, int number, const std::function<void(QProcess &process)> &prepare);

    /// run() for number 1, 2, 3... until the program ends by itself with code 0; `check` looks at what each run left and returns what is
    /// wrong, or nothing. Returns the first complaint; `kills`, if given, the number of kills.
    [[nodiscard]] static QString forEach(const QString &syscall, const std::function<void(int number, QProcess &process)> &prepare,
                                         const std::function<QString(int number, const Run &run)> &check, int *kills = nullptr);
};

}  // namespace Satchel::Test
