// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <Satchel/clientoptions.h>

namespace Satchel {

/// What a client is made from, with every default filled in. INVALID_ARGUMENT names the option that cannot be used.
[[nodiscard]] Core::Result<ClientOptions> completed(ClientOptions options);

/// The store's file for this (tenant, user): names are hashed, so that any name is a good file name. `options` are completed ones.
[[nodiscard]] QString storePathOf(const ClientOptions &options);

}  // namespace Satchel
