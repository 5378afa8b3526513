// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "commandline.h"
#include "option.h"

#include <algorithm>
#include <array>

namespace Satchel::Server {

namespace {

using Rule = ValueRule;

constexpr std::int64_t daysMax = 36'500;
constexpr std::int64_t deadlineMsMax = 3'600'000;
constexpr std::array<std::string_view, 5> logLevels{"debug", "info", "warning", "error", "off"};

/// Puts the text into a member of the options.
template <typename Target>
auto into(Target ServerOptions::*target)
{
    return [target](CommandLine &out, const std::string &value) {
        out.options.*target = value;
        return true;
    };
}

template <typename Target>
auto intoNet(Target NetSettings::*target)
{
    return [target](CommandLine &out, const std::string &value) {
        if constexpr (std::is_same_v<Target, std::chrono::milliseconds>) {
            out.options.net.*target = std::chrono::milliseconds(numberOf(value));
        } else if constexpr (std::is_integral_v<Target>) {
            out.options.net.*target = static_cast<Target>(numberOf(value));
        } else {
            out.options.net.*target = value;
        }
        return true;
    };
}

auto intoDays(std::chrono::hours CompactionSettings::*target)
{
    return [target](CommandLine &out, const std::string &value) {
        out.options.compaction.*target = std::chrono::hours(24 * numberOf(value));
        return true;
    };
}

template <typename Target>
auto asked(Target CommandLine::*target)
{
    return [target](CommandLine &out, const std::string &value) {
        if constexpr (std::is_same_v<Target, bool>) {
            out.*target = value == "true";
        } else {
            out.*target = value;
        }
        return true;
    };
}

bool takeLogLevel(CommandLine &out, const std::string &value)
{
    const auto *const level = std::find(logLevels.begin(), logLevels.end(), value);
    out.logLevel = static_cast<LogLevel>(level - logLevels.begin());
    return true;
}

std::vector<Option> whereOptions()
{
    constexpr auto group = OptionGroup::Where;
    return {
        {"port", group, Rule::number("N", 0, 65535), "0", "port to listen on; 0: the system picks one", intoNet(&NetSettings::port)},
        {"port-file", group, Rule::text("FILE"), {}, "write the port there once the server listens", asked(&CommandLine::portFile)},
        {"address", group, Rule::text("A"), "127.0.0.1", "address to listen on", intoNet(&NetSettings::address)},
        {"tls-cert",
         group,
         Rule::text("FILE"),
         {},
         "speak TLS 1.2 and 1.3 with this certificate (PEM, its chain behind it); SIGHUP reads it again",
         intoNet(&NetSettings::tlsCertificate)},
        {"tls-key", group, Rule::text("FILE"), {}, "the certificate's key (PEM, without a password)", intoNet(&NetSettings::tlsKey)},
        {"data", group, Rule::text("DIR"), {}, "folder of the store (default satchel-data)", into(&ServerOptions::dataFolder)},
        {"key-file",
         group,
         Rule::text("FILE"),
         {},
         "the store's key: 32 bytes or 64 hex digits (default DIR/store.key; made, 0600, if there is no store yet)",
         into(&ServerOptions::keyFile)},
        {"backup-folder",
         group,
         Rule::text("DIR"),
         {},
         "folder of backups, for Backups/Create and the command backup",
         into(&ServerOptions::backupFolder)},
        {"backup-keyring-folder",
         group,
         Rule::text("DIR"),
         {},
         "each backup puts the newest copy of the keyring there, in place of the older one; keep it apart from the backups",
         into(&ServerOptions::backupKeyringFolder)},
        {"ephemeral", group, Rule::flag(), "false", "a store with a random key in a temporary folder, removed at exit",
         asked(&CommandLine::isEphemeral)},
    };
}

std::vector<Option> howOptions()
{
    constexpr auto group = OptionGroup::How;
    return {
        {"policies",
         group,
         Rule::text("FILE"),
         {},
         "policies of collections, JSON; a changed file needs a higher version",
         into(&ServerOptions::policyFile)},
        {"keep-history", group, Rule::number("DAYS", 0, daysMax), "365",
         "days for which each change stays in the history (0: for ever); documents themselves never go",
         intoDays(&CompactionSettings::historyKept)},
        {"device-timeout", group, Rule::number("DAYS", 1, daysMax), "365",
         "days after which a device that was not seen no longer holds the history up", intoDays(&CompactionSettings::deviceTimeout)},
        {"dev", group, Rule::flag(), "false",
         "development tokens for this machine at /v1/dev/token: there without an issuer of tokens, beside one if asked, on loopback only",
         [](CommandLine &out, const std::string &value) {
             out.options.identity.isDevelopmentWanted = value == "true";
             return true;
         }},
        {"dev-secret-file",
         group,
         Rule::text("FILE"),
         {},
         "sign development tokens with this secret (at least 32 bytes) instead of one kept in the store",
         into(&ServerOptions::devSecretFile)},
        {"allow-origin",
         group,
         Rule::list("URL"),
         {},
         "let pages of this origin call the server; repeatable",
         [](CommandLine &out, const std::string &value) {
             out.options.net.allowedOrigins.push_back(value);
             return true;
         }},
        {"allow-host",
         group,
         Rule::list("NAME"),
         {},
         "answer requests whose Host header has this name, and on other addresses than loopback no others; repeatable",
         [](CommandLine &out, const std::string &value) {
             out.options.net.allowedHosts.push_back(value);
             return true;
         }},
        {"metrics-token-file",
         group,
         Rule::text("FILE"),
         {},
         "who shows the secret in it (at least 32 bytes) as bearer token may read /metrics; without it who asks from this machine",
         into(&ServerOptions::metricsTokenFile)},
        {"threads", group, Rule::number("N", 1, 256), "1", "network threads", intoNet(&NetSettings::lanes)},
        {"insecure-allow-remote", group, Rule::flag(), "false", "listen on other addresses than loopback although there is no TLS",
         [](CommandLine &out, const std::string &value) {
             out.options.isRemoteAllowed = value == "true";
             return true;
         }},
        {"log-level", group, Rule::choice("LEVEL", {logLevels.begin(), logLevels.end()}), "warning",
         "debug, info, warning, error or off; JSON lines on standard error", takeLogLevel},
    };
}

std::vector<Option> limitOptions()
{
    constexpr auto group = OptionGroup::Limits;
    constexpr std::int64_t rateMax = 1'000'000'000;
    const auto number = [](std::string_view name, std::string_view preset, std::string_view help, std::int64_t GateSettings::*target) {
        Option out{name, group, Rule::number("N", 0, rateMax), preset, help, [target](CommandLine &line, const std::string &value) {
                       line.options.gate.*target = numberOf(value);
                       return true;
                   }};
        out.isReloaded = true;
        return out;
    };
    Option readOnly{"read-only",
                    group,
                    Rule::flag(),
                    "false",
                    "take no writes of devices: reads go on, devices keep their writes and wait",
                    [](CommandLine &out, const std::string &value) {
                        out.options.gate.isReadOnly = value == "true";
                        return true;
                    }};
    readOnly.isReloaded = true;
    return {
        readOnly,
        {"connections", group, Rule::number("N", 1, 1'000'000), "10000", "connections at once", intoNet(&NetSettings::connectionsMax)},
        {"devices-per-user", group, Rule::number("N", 1, 10'000), "256", "devices of one user; those that were revoked count",
         [](CommandLine &out, const std::string &value) {
             out.options.session.devicesMax = static_cast<std::size_t>(numberOf(value));
             return true;
         }},
        number("connections-per-address", "1000", "of them of one address; 0: as many. Behind a proxy all are of its address",
               &GateSettings::connectionsPerAddress),
        number("requests-per-address", "0", "requests a second of one address, ten times as many at once; 0: as many",
               &GateSettings::requestsPerAddress),
        number("mutations-per-user", "0", "mutations a second of one user, ten times as many at once; 0: as many",
               &GateSettings::mutationsPerUser),
        number("mutations-per-tenant", "0", "mutations a second of all of a tenant's users, ten times as many at once; 0: as many",
               &GateSettings::mutationsPerTenant),
    };
}

/// Options that only one command has.
std::vector<Option> commandOptions()
{
    constexpr auto group = OptionGroup::Commands;
    Option auditTenant{"audit-tenant",
                       group,
                       Rule::text("T"),
                       {},
                       "the tenant whose log is printed; without it that of calls without a good token",
                       asked(&CommandLine::auditTenant)};
    auditTenant.command = "audit-export";
    Option newKeyFile{"new-key-file",
                      group,
                      Rule::text("K"),
                      {},
                      "the file of the new key, made if it is missing; then serve with --key-file K. Without it the new key takes the "
                      "place of the old one",
                      asked(&CommandLine::newKeyFile)};
    newKeyFile.command = "rekey";
    Option from{"from", group, Rule::text("DIR"), {}, "the backup's folder", asked(&CommandLine::restoreFrom)};
    from.command = "restore";
    Option keyring{"keyring",
                   group,
                   Rule::text("FILE"),
                   {},
                   "the newest copy of the keyring; without it the one in the data folder is taken",
                   asked(&CommandLine::restoreKeyring)};
    keyring.command = "restore";
    std::vector<Option> out{std::move(auditTenant), std::move(newKeyFile), std::move(from), std::move(keyring)};
    for (Option &option : out) {
        option.isArgumentOnly = true;
    }
    return out;
}

std::vector<Option> testingOptions()
{
    constexpr auto group = OptionGroup::Testing;
    return {
        {"test-failpoints", group, Rule::flag(), "false",
         "honour SATCHEL_FAILPOINT=after_commit_before_answer[:N]: the server kills itself there",
         asked(&CommandLine::areFailpointsWanted)},
        {"polling-idle-ms", group, Rule::number("MS", 1, deadlineMsMax), "60000", "how long a polling session waits for its next request",
         intoNet(&NetSettings::pollingSessionTimeout)},
        {"header-timeout-ms", group, Rule::number("MS", 1, deadlineMsMax), "10000", "how long a connection may take for its first request",
         intoNet(&NetSettings::headerTimeout)},
    };
}

std::vector<Option> generalOptions()
{
    constexpr auto group = OptionGroup::General;
    std::vector<Option> out{
        {"config",
         group,
         Rule::text("FILE"),
         {},
         "read options from this file: one JSON object whose members are the names above (the environment's SATCHEL_SERVER_CONFIG names "
         "one "
         "too)",
         [](CommandLine &, const std::string &) { return true; }},
        {"print-config",
         group,
         Rule::flag(),
         {},
         "print every option's value and where it came from, and do nothing else",
         asked(&CommandLine::isConfigWanted)},
        {"help", group, Rule::flag(), {}, "print this", asked(&CommandLine::isHelpWanted)},
        {"man", group, Rule::flag(), {}, "print the same as a man page: satchel-server --man | man -l -", asked(&CommandLine::isManWanted)},
        {"version", group, Rule::flag(), {}, "print the version", asked(&CommandLine::isVersionWanted)},
    };
    for (Option &option : out) {
        option.isArgumentOnly = true;
    }
    return out;
}

}  // namespace

const std::vector<Option> &serverOptions()
{
    static const std::vector<Option> options = [] {
        std::vector<Option> all;
        for (std::vector<Option> some :
             {whereOptions(), howOptions(), limitOptions(), identityOptions(), commandOptions(), testingOptions(), generalOptions()}) {
            std::move(some.begin(), some.end(), std::back_inserter(all));
        }
        return all;
    }();
    return options;
}

}  // namespace Satchel::Server
