// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "auditverify.h"

#include "exportfile.h"

#include "audit/exportverifier.h"

#include <fstream>
#include <optional>
#include <sstream>

namespace Satchel::Cli {

namespace {

constexpr std::size_t lineBytesMax = std::size_t{1024} * 1024;
constexpr std::size_t noteBytesMax = std::size_t{64} * 1024;

void report(const AuditVerifyRequest &request, const Audit::Verdict &verdict)
{
    const std::string key = verdict.header.key.toText();
    if (request.isJson) {
        print(stdout, R"({"good":true,"tenant":)" + quoted(verdict.header.tenant) + R"(,"epoch":)" + std::to_string(verdict.header.epoch) +
                          R"(,"records":)" + std::to_string(verdict.head.size) + R"(,"erased":)" + std::to_string(verdict.erasedCount) +
                          R"(,"key":)" + quoted(key) + R"(,"isKeyGiven":)" + (request.key.empty() ? "false" : "true") + "}");
        return;
    }
    print(stdout, "good: " + std::to_string(verdict.head.size) + " records, origin " + verdict.head.origin);
    if (verdict.erasedCount > 0) {
        print(stdout, std::to_string(verdict.erasedCount) + " of them are about users who were erased");
    }
    if (request.key.empty()) {
        print(stderr, "satchel: no --key was given, so this says that the export is whole, not who made it. It is signed by\n  " + key +
                          "\nCompare that with what satchel-server audit-key prints.");
    }
}

}  // namespace

int verifyAudit(const AuditVerifyRequest &request)
{
    Audit::VerifyOptions options;
    if (!request.key.empty()) {
        auto key = Audit::VerifierKey::fromText(request.key);
        if (!key) {
            return fail(request.isJson, exitUsage, key.error());
        }
        options.key = std::move(*key);
    }
    if (!request.againstFile.empty()) {
        std::ifstream file(request.againstFile, std::ios::binary);
        std::string note(noteBytesMax, '\0');
        file.read(note.data(), static_cast<std::streamsize>(note.size()));
        note.resize(static_cast<std::size_t>(file.gcount()));
        if (note.empty()) {
            return fail(request.isJson, exitUsage, unreadable(request.againstFile));
        }
        options.againstNote = std::move(note);
    }
    std::ifstream file;
    std::istream *in = openExport(request.file, file);
    if (in == nullptr) {
        return fail(request.isJson, exitUsage, unreadable(request.file));
    }
    const auto verdict = verdictOf(Audit::ExportVerifier(std::move(options)), *in, lineBytesMax);
    if (!verdict) {
        return fail(request.isJson, exitFailed, verdict.error());
    }
    report(request, *verdict);
    return exitOk;
}

std::string auditHelp()
{
    return R"(Verify an exported audit log without its server: every record, its place, and who signed the log.

Examples:
  satchel audit verify log.jsonl --key 'satchel-audit+1a2b3c4d+AR...'
  satchel audit verify log.jsonl --key "$KEY" --against head-of-may.note

FILE is what Audit/Export answers, part after part; '-' is standard input. The first bad record is named.

Options:
  --key VERIFIERKEY   what satchel-server audit-key prints. Without it the export may be whole and yet another's
  --against FILE      a signed head that you kept (the note of Audit/TreeHead): the log must go on from it
  --json              one object

Exit codes: 0 verified, 1 not, 2 usage.
)";
}

}  // namespace Satchel::Cli
