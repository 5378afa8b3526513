// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/ops/config/commands.h"
#include "server-stub/ops/config/configfile.h"
#include "server-stub/ops/log.h"
#include "server-stub/ops/options.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace Satchel::Server {

/// What the arguments, the environment and the config file ask for.
struct CommandLine {
    ServerOptions options;
    std::filesystem::path portFile;  ///< empty: none; gets the port as text once the server listens
    LogLevel logLevel = LogLevel::Warning;
    const Command *command = nullptr;      ///< to be run instead of serving; none: serve
    std::string auditTenant;               ///< of audit-export; empty: the log of calls without a good token
    std::filesystem::path restoreFrom;     ///< of restore
    std::filesystem::path restoreKeyring;  ///< of restore; empty: it is in the data folder
    std::filesystem::path newKeyFile;      ///< of rekey: the file that the new key is in; empty: it takes the old one's place
    bool isEphemeral = false;
    bool areFailpointsWanted = false;
    bool isConfigWanted = false;
    bool isHelpWanted = false;
    bool isManWanted = false;
    bool isVersionWanted = false;
    GivenOptions given;  ///< what holds of every option that has a value, and where it came from
};

/// The variables of the environment, by name.
using Environment = std::map<std::string, std::string, std::less<>>;

/// A flag goes before the environment (SATCHEL_SERVER_...), the environment before the file that --config or SATCHEL_SERVER_CONFIG names,
/// the file before what is preset. INVALID_ARGUMENT says which argument, variable or line of the file is wrong and why; errors of
/// loadConfig. SATCHEL_FAILPOINT is honoured with --test-failpoints only.
[[nodiscard]] Core::Result<CommandLine> parseCommandLine(const std::vector<std::string> &arguments, const Environment &environment);

/// Every option that has a value, with where it came from: one JSON object, a line each. There are no secrets in it: those are in files.
[[nodiscard]] std::string configText(const CommandLine &line);

}  // namespace Satchel::Server
