// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/auth/identityoptions.h"

#include <map>
#include <string>

namespace Satchel::Server {

/// Takes an option's value; false if the option does not take this one.
using IdentityTaker = bool (*)(IdentityOptions &out, const std::string &value);

/// The options of the command line that say whose tokens are taken.
[[nodiscard]] const std::map<std::string, IdentityTaker> &identityArguments();

/// INVALID_ARGUMENT says which of them do not go together, and what to do.
[[nodiscard]] Core::Result<void> checkIdentity(const IdentityOptions &options);

}  // namespace Satchel::Server
