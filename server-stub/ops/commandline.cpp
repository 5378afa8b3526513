// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "commandline.h"

#include "server-stub/ops/identityarguments.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>

namespace Satchel::Server {

namespace {

tl::unexpected<Core::Error> wrong(const std::string &why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, why));
}

template <typename Number>
std::optional<Number> numberOf(const std::string &text, Number least, Number most)
{
    Number number{};
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || number < least || number > most) {
        return std::nullopt;
    }
    return number;
}

/// Takes an option's value; false if the option does not take this one.
using Taker = std::function<bool(CommandLine &, const std::string &)>;

bool takeMilliseconds(std::chrono::milliseconds &target, const std::string &text)
{
    const auto number = numberOf<std::int64_t>(text, 1, 3'600'000);
    target = std::chrono::milliseconds(number.value_or(target.count()));
    return number.has_value();
}

bool takeLogLevel(CommandLine &out, const std::string &text)
{
    static const std::map<std::string, LogLevel> levels{{"debug", LogLevel::Debug},
                                                        {"info", LogLevel::Info},
                                                        {"warning", LogLevel::Warning},
                                                        {"error", LogLevel::Error},
                                                        {"off", LogLevel::Off}};
    const auto level = levels.find(text);
    if (level == levels.end()) {
        return false;
    }
    out.logLevel = level->second;
    return true;
}

bool takePort(CommandLine &out, const std::string &text)
{
    const auto port = numberOf<std::uint16_t>(text, 0, 65535);
    out.options.net.port = port.value_or(0);
    return port.has_value();
}

bool takeDays(std::chrono::hours &target, const std::string &text, std::int64_t least)
{
    constexpr std::int64_t daysMax = 36'500;
    const auto days = numberOf<std::int64_t>(text, least, daysMax);
    target = std::chrono::hours(24 * days.value_or(0));
    return days.has_value();
}

bool takeThreads(CommandLine &out, const std::string &text)
{
    const auto threads = numberOf<std::size_t>(text, 1, 256);
    out.options.net.lanes = threads.value_or(1);
    return threads.has_value();
}

const std::map<std::string, Taker> &valueOptions()
{
    static const std::map<std::string, Taker> options{
        {"--port", takePort},
        {"--port-file",
         [](CommandLine &out, const std::string &text) {
             out.portFile = text;
             return !text.empty();
         }},
        {"--address",
         [](CommandLine &out, const std::string &text) {
             out.options.net.address = text;
             return !text.empty();
         }},
        {"--tls-cert",
         [](CommandLine &out, const std::string &text) {
             out.options.net.tlsCertificate = text;
             return !text.empty();
         }},
        {"--tls-key",
         [](CommandLine &out, const std::string &text) {
             out.options.net.tlsKey = text;
             return !text.empty();
         }},
        {"--data",
         [](CommandLine &out, const std::string &text) {
             out.options.dataFolder = text;
             return !text.empty();
         }},
        {"--key-file",
         [](CommandLine &out, const std::string &text) {
             out.options.keyFile = text;
             return !text.empty();
         }},
        {"--new-key-file",
         [](CommandLine &out, const std::string &text) {
             out.newKeyFile = text;
             return !text.empty();
         }},
        {"--audit-tenant",
         [](CommandLine &out, const std::string &text) {
             out.auditTenant = text;
             return true;
         }},
        {"--policies",
         [](CommandLine &out, const std::string &text) {
             out.options.policyFile = text;
             return !text.empty();
         }},
        {"--dev-secret-file",
         [](CommandLine &out, const std::string &text) {
             out.options.devSecretFile = text;
             return !text.empty();
         }},
        {"--allow-origin",
         [](CommandLine &out, const std::string &text) {
             out.options.net.allowedOrigins.push_back(text);
             return !text.empty();
         }},
        {"--keep-history", [](CommandLine &out, const std::string &text) { return takeDays(out.options.compaction.historyKept, text, 0); }},
        {"--device-timeout",
         [](CommandLine &out, const std::string &text) { return takeDays(out.options.compaction.deviceTimeout, text, 1); }},
        {"--threads", takeThreads},
        {"--log-level", takeLogLevel},
        {"--polling-idle-ms",
         [](CommandLine &out, const std::string &text) { return takeMilliseconds(out.options.net.pollingSessionTimeout, text); }},
        {"--header-timeout-ms",
         [](CommandLine &out, const std::string &text) { return takeMilliseconds(out.options.net.headerTimeout, text); }},
    };
    return options;
}

