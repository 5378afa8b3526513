// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/storekey.h"
#include "core/result.h"

#include <Satchel/clientoptions.h>

#include <filesystem>

namespace Satchel {

/// The key of the store at `storePath`, from any source but the keychain. A passphrase takes its salt from `<storePath>.kdf`; salt and key
/// file are made where there is no store yet. The caller holds the store's lock, so that nobody else makes one at the same time.
/// INVALID_ARGUMENT without a usable source, FAILED_PRECONDITION/KEY_MISSING, DATA_LOSS: STORE_DAMAGED for a `.kdf` file that does not
/// parse, KEY_DAMAGED for a key file, PERMISSION_DENIED/KEY_FILE_UNSAFE, and the errors of files. Blocks: Argon2id takes about 0.2 s. For
/// any thread.
[[nodiscard]] Core::Result<CipherDb::StoreKey> deriveStoreKey(const StoreKeySource &source, const std::filesystem::path &storePath);

/// The key that a store which exists is to be put under: as deriveStoreKey(), but what is not there is made beside the store. A salt that
/// is there stays, for both passphrases: the store and its salt could not change in one step.
[[nodiscard]] Core::Result<CipherDb::StoreKey> prepareStoreKey(const StoreKeySource &source, const std::filesystem::path &storePath);

/// `<file>.next`, where the next key of a key file lies while the store's key is changed to it.
[[nodiscard]] std::filesystem::path nextKeyFile(const QString &keyFile);

/// FAILED_PRECONDITION/KEY_MISSING if there is a store, for which no key may be made.
[[nodiscard]] Core::Result<void> checkNoStore(const std::filesystem::path &storePath);

}  // namespace Satchel
