// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

/// `satchel inspect`: looks into a store file, also while its app runs, and changes nothing. It needs what no app does, the store itself,
/// so it stands beside the public library, not on it.
namespace Satchel::Cli {

struct InspectRequest {
    QString store;           ///< the store's file, or a folder that holds one store
    QString verb;            ///< empty: a summary
    QStringList operands;    ///< of the verb
    QString keyFile;         ///< empty: STORE.key
    QString passphraseFile;  ///< "-": standard input
    bool isJson = false;
};

/// Prints to standard output, errors and what could not be read to standard error. The exit code is one of ExitCode: 1 also if something
/// could not be read.
[[nodiscard]] int inspectStore(const InspectRequest &request);
[[nodiscard]] QString inspectHelp();

}  // namespace Satchel::Cli
