// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/clientoptions.h>

#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QUrl>

#include <chrono>
#include <optional>

namespace Satchel::Cli {

/// Exit codes, stable.
enum class ExitCode : int { Ok = 0, CheckFailed = 1, Usage = 2, Unreachable = 3, Denied = 4, Conflict = 5 };

/// Exit code that says the most about an error.
[[nodiscard]] ExitCode exitCodeFor(const Error &error);

/// A command line, understood. A flag wins over the environment (SATCHEL_URL, SATCHEL_TENANT, SATCHEL_USER, SATCHEL_STORE,
/// SATCHEL_KEY_FILE, SATCHEL_TOKEN, SATCHEL_TOKEN_FILE).
struct Arguments {
    QString command;
    QStringList operands;
    QUrl server;
    QString tenant;
    QString user;
    QString store;
    QString keyFile;
    QString passphraseFile;
    QString newKeyFile;
    QString newPassphraseFile;
    QString tokenFile;
    QString token;
    bool isDevTokenAsked = false;
    QString deviceName;
    QString appVersion;
    Carriers carriers = Carriers::Automatic;
    QString collection;
    QString keyField;
    QString verifierKey;
    QString againstFile;
    bool isJson = false;
    bool isOffline = false;
    /// Strong writes are kept while there is no connection.
    bool isQueueing = false;
    /// How long reads wait to be up to date and writes to be exchanged.
    std::optional<std::chrono::seconds> wait;
};

/// Whether it is `satchel export verify FILE`, which needs no store.
[[nodiscard]] bool isExportVerify(const Arguments &arguments);

/// What was asked for instead of a command.
struct HelpAsked {
    QString text;
};

/// INVALID_ARGUMENT, with a message that says what to write instead; `help` is set when help or the version was asked for.
[[nodiscard]] Result<Arguments> parseArguments(const QStringList &arguments, std::optional<HelpAsked> &help);

}  // namespace Satchel::Cli