/// What takes this option's value; nothing if there is no such option with a value.
std::optional<Taker> takerOf(const std::string &name)
{
    if (const auto known = valueOptions().find(name); known != valueOptions().end()) {
        return known->second;
    }
    const auto known = identityArguments().find(name);
    if (known == identityArguments().end()) {
        return std::nullopt;
    }
    return Taker([take = known->second](CommandLine &out, const std::string &text) { return take(out.options.identity, text); });
}

/// Whether the arguments go together; completes them.
Core::Result<void> settle(CommandLine &out, bool isEphemeral)
{
    if (isEphemeral && (!out.options.dataFolder.empty() || !out.options.keyFile.empty())) {
        return wrong("--ephemeral keeps nothing; --data and --key-file go without it");
    }
    for (const auto &[isWanted, why] : {std::pair(out.isNewEpochWanted, "new-epoch is for a store that was restored; --ephemeral has none"),
                                        std::pair(out.isCheckWanted, "check looks at a store that is kept; --ephemeral has none"),
                                        std::pair(out.isCompactWanted, "compact is for a store that stays; --ephemeral has none"),
                                        std::pair(out.isAuditKeyWanted, "audit-key is of a store that stays; --ephemeral has none"),
                                        std::pair(out.isAuditExportWanted, "audit-export is of a store that stays; --ephemeral has none"),
                                        std::pair(out.isRekeyWanted, "rekey is for a store that stays; --ephemeral has none")}) {
        if (isEphemeral && isWanted) {
            return wrong(why);
        }
    }
    if (!out.auditTenant.empty() && !out.isAuditExportWanted) {
        return wrong("--audit-tenant is for audit-export");
    }
    if (!out.newKeyFile.empty() && !out.isRekeyWanted) {
        return wrong("--new-key-file is for rekey");
    }
    if (out.options.net.tlsCertificate.empty() != out.options.net.tlsKey.empty()) {
        return wrong("--tls-cert and --tls-key go together");
    }
    if (auto checked = checkIdentity(out.options.identity); !checked) {
        return checked;
    }
    if (out.options.identity.hasIssuer() && out.options.devSecretFile && !out.options.identity.isDevelopmentWanted) {
        return wrong("--dev-secret-file signs development tokens, which --jwks and --oidc-issuer end; add --dev to have both");
    }
    if (!isEphemeral && out.options.dataFolder.empty()) {
        out.options.dataFolder = "satchel-data";
    }
    return {};
}

}  // namespace

Core::Result<CommandLine> parseCommandLine(const std::vector<std::string> &arguments, const std::string &failpoint)
{
    CommandLine out;
    bool isEphemeral = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string name = arguments[i];
        std::optional<std::string> value;
        if (const std::size_t equals = name.find('='); equals != std::string::npos && name.rfind("--", 0) == 0) {
            value = name.substr(equals + 1);
            name.resize(equals);
        }
        if (const auto take = takerOf(name)) {
            if (!value && i + 1 == arguments.size()) {
                return wrong(name + " needs a value");
            }
            if (!(*take)(out, value ? *value : arguments[++i])) {
                return wrong(name + " does not take this value; see --help");
            }
        } else if (value) {
            return wrong(name + " is not known or takes no value; see --help");
        } else if (name == "new-epoch" && i == 0) {
            out.isNewEpochWanted = true;
        } else if (name == "check" && i == 0) {
            out.isCheckWanted = true;
        } else if (name == "compact" && i == 0) {
            out.isCompactWanted = true;
        } else if (name == "audit-key" && i == 0) {
            out.isAuditKeyWanted = true;
        } else if (name == "audit-export" && i == 0) {
            out.isAuditExportWanted = true;
        } else if (name == "rekey" && i == 0) {
            out.isRekeyWanted = true;
        } else if (name == "--help" || name == "-h") {
            out.isHelpWanted = true;
        } else if (name == "--version") {
            out.isVersionWanted = true;
        } else if (name == "--ephemeral") {
            isEphemeral = true;
        } else if (name == "--dev") {
            out.options.identity.isDevelopmentWanted = true;
        } else if (name == "--insecure-allow-remote") {
            out.options.isRemoteAllowed = true;
        } else if (name == "--test-failpoints") {
            out.options.failpoint = failpoint;
        } else {
            return wrong(name + " is not known; see --help");
        }
    }
    if (auto settled = settle(out, isEphemeral); !settled) {
        return Core::failure(std::move(settled.error()));
    }
    return out;
}

