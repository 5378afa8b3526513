// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/ops/config/option.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Server {

/// What one place says of an option. The values are ones that its rule takes; more than one for a list only.
struct GivenOption {
    const Option *option = nullptr;
    std::vector<std::string> values;
    std::string from;  ///< "flag", "environment SATCHEL_SERVER_PORT", "satchel.json:3", "default"
    std::string name;  ///< as an error names it: "--port", "satchel.json:3: port"
};

/// By the option's name.
using GivenOptions = std::map<std::string_view, GivenOption>;

/// Reads the text of a config file: one JSON object whose members are named like options; numbers, true and false, texts, and arrays of
/// texts for what is repeatable. Strict JSON. INVALID_ARGUMENT names file, line and what would be right.
[[nodiscard]] Core::Result<GivenOptions> parseConfig(std::string_view text, const std::string &fileName);

/// The same of a file. NOT_FOUND or RESOURCE_EXHAUSTED/LIMIT_EXCEEDED if it cannot be read or is larger than 1 MiB.
[[nodiscard]] Core::Result<GivenOptions> loadConfig(const std::filesystem::path &path);

}  // namespace Satchel::Server
