// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/ops/log.h"
#include "server-stub/ops/options.h"

#include <filesystem>
#include <string>
#include <vector>

namespace Satchel::Server {

/// What the arguments ask for.
struct CommandLine {
    ServerOptions options;
    std::filesystem::path portFile;  ///< empty: none; gets the port as text once the server listens
    LogLevel logLevel = LogLevel::Warning;
    bool isCheckWanted = false;        ///< look at the whole store, and serve nobody
    bool isNewEpochWanted = false;     ///< give the store another epoch, and serve nobody
    bool isCompactWanted = false;      ///< shorten the history once, and serve nobody
    bool isAuditKeyWanted = false;     ///< print the key that audit logs are verified with, and serve nobody
    bool isAuditExportWanted = false;  ///< print a tenant's audit log, and serve nobody
    std::string auditTenant;           ///< with that; empty: the log of calls without a good token
    bool isRekeyWanted = false;        ///< give the store another key, and serve nobody
    std::filesystem::path newKeyFile;  ///< with that: the file that the new key is in; empty: it takes the old one's place
    bool isHelpWanted = false;
    bool isVersionWanted = false;
};

/// INVALID_ARGUMENT says which argument is wrong and why. `failpoint` is the environment's SATCHEL_FAILPOINT, honoured with
/// --test-failpoints only.
[[nodiscard]] Core::Result<CommandLine> parseCommandLine(const std::vector<std::string> &arguments, const std::string &failpoint);

[[nodiscard]] std::string helpText();

}  // namespace Satchel::Server
