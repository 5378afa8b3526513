// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "commands.h"

#include "server-stub/ops/config/commandline.h"
#include "server-stub/server.h"

#include <algorithm>
#include <cstdio>

namespace Satchel::Server {

namespace {

Core::Result<void> check(Server &server, const CommandLine & /*line*/)
{
    return server.check();
}

Core::Result<void> verify(Server &server, const CommandLine & /*line*/)
{
    return server.verify().map([](std::size_t users) { std::printf("all is as the log of %zu users has it\n", users); });
}

Core::Result<void> rebuild(Server &server, const CommandLine & /*line*/)
{
    return server.rebuild().map([](std::size_t differences) { std::printf("%zu differences were mended\n", differences); });
}

Core::Result<void> newEpoch(Server &server, const CommandLine & /*line*/)
{
    return server.renewEpoch();
}

Core::Result<void> compact(Server &server, const CommandLine & /*line*/)
{
    return server.compact().map([](const CompactionReport &report) {
        std::printf("%zu changes of %zu users went from the history\n", report.eventCount, report.userCount);
    });
}

Core::Result<void> auditKey(Server &server, const CommandLine & /*line*/)
{
    return server.auditKey().map([](const std::string &key) { std::puts(key.c_str()); });
}

Core::Result<void> auditExport(Server &server, const CommandLine &line)
{
    return server.exportAudit(line.auditTenant, [](const std::string &lines) { std::fwrite(lines.data(), 1, lines.size(), stdout); });
}

Core::Result<void> backup(Server &server, const CommandLine & /*line*/)
{
    return server.backup().map([](const Wire::Admin::BackupsCreateResponse &made) {
        std::printf("%s: %llu bytes\n", made.name.c_str(), static_cast<unsigned long long>(made.sizeBytes));
    });
}

Core::Result<void> restore(Server &server, const CommandLine &line)
{
    return server.restore(line.restoreFrom, line.restoreKeyring).map([](const std::string &report) { std::puts(report.c_str()); });
}

Core::Result<void> rekey(Server &server, const CommandLine &line)
{
    return server.changeStoreKey(line.newKeyFile);
}

}  // namespace

const std::vector<Command> &serverCommands()
{
    static const std::vector<Command> commands{
        {"check", "--data D", "look at every page of the store and how they fit together; exit code 0: all is well", check},
        {"verify", "--data D", "compare what follows from the log (documents, conflicts, counts) with it; exit code 0: all is well",
         verify},
        {"rebuild", "--data D", "make what follows from the log anew; cut short, run it again", rebuild},
        {"new-epoch", "--data D", "after D was restored from a backup, before it is served again: devices bring back what the backup lacks",
         newEpoch},
        {"compact", "--data D --keep-history 90", "shorten the history as --keep-history says, once; the server does so hourly", compact},
        {"audit-key", "--data D", "print the key that exported audit logs are verified with", auditKey},
        {"audit-export", "--data D --audit-tenant T", "print the audit log of tenant T for satchel audit verify", auditExport},
        {"backup", "--data D --backup-folder F", "make a backup of the store; while the server runs, Backups/Create does it", backup},
        {"restore", "--from F/NAME --data D",
         "put a backup in the place of a store that is lost, under a new epoch; the keyring stays or comes by --keyring", restore},
        {"rekey", "--data D", "put the store under a new key", rekey},
    };
    return commands;
}

const Command *findCommand(std::string_view name)
{
    const auto found =
        std::find_if(serverCommands().begin(), serverCommands().end(), [name](const Command &command) { return command.name == name; });
    return found == serverCommands().end() ? nullptr : &*found;
}

}  // namespace Satchel::Server
