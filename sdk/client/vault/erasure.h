// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <filesystem>

/// Destroying an account's files, or putting them out of the way. A mark beside the store says that destroying has begun, so that a crash
/// half way does not leave a store without a key, which would answer KEY_MISSING for ever: whoever opens next goes on. The caller holds the
/// store's lock. All of it blocks.
namespace Satchel::Vault {

/// `<store>.destroy`.
void markDoomed(const std::filesystem::path &storePath);
void unmarkDoomed(const std::filesystem::path &storePath);
[[nodiscard]] Core::Result<bool> isDoomed(const std::filesystem::path &storePath);

/// Removes the passphrase's salt, then the store and every file whose name begins with the store's, and makes that durable; the mark goes
/// last. The lock file stays.
[[nodiscard]] Core::Result<void> eraseFiles(const std::filesystem::path &storePath);

/// Gives the store, and what only its key can read, the name `<store>.aside-N` with the same endings, N not in use. The store goes last, so
/// that what was cut short goes on when it is called again. The store's new path; NOT_FOUND if there is none.
[[nodiscard]] Core::Result<std::filesystem::path> moveAside(const std::filesystem::path &storePath);

}  // namespace Satchel::Vault
