// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"

#include <string>

/// What a keychain answers when it gives no key; all UNAVAILABLE.
namespace Satchel::Vault {

[[nodiscard]] Core::Error keychainUnavailable();
[[nodiscard]] Core::Error keychainLocked();
[[nodiscard]] Core::Error keychainNotReady(const std::string &why);

}  // namespace Satchel::Vault
