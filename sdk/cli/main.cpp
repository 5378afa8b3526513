// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "agent.h"
#include "auditverify/auditverify.h"
#include "auditverify/exportverify.h"
#include "commands.h"
#include "inspect/inspect.h"
#include "watcher.h"

#include <QtCore/QCoreApplication>

#include <cstdio>

using namespace Satchel::Cli;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("satchel"));
    QCoreApplication::setApplicationVersion(QStringLiteral(SATCHEL_VERSION));
    std::optional<HelpAsked> help;
    const auto arguments = parseArguments(QCoreApplication::arguments(), help);
    if (!arguments) {
        Output(QCoreApplication::arguments().contains(QStringLiteral("--json"))).error(arguments.error());
        return static_cast<int>(ExitCode::Usage);
    }
    if (help) {
        std::fputs(qPrintable(help->text), stdout);
        return 0;
    }
    if (arguments->command == u"inspect") {
        return inspectStore({arguments->operands.value(0), arguments->operands.value(1), arguments->operands.mid(2), arguments->keyFile,
                             arguments->passphraseFile, arguments->isJson});
    }
    if (arguments->command == u"audit") {
        return verifyAudit({arguments->operands.value(1).toStdString(), arguments->verifierKey.toStdString(),
                            arguments->againstFile.toStdString(), arguments->isJson});
    }
    if (isExportVerify(*arguments)) {
        return verifyUserExport({arguments->operands.value(1).toStdString(), arguments->verifierKey.toStdString(), arguments->isJson});
    }
    const Output output(arguments->isJson);
    const auto session = Session::open(*arguments);
    if (!session) {
        output.error(session.error());
        const bool isUsage = session.error().code() == Satchel::Error::Code::InvalidArgument;
        return static_cast<int>(isUsage ? ExitCode::Usage : exitCodeFor(session.error()));
    }
    Satchel::Client &client = (*session)->client();
    if (arguments->command == u"agent") {
        Agent agent(&client);
        QObject::connect(&agent, &Agent::finished, &app, &QCoreApplication::quit);
        agent.start();
        return QCoreApplication::exec();
    }
    if (arguments->command == u"watch") {
        const Watcher watcher(&client, arguments->operands.value(0), output);
        return QCoreApplication::exec();
    }
    return static_cast<int>(Commands(**session, *arguments).run());
}
