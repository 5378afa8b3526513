// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Server {

struct CommandLine;

/// Under which heading help and man page have an option.
enum class OptionGroup : std::uint8_t { Where, How, Limits, Tokens, Commands, Testing, General };

/// Which texts are values of an option.
struct ValueRule {
    enum class Kind : std::uint8_t { Flag, Text, List, Number, Choice };

    Kind kind = Kind::Flag;
    std::string_view valueName = {};  ///< what help calls the value; empty for a flag
    std::int64_t least = 0;           ///< of a number
    std::int64_t most = 0;
    std::vector<std::string_view> choices = {};

    /// Not empty.
    [[nodiscard]] static ValueRule text(std::string_view valueName) { return {Kind::Text, valueName}; }
    /// May be given more than once, and is an array in a file.
    [[nodiscard]] static ValueRule list(std::string_view valueName) { return {Kind::List, valueName}; }
    [[nodiscard]] static ValueRule number(std::string_view valueName, std::int64_t least, std::int64_t most)
    {
        return {Kind::Number, valueName, least, most};
    }
    [[nodiscard]] static ValueRule choice(std::string_view valueName, std::vector<std::string_view> choices)
    {
        return {Kind::Choice, valueName, 0, 0, std::move(choices)};
    }
    [[nodiscard]] static ValueRule flag() { return {}; }

    [[nodiscard]] bool takes(const std::string &value) const;
    /// "takes a whole number from 0 to 65535".
    [[nodiscard]] std::string sentence() const;
};

/// One thing that can be set: --name on the command line, SATCHEL_SERVER_NAME in the environment, "name" in the file.
struct Option {
    std::string_view name;
    OptionGroup group;
    ValueRule rule;
    std::string_view preset;  ///< what holds when nobody says otherwise; empty: nothing is set then
    std::string_view help;
    /// Puts a value that the rule takes where it belongs; false: it is not one after all, for the reason in `hint`.
    std::function<bool(CommandLine &out, const std::string &value)> take;
    std::string_view hint = {};     ///< "takes ..."; empty: the rule's sentence says it all
    std::string_view command = {};  ///< the only command that it is for; empty: all
    bool isArgumentOnly = false;    ///< neither in the environment nor in a file
    bool isReloaded = false;        ///< taken anew from the file when the server reloads

    [[nodiscard]] std::string flagName() const { return "--" + std::string(name); }
    [[nodiscard]] std::string environmentName() const;
    [[nodiscard]] bool isFlag() const { return rule.kind == ValueRule::Kind::Flag; }
    [[nodiscard]] bool isList() const { return rule.kind == ValueRule::Kind::List; }
};

inline constexpr std::string_view environmentPrefix = "SATCHEL_SERVER_";

/// Every option there is, in the order of the help.
[[nodiscard]] const std::vector<Option> &serverOptions();
/// Those that say whose tokens are taken; part of the above.
[[nodiscard]] std::vector<Option> identityOptions();
/// None if there is no such option.
[[nodiscard]] const Option *findOption(std::string_view name);
/// " (did you mean "port"?)" where a name is near one of those there are; else nothing.
[[nodiscard]] std::string suggestionFor(std::string_view name);

/// The number of a text that ValueRule::number takes.
[[nodiscard]] std::int64_t numberOf(const std::string &text);

}  // namespace Satchel::Server
