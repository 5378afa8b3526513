// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "helptext.h"

#include "server-stub/ops/config/commands.h"
#include "server-stub/ops/config/option.h"

#include <array>

namespace Satchel::Server {

namespace {

constexpr std::size_t columnsMax = 130;
constexpr std::size_t indentColumns = 30;

struct Example {
    std::string_view line;
    std::string_view what;
};

constexpr std::array examples{
    Example{"satchel-server --ephemeral", "try it: nothing is kept, the system picks a port"},
    Example{"satchel-server --data /var/lib/satchel", "a store that stays; its key is made in the folder on the first run"},
    Example{"satchel-server --data D --policies policies.json --port 8080", {}},
    Example{
        "satchel-server --data D --address 0.0.0.0 --port 443 --tls-cert chain.pem --tls-key key.pem --oidc-issuer https://id.example.org",
        {}},
    Example{"satchel-server --config /etc/satchel/server.json --print-config", "what holds, and where it came from"},
    Example{R"(curl "$URL/v1/dev/token?sub=alice&roles=user,support")", {}},
    Example{R"(curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '{}' "$URL/satchel.v1.Users/List")", {}},
};

struct Heading {
    OptionGroup group;
    std::string_view text;
};

constexpr std::array headings{
    Heading{OptionGroup::Where, "Where"},
    Heading{OptionGroup::How, "How"},
    Heading{OptionGroup::Limits, "Limits (docs/limits.md)"},
    Heading{OptionGroup::Tokens, "Whose tokens (docs/identity.md)"},
    Heading{OptionGroup::Commands, "Of single commands"},
    Heading{OptionGroup::Testing, "Testing"},
    Heading{OptionGroup::General, "General"},
};

constexpr std::string_view configurationText =
    "Each option of the groups Where to Testing, but for those of single commands, can stand in the config file under its name, or in the "
    "environment: SATCHEL_SERVER_KEEP_HISTORY is --keep-history; what is repeatable has commas there. A flag goes before the environment, "
    "the environment before the file. Secrets are in files, never in options.";
constexpr std::string_view signalsText =
    "The server prints its URL on standard output when it is ready. SIGTERM and SIGINT shut it down cleanly; with --tls-cert, --jwks, "
    "--oidc-issuer or --config SIGHUP reads certificate, keys and limits again.";
constexpr std::string_view exitText =
    "0 clean, 2 wrong arguments or config, 3 the store, its key, the policies, certificate or token keys cannot be used, 4 the address "
    "cannot be had.";

/// Breaks a text at its spaces; lines after the first begin with `indent` spaces.
std::string wrapped(std::string_view text, std::size_t column, std::size_t indent)
{
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (column + 1 + end > columnsMax && column > indent) {
            out += '\n' + std::string(indent, ' ');
            column = indent;
        } else if (!out.empty()) {
            out += ' ';
            ++column;
        }
        out += text.substr(0, end);
        column += end;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

/// Two columns, the first as wide as it needs to be.
std::string entry(const std::string &left, const std::string &right)
{
    std::string out = "  " + left;
    if (right.empty()) {
        return out + '\n';
    }
    out += out.size() < indentColumns ? std::string(indentColumns - out.size(), ' ') : '\n' + std::string(indentColumns, ' ');
    return out + wrapped(right, indentColumns, indentColumns) + '\n';
}

std::string usageOf(const Option &option)
{
    return option.flagName() + (option.isFlag() ? std::string() : " " + std::string(option.rule.valueName));
}

std::string describe(const Option &option)
{
    std::string out(option.help);
    if (!option.preset.empty() && !option.isFlag()) {
        out += " (default " + std::string(option.preset) + ")";
    }
    if (!option.command.empty()) {
        out = "(" + std::string(option.command) + ") " + out;
    }
    return out;
}

/// Whether there is anything under this heading.
bool isUsed(OptionGroup group)
{
    for (const Option &option : serverOptions()) {
        if (option.group == group) {
            return true;
        }
    }
    return false;
}

/// A text for troff: nothing in it is a macro or an escape.
std::string troff(std::string_view text)
{
    std::string out;
    for (const char letter : text) {
        if (letter == '\\') {
            out += "\\e";
        } else if (letter == '-') {
            out += "\\-";
        } else if (letter == '\'') {
            out += "\\(aq";
        } else if (letter == '"') {
            out += "\\(dq";
        } else {
            out += letter;
        }
    }
    return out.starts_with('.') ? "\\&" + out : out;
}

}  // namespace

std::string helpText()
{
    std::string out = "satchel-server: sync server of Satchel\n\nExamples\n";
    for (const Example &example : examples) {
        const std::string line(example.line);
        out += "  " + line + (example.what.empty() ? std::string() : std::string(line.size() < 48 ? 48 - line.size() : 2, ' ')) +
               std::string(example.what) + '\n';
    }
    out += "\nInstead of serving, with the server stopped\n";
    for (const Command &command : serverCommands()) {
        out += entry(std::string(command.name) + " " + std::string(command.example), std::string(command.help));
    }
    for (const Heading &heading : headings) {
        if (!isUsed(heading.group)) {
            continue;
        }
        out += '\n' + std::string(heading.text) + '\n';
        for (const Option &option : serverOptions()) {
            if (option.group == heading.group) {
                out += entry(usageOf(option), describe(option));
            }
        }
    }
    return out + '\n' + wrapped(configurationText, 0, 0) + "\n\n" + wrapped(signalsText, 0, 0) +
           "\nExit codes: " + wrapped(exitText, 12, 0) + '\n';
}

std::string manText()
{
    std::string out = ".TH SATCHEL\\-SERVER 8\n.SH NAME\nsatchel\\-server \\- sync server of Satchel\n.SH SYNOPSIS\n"
                      ".B satchel\\-server\n[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]\n.SH EXAMPLES\n";
    for (const Example &example : examples) {
        out += ".TP\n.B " + troff(example.line) + '\n' + (example.what.empty() ? "\\&" : troff(example.what)) + '\n';
    }
    out += ".SH COMMANDS\nThe server is stopped meanwhile; without a command it serves.\n";
    for (const Command &command : serverCommands()) {
        out += ".TP\n.B " + troff(command.name) + " " + troff(command.example) + '\n' + troff(command.help) + '\n';
    }
    out += ".SH OPTIONS\n";
    for (const Heading &heading : headings) {
        if (!isUsed(heading.group)) {
            continue;
        }
        out += ".SS " + troff(heading.text) + '\n';
        for (const Option &option : serverOptions()) {
            if (option.group == heading.group) {
                out += ".TP\n\\fB" + troff(option.flagName()) + "\\fR" +
                       (option.isFlag() ? std::string() : " \\fI" + troff(option.rule.valueName) + "\\fR") + '\n' +
                       troff(describe(option)) + '\n';
            }
        }
    }
    return out + ".SH CONFIGURATION\n" + troff(configurationText) + "\n.SH SIGNALS\n" + troff(signalsText) + "\n.SH EXIT STATUS\n" +
           troff(exitText) + "\n.SH SEE ALSO\nsatchel(1)\n";
}

}  // namespace Satchel::Server
