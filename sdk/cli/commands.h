// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "output.h"
#include "session.h"

#include <QtCore/QSet>

namespace Satchel::Cli {

/// The commands that answer and end. Each gives the exit code; errors have been printed.
class Commands {
public:
    Commands(Session &session, const Arguments &arguments)
        : m_session(session)
        , m_arguments(arguments)
        , m_output(arguments.isJson)
    {
    }

    [[nodiscard]] ExitCode run();

private:
    using Command = ExitCode (Commands::*)();

    ExitCode put();
    ExitCode remove();
    ExitCode increment();
    ExitCode resolve();
    ExitCode importFile();

    ExitCode get();
    ExitCode list();
    ExitCode exportAll();
    ExitCode status();
    ExitCode pending();
    ExitCode conflicts();
    ExitCode rekey();

    /// Waits for durability, then for the server as long as the command line says. What the server refuses meanwhile is an error.
    ExitCode finishWrite(const QFuture<Result<void>> &written);
    [[nodiscard]] bool isDecidedByServer();
    /// Brings the store up to date before a read; only an explicit --wait makes it an error that this was not possible.
    [[nodiscard]] ExitCode catchUp();
    ExitCode fail(const Error &error);
    /// An operand that cannot be used.
    ExitCode failUsage(const QString &message);
    [[nodiscard]] WriteOptions writeOptions() const;
    [[nodiscard]] QString operand(int index) const { return m_arguments.operands.value(index); }
    [[nodiscard]] Collection *collection() { return m_session.client().collection(operand(0)); }

    Session &m_session;
    const Arguments &m_arguments;
    Output m_output;
    /// Whether the store was up to date before the write.
    Result<void> m_read;
    /// Writes that had been refused before this command.
    QSet<QString> m_refusedBefore;
};

}  // namespace Satchel::Cli
