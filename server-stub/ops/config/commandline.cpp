// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "commandline.h"

#include "server-stub/ops/config/identityarguments.h"
#include "wire/json.h"

#include <optional>

namespace Satchel::Server {

namespace {

constexpr std::string_view configName = "config";

tl::unexpected<Core::Error> wrong(const std::string &why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, why));
}

/// Keeps a value if the option takes it: beside those there are for a list, else in place of it.
Core::Result<void> keep(GivenOptions &out, const Option &option, const std::string &value, const std::string &from, const std::string &name)
{
    if (!option.rule.takes(value)) {
        return wrong(name + " " + option.rule.sentence());
    }
    GivenOption &given = out[option.name];
    if (!option.isList()) {
        given.values.clear();
    }
    given.option = &option;
    given.values.push_back(value);
    given.from = from;
    given.name = name;
    return {};
}

/// What one argument says, which may take the next one as its value.
Core::Result<void> takeArgument(const std::vector<std::string> &arguments, std::size_t &at, GivenOptions &out)
{
    std::string name = arguments[at] == "-h" ? "--help" : arguments[at];
    std::optional<std::string> value;
    if (const std::size_t equals = name.find('='); equals != std::string::npos) {
        value = name.substr(equals + 1);
        name.resize(equals);
    }
    const Option *option = name.starts_with("--") ? findOption(std::string_view(name).substr(2)) : nullptr;
    if (option == nullptr) {
        return wrong(name + " is not known" + (name.starts_with("--") ? suggestionFor(std::string_view(name).substr(2)) : std::string()) +
                     "; see --help");
    }
    if (!value && option->isFlag()) {
        value = "true";
    }
    if (!value && at + 1 == arguments.size()) {
        return wrong(name + " needs a value");
    }
    return keep(out, *option, value ? *value : arguments[++at], "flag", name);
}

Core::Result<GivenOptions> fromArguments(const std::vector<std::string> &arguments, CommandLine &line)
{
    GivenOptions out;
    std::size_t at = 0;
    if (!arguments.empty() && !arguments.front().starts_with("-")) {
        line.command = findCommand(arguments.front());
        if (line.command == nullptr) {
            return wrong(arguments.front() + " is not a command; see --help");
        }
        ++at;
    }
    for (; at < arguments.size(); ++at) {
        if (auto taken = takeArgument(arguments, at, out); !taken) {
            return Core::failure(std::move(taken.error()));
        }
    }
    return out;
}

Core::Result<GivenOptions> fromEnvironment(const Environment &environment)
{
    GivenOptions out;
    std::map<std::string, const Option *, std::less<>> known;
    for (const Option &option : serverOptions()) {
        if (!option.isArgumentOnly || option.name == configName) {
            known.emplace(option.environmentName(), &option);
        }
    }
    for (auto it = environment.lower_bound(environmentPrefix); it != environment.end() && it->first.starts_with(environmentPrefix); ++it) {
        const auto &[name, value] = *it;
        const auto option = known.find(name);
        if (option == known.end()) {
            return wrong("the environment's " + name +
                         " is not known; see --help (Kubernetes sets some for a service of this name: enableServiceLinks: false)");
        }
        std::string rest = value;
        while (true) {
            const std::size_t comma = option->second->isList() ? rest.find(',') : std::string::npos;
            if (auto kept = keep(out, *option->second, rest.substr(0, comma), "environment " + name, "the environment's " + name); !kept) {
                return Core::failure(std::move(kept.error()));
            }
            if (comma == std::string::npos) {
                break;
            }
            rest.erase(0, comma + 1);
        }
    }
    return out;
}

GivenOptions presets()
{
    GivenOptions out;
    for (const Option &option : serverOptions()) {
        if (!option.preset.empty()) {
            out.emplace(option.name, GivenOption{&option, {std::string(option.preset)}, "default", option.flagName()});
        }
    }
    return out;
}

