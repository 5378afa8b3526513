// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/policy.h"
#include "core/result.h"

#include <filesystem>
#include <string_view>

namespace Satchel::Server {

/// {"version": 1, "collections": {"notes": {"conflict": "manual", "consistency": "eventual", "sensitivity": "personal",
/// "fields": {"count": "counter", "tags": "set"}}}}. Members of a collection may be left out; unknown ones are errors.
/// INVALID_ARGUMENT names the member that is wrong.
[[nodiscard]] Core::Result<Core::PolicySet> parsePolicies(std::string_view json);
[[nodiscard]] Core::Result<Core::PolicySet> loadPolicyFile(const std::filesystem::path &path);

}  // namespace Satchel::Server
