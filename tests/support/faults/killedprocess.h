// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "support/faults/syscallkill.h"

#include <QByteArray>
#include <QProcess>
#include <QString>

#include <functional>
#include <utility>
#include <vector>

namespace Satchel::Test {

/// A QProcess that dies as it enters its n-th system call of a kind. For n = 1, 2, 3... until the program gets through, that is a kill
/// between any two calls that change a file.
class KilledProcess {
public:
    /// Every kind of call by which a store's files change, and its name.
    [[nodiscard]] static std::vector<std::pair<FileChange, const char *>> fileChanges();

    /// Why programs cannot be traced here, for QSKIP; empty if they can.
    [[nodiscard]] static QString whyNot();

    /// Makes `process`, whose environment is set, die by SIGKILL as planned; replaces its child process modifier.
    static void arm(QProcess &process, const KillPlan &plan);
    /// Whether the process, which has ended, was killed so.
    [[nodiscard]] static bool wasKilled(const QProcess &process);

    struct Run {
        QString failure;  ///< the program neither got through nor was killed: why; else empty
        bool wasKilled = false;
        QByteArray out;
        QByteArray err;
    };
    /// Runs what `prepare` sets up (program, arguments, environment) without input and waits for its end.
    [[nodiscard]] static Run run(const KillPlan &plan, const std::function<void(QProcess &process)> &prepare);

    /// run() for call 1, 2, 3... of the kind until the program ends by itself with code 0; `check` looks at what each run left and returns
    /// what is wrong, or nothing. Returns the first complaint; `kills`, if given, the number of kills.
    [[nodiscard]] static QString forEach(FileChange kind, const std::function<void(int number, QProcess &process)> &prepare,
                                         const std::function<QString(int number, const Run &run)> &check, int *kills = nullptr);
};

}  // namespace Satchel::Test
