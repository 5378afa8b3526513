// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "server-stub/ops/config/commandline.h"
#include "server-stub/ops/config/helptext.h"
#include "server-stub/server.h"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <pthread.h>
#include <unistd.h>

extern char **environ;

using namespace Satchel;

namespace {

constexpr int exitUsage = 2;
constexpr int exitStore = 3;
constexpr int exitAddress = 4;

/// Blocks the signals that main() alone waits for, in this thread and all that it will start. SIGHUP is one where there is something to
/// read anew; elsewhere it ends the server, as when its terminal is closed.
sigset_t blockSignals(bool isReloadable)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (isReloadable) {
        sigaddset(&signals, SIGHUP);
    }
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

Server::Environment environmentOfProcess()
{
    Server::Environment out;
    for (char **variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        const std::size_t equals = text.find('=');
        if (text.starts_with("SATCHEL_") && equals != std::string_view::npos) {
            out.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return out;
}

/// Says why the store cannot be used, and what to do where that is not plain.
int storeFailed(const Core::Error &error, const std::filesystem::path &folder)
{
    std::fprintf(stderr, "satchel-server: %s\n", Core::describe(error).c_str());
    if (error.reason == Core::ErrorReason::StoreDamaged) {
        std::fprintf(
            stderr,
            "satchel-server: %s is damaged and is not served. Keep a copy of the folder, put the newest backup in its place, then run\n"
            "  satchel-server new-epoch --data %s\n"
            "and start again: devices bring back what the backup lacks.\n",
            folder.c_str(), folder.c_str());
    }
    return exitStore;
}

int run(const Server::CommandLine &commandLine, const std::vector<std::string> &arguments)
{
    const bool hasConfig = commandLine.given.contains("config");
    const sigset_t signals = blockSignals(hasConfig || commandLine.options.policyFile || commandLine.options.identity.hasIssuer() ||
                                          !commandLine.options.net.tlsCertificate.empty());
    const Server::SystemClock clock;
    Server::SystemRandom random;
    Server::Log log(clock, commandLine.logLevel, [](const std::string &line) { std::fwrite(line.data(), 1, line.size(), stderr); });
    Server::Server server(commandLine.options, clock, random, log);
    if (commandLine.command != nullptr) {
        const auto done = commandLine.command->run(server, commandLine);
        return done ? 0 : storeFailed(done.error(), commandLine.options.dataFolder);
    }
    if (auto started = server.start(); !started) {
        const bool isAddress = started.error().code == Core::ErrorCode::Unavailable && started.error().reason == Core::ErrorReason::None;
        storeFailed(started.error(), commandLine.options.dataFolder);
        return isAddress ? exitAddress : exitStore;
    }
    if (!commandLine.portFile.empty()) {
        const std::filesystem::path fresh = commandLine.portFile.string() + ".new";
        std::ofstream(fresh) << server.port() << '\n';
        std::error_code error;
        std::filesystem::rename(fresh, commandLine.portFile, error);
        if (error) {
            std::fprintf(stderr, "satchel-server: the port file cannot be written\n");
            return exitUsage;
        }
    }
    std::printf("%s\n", server.url().c_str());
    std::fflush(stdout);
    int signal = 0;
    while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
        server.reload();
        if (!hasConfig) {
            continue;
        }
        if (const auto again = Server::parseCommandLine(arguments, environmentOfProcess())) {
            server.change(again->options.gate);
        } else {
            log.error("the config cannot be used; what was set before stays", {{"error", again.error().detail}});
        }
    }
    server.stop();
    return 0;
}

}  // namespace

int main(int argc, char *argv[])
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const auto commandLine = Server::parseCommandLine(arguments, environmentOfProcess());
    if (!commandLine) {
        std::fprintf(stderr, "satchel-server: %s\n", commandLine.error().detail.c_str());
        return exitUsage;
    }
    if (commandLine->isHelpWanted || commandLine->isManWanted) {
        std::fputs((commandLine->isManWanted ? Server::manText() : Server::helpText()).c_str(), stdout);
        return 0;
    }
    if (commandLine->isVersionWanted) {
        std::puts("satchel-server " SATCHEL_VERSION);
        return 0;
    }
    if (commandLine->isConfigWanted) {
        std::fputs(Server::configText(*commandLine).c_str(), stdout);
        return 0;
    }
    return run(*commandLine, arguments);
}
