// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "exportverify.h"

#include "exportfile.h"

#include "audit/userexport.h"

#include <fstream>

namespace Satchel::Cli {

namespace {

/// A document with all that was written to it at the same time, as text.
constexpr std::size_t lineBytesMax = std::size_t{64} * 1024 * 1024;

}  // namespace

int verifyUserExport(const ExportVerifyRequest &request)
{
    if (request.key.empty()) {
        return fail(request.isJson, exitUsage,
                    Core::invalidArgument(Core::ErrorReason::None,
                                          "say with --key whose signature is wanted: what satchel-server audit-key prints"));
    }
    auto key = Audit::VerifierKey::fromText(request.key);
    if (!key) {
        return fail(request.isJson, exitUsage, key.error());
    }
    std::ifstream file;
    std::istream *in = openExport(request.file, file);
    if (in == nullptr) {
        return fail(request.isJson, exitUsage, unreadable(request.file));
    }
    const auto verdict = verdictOf(Audit::UserExportVerifier(std::move(*key)), *in, lineBytesMax);
    if (!verdict) {
        return fail(request.isJson, exitFailed, verdict.error());
    }
    const std::string lines = std::to_string(verdict->lineCount);
    if (request.isJson) {
        print(stdout, R"({"good":true,"tenant":)" + quoted(verdict->tenant) + R"(,"user":)" + quoted(verdict->user) + R"(,"epoch":")" +
                          std::to_string(verdict->epoch) + R"(","exported":)" + quoted(verdict->exported) + R"(,"lines":)" + lines + "}");
    } else {
        print(stdout, "good: " + lines + " lines, user " + quoted(verdict->user) + " of tenant " + quoted(verdict->tenant) + ", exported " +
                          verdict->exported);
    }
    return exitOk;
}

std::string exportVerifyHelp()
{
    return R"(Verify a user's export without its server: every line, its place, and who signed them.

Examples:
  satchel export verify anna.jsonl --key 'satchel-audit+1a2b3c4d+AR...'

FILE is what Users/Export answers, part after part; '-' is standard input. The first bad line is named.

Options:
  --key VERIFIERKEY   what satchel-server audit-key prints
  --json              one object

Exit codes: 0 verified, 1 not, 2 usage.
)";
}

}  // namespace Satchel::Cli
