// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <string>

/// `satchel audit verify`: checks an exported audit log without its server.
namespace Satchel::Cli {

struct AuditVerifyRequest {
    std::string file;         ///< "-": standard input
    std::string key;          ///< verifier key, "name+hash+key"; empty: the one that the export names
    std::string againstFile;  ///< a signed note that was kept; empty: none
    bool isJson = false;
};

/// Prints the verdict to standard output, or the first thing that is wrong to standard error. The exit code is one of ExitCode: 0 verified,
/// 1 not, 2 a file or key that cannot be read.
[[nodiscard]] int verifyAudit(const AuditVerifyRequest &request);
[[nodiscard]] std::string auditHelp();

}  // namespace Satchel::Cli