std::string helpText()
{
    return R"(satchel-server: sync server of Satchel

Examples
  satchel-server --ephemeral                      try it: nothing is kept, the system picks a port
  satchel-server --data /var/lib/satchel          a store that stays; its key is made in the folder on the first run
  satchel-server --data D --policies policies.json --port 8080
  satchel-server --data D --address 0.0.0.0 --port 443 --tls-cert chain.pem --tls-key key.pem --oidc-issuer https://id.example.org
  satchel-server check --data D                   look at every page of a store that nobody serves; 0: all is well
  satchel-server new-epoch --data D               after D was restored from a backup, before it is served again
  satchel-server compact --data D                 shorten the history as --keep-history says, once; the server is stopped (it does so hourly)
  satchel-server audit-key --data D               print the key that exported audit logs are verified with; the server is stopped
  satchel-server audit-export --data D --audit-tenant T
                                                  print T's audit log for satchel audit verify; without T that of calls without a good token; the
                                                  server is stopped
  satchel-server rekey --data D                   put the store under a new key, which replaces the one in its file; the server is stopped
  satchel-server rekey --data D --new-key-file K  the same under the key in K, made if it is missing; then serve with --key-file K
  curl "$URL/v1/dev/token?sub=alice&roles=user,support"
  curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '{}' "$URL/satchel.v1.Users/List"

Where
  --port N             port to listen on; 0 (default): the system picks one
  --port-file FILE     write the port there once the server listens
  --address A          address to listen on (default 127.0.0.1)
  --tls-cert FILE, --tls-key FILE
                       speak TLS 1.2 and 1.3 with this certificate (PEM, its chain behind it) and its key; SIGHUP reads them again
  --data DIR           folder of the store (default satchel-data)
  --key-file FILE      the store's key: 32 bytes or 64 hex digits (default DIR/store.key; made, 0600, if there is no store yet)
  --ephemeral          a store with a random key in a temporary folder, removed at exit

How
  --policies FILE      policies of collections, JSON; a changed file needs a higher version
  --keep-history N     days for which each change stays in the history (default 365; 0: for ever); documents themselves never go
  --device-timeout N   days after which a device that was not seen no longer holds the history up (default 365)
  --dev                development tokens for this machine at /v1/dev/token (default; beside an issuer's: on loopback only)
  --dev-secret-file F  sign development tokens with this secret (at least 32 bytes) instead of one kept in the store
  --allow-origin URL   let pages of this origin call the server; repeatable
  --threads N          network threads (default 1)
  --insecure-allow-remote   listen on other addresses than loopback although there is no TLS
  --log-level LEVEL    debug, info, warning (default), error or off; JSON lines on standard error

Whose tokens (docs/identity.md)
  --oidc-issuer URL    take tokens of this OpenID provider, whose keys are found by discovery and fetched anew as they change
  --jwks FILE          take tokens of an issuer whose public keys are in this JWK set; SIGHUP reads it again
  --issuer ISS         the issuer of those tokens, exactly as their iss has it
  --audience AUD       what their aud must be or have (default satchel)
  --claim-user NAME, --claim-tenant NAME, --claim-roles NAME
                       which claims say whom a token is for (default sub, tenant, roles); /a/b reaches into objects
  --tenant NAME        every token is of this tenant, whatever it claims
  --default-role user  the role of tokens without a claim for roles

Testing
  --test-failpoints    honour SATCHEL_FAILPOINT=after_commit_before_answer[:N]: the server kills itself there
  --polling-idle-ms N, --header-timeout-ms N   shorter deadlines

The server prints its URL on standard output when it is ready. SIGTERM and SIGINT shut it down cleanly; with
--tls-cert, --jwks or --oidc-issuer SIGHUP reads certificate and keys again.
Exit codes: 0 clean, 2 wrong arguments, 3 the store, its key, the policies, certificate or token keys cannot be used, 4 the address cannot be had.
)";
}

}  // namespace Satchel::Server
