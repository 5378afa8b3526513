// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <string_view>
#include <vector>

namespace Satchel::Server {

class Server;
struct CommandLine;

/// Something that the program does with a store instead of serving it; the server is stopped meanwhile.
struct Command {
    std::string_view name;
    std::string_view example;  ///< its usual arguments
    std::string_view help;
    /// Prints what it found on standard output.
    Core::Result<void> (*run)(Server &server, const CommandLine &line);
};

/// In the order of the help.
[[nodiscard]] const std::vector<Command> &serverCommands();
/// None if there is no such command.
[[nodiscard]] const Command *findCommand(std::string_view name);

}  // namespace Satchel::Server
