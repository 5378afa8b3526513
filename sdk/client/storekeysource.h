// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/storekey.h"
#include "core/result.h"

#include <Satchel/clientoptions.h>

#include <filesystem>

namespace Satchel {

/// The key of the store at `storePath`. A passphrase takes its salt from `<storePath>.kdf`, which is made where there is no store yet.
/// INVALID_ARGUMENT without a usable source, FAILED_PRECONDITION/KEY_MISSING, DATA_LOSS/STORE_DAMAGED for a `.kdf` file that does not
/// parse, and the errors of files. Blocks: Argon2id takes about 0.2 s. For any thread.
[[nodiscard]] Core::Result<CipherDb::StoreKey> deriveStoreKey(const StoreKeySource &source, const std::filesystem::path &storePath);

}  // namespace Satchel
