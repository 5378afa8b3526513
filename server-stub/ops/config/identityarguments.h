// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/auth/identityoptions.h"

namespace Satchel::Server {

/// INVALID_ARGUMENT says which of the options that tell whose tokens are taken do not go together, and what to do.
[[nodiscard]] Core::Result<void> checkIdentity(const IdentityOptions &options);

}  // namespace Satchel::Server
