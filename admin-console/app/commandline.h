// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "connection.h"

#include "core/result.h"

#include <QStringList>

#include <optional>

namespace Satchel::Console {

/// What was asked for on the command line.
struct CommandLine {
    std::optional<Connection> connection;
    QString tool;
    QString screenshotFolder;
    /// Text to print instead of opening a window: help or version.
    QString printed;
};

/// Reads the token file too. INVALID_ARGUMENT, with a sentence that says what is wrong.
[[nodiscard]] Core::Result<CommandLine> parseCommandLine(const QStringList &arguments);

}  // namespace Satchel::Console
