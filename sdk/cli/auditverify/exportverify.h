// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <string>

/// `satchel export verify`: checks a user's export without its server.
namespace Satchel::Cli {

struct ExportVerifyRequest {
    std::string file;  ///< "-": standard input
    std::string key;   ///< verifier key, "name+hash+key"
    bool isJson = false;
};

/// Prints the verdict to standard output, or the first thing that is wrong to standard error. The exit code: 0 verified, 1 not, 2 a file
/// or key that is missing or cannot be read.
[[nodiscard]] int verifyUserExport(const ExportVerifyRequest &request);
[[nodiscard]] std::string exportVerifyHelp();

}  // namespace Satchel::Cli
