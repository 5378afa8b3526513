// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/auth/policies.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace Satchel::Server {

inline constexpr std::size_t policyBytesMax = 1024 * 1024;

/// The format is docs/policies.md's. Unknown members are errors. INVALID_ARGUMENT says line, column, member, what is wrong with it and what
/// would be right; RESOURCE_EXHAUSTED/LIMIT_EXCEEDED for a text over policyBytesMax.
[[nodiscard]] Core::Result<Policies> parsePolicies(std::string_view json);
/// The text of a policy file. NOT_FOUND if it cannot be opened.
[[nodiscard]] Core::Result<std::string> readPolicyFile(const std::filesystem::path &path);
[[nodiscard]] Core::Result<Policies> loadPolicyFile(const std::filesystem::path &path);

}  // namespace Satchel::Server
