// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/storekey.h"
#include "client/vault/keychain.h"
#include "core/result.h"

#include <Satchel/clientoptions.h>

#include <filesystem>
#include <functional>
#include <memory>

/// Where keys come from and go. Both calls return at once, answer once on the thread that called, through its event loop, and go on to
/// their end when nobody waits any more: a keychain that is being written to must not be written to by a second caller. They hold the
/// store's lock meanwhile (UNAVAILABLE/STORE_LOCKED while somebody has the store open) and have let go of it when they answer.
namespace Satchel::Vault {

struct Account {
    StoreKeySource source;
    /// Of use to the keychain only.
    KeychainEntry entry;
    std::filesystem::path storePath;
};

/// Of completed options.
[[nodiscard]] Account accountOf(const ClientOptions &options);

/// The key of the account's store. One is made only where there is neither key nor store, and is durable and read back before it is
/// handed out. Ends a destruction that was cut short before. Errors: StoreKeySource's.
void obtainKey(const std::shared_ptr<Keychain> &keychain, Account account, std::function<void(Core::Result<CipherDb::StoreKey>)> done);

/// Destroys the key, as far as it is not the app's own, and after it the store and all that lies beside it. With an error from the
/// keychain or the key file both are as they were.
void destroyAccount(const std::shared_ptr<Keychain> &keychain, Account account, std::function<void(Core::Result<void>)> done);

}  // namespace Satchel::Vault