/// Whether what is asked for goes together; completes it.
Core::Result<void> settle(CommandLine &out)
{
    const ServerOptions &options = out.options;
    if (out.isEphemeral && (!options.dataFolder.empty() || !options.keyFile.empty())) {
        return wrong("--ephemeral keeps nothing; --data and --key-file go without it");
    }
    if (out.isEphemeral && out.command != nullptr) {
        return wrong(std::string(out.command->name) + " is for a store that stays; --ephemeral has none");
    }
    for (const auto &[name, given] : out.given) {
        if (!given.option->command.empty() && (out.command == nullptr || out.command->name != given.option->command)) {
            return wrong(given.name + " is for the command " + std::string(given.option->command));
        }
    }
    if (options.net.tlsCertificate.empty() != options.net.tlsKey.empty()) {
        return wrong("--tls-cert and --tls-key go together");
    }
    if (auto checked = checkIdentity(options.identity); !checked) {
        return checked;
    }
    if (options.identity.hasIssuer() && options.devSecretFile && !options.identity.isDevelopmentWanted) {
        return wrong("--dev-secret-file signs development tokens, which --jwks and --oidc-issuer end; add --dev to have both");
    }
    if (!out.isEphemeral && options.dataFolder.empty()) {
        out.options.dataFolder = "satchel-data";
        out.given["data"] = {findOption("data"), {"satchel-data"}, "default", "--data"};
    }
    return {};
}

/// Joins what the places say, the later ones before the earlier, and puts it where it belongs.
Core::Result<void> apply(CommandLine &out, std::vector<GivenOptions> places)
{
    for (GivenOptions &place : places) {
        for (auto &[name, given] : place) {
            out.given[name] = std::move(given);
        }
    }
    for (const auto &[name, given] : out.given) {
        for (const std::string &value : given.values) {
            if (!given.option->take(out, value)) {
                return wrong(given.name + " " + std::string(given.option->hint));
            }
        }
    }
    return {};
}

}  // namespace

Core::Result<CommandLine> parseCommandLine(const std::vector<std::string> &arguments, const Environment &environment)
{
    CommandLine out;
    auto flags = fromArguments(arguments, out);
    auto variables = flags ? fromEnvironment(environment) : Core::Result<GivenOptions>(Core::failure(std::move(flags.error())));
    if (!variables) {
        return Core::failure(std::move(variables.error()));
    }
    std::vector<GivenOptions> places{presets()};
    const GivenOptions &naming = flags->contains(configName) ? *flags : *variables;
    if (const auto config = naming.find(configName); config != naming.end()) {
        auto file = loadConfig(config->second.values.front());
        if (!file) {
            return Core::failure(std::move(file.error()));
        }
        places.push_back(std::move(*file));
    }
    places.push_back(std::move(*variables));
    places.push_back(std::move(*flags));
    if (auto applied = apply(out, std::move(places)); !applied) {
        return Core::failure(std::move(applied.error()));
    }
    if (out.isHelpWanted || out.isManWanted || out.isVersionWanted) {
        return out;
    }
    if (const auto failpoint = environment.find("SATCHEL_FAILPOINT"); out.areFailpointsWanted && failpoint != environment.end()) {
        out.options.failpoint = failpoint->second;
    }
    if (auto settled = settle(out); !settled) {
        return Core::failure(std::move(settled.error()));
    }
    return out;
}

std::string configText(const CommandLine &line)
{
    const auto quoted = [](const std::string &text) { return Wire::jsonFromValue(Core::Value(text)); };
    std::string out;
    for (const Option &option : serverOptions()) {
        const auto found = line.given.find(option.name);
        if (found == line.given.end() || (option.isArgumentOnly && option.name != configName)) {
            continue;
        }
        const GivenOption &given = found->second;
        std::string value;
        for (const std::string &one : given.values) {
            const bool isPlain = option.isFlag() || option.rule.kind == ValueRule::Kind::Number;
            value += (value.empty() ? "" : ", ") + (isPlain ? one : quoted(one));
        }
        out += (out.empty() ? "  " : ",\n  ") + quoted(std::string(option.name)) +
               ": {\"value\": " + (option.isList() ? "[" + value + "]" : value) + ", \"from\": " + quoted(given.from) + "}";
    }
    return "{\n" + out + "\n}\n";
}

}  // namespace Satchel::Server
