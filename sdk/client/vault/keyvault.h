// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/storekey.h"
#include "client/vault/keychain.h"
#include "core/result.h"

#include <Satchel/clientoptions.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

/// Where keys come from and go. All calls return at once, answer once on the thread that called, through its event loop, and go on to
/// their end when nobody waits any more: a keychain that is being written to must not be written to by a second caller. They hold the
/// store's lock meanwhile (UNAVAILABLE/STORE_LOCKED while somebody has the store open), and have let go of it when they answer with an
/// error.
namespace Satchel::Vault {

struct Account {
    StoreKeySource source;
    /// Of use to the keychain only.
    KeychainEntry entry;
    std::filesystem::path storePath;
};

/// A key, and the store's lock, which the store is to be opened under: were it let go in between, another process could destroy the key
/// that a store is about to be made with.
struct Access {
    CipherDb::StoreKey key;
    std::shared_ptr<void> lock;
};

/// Of completed options.
[[nodiscard]] Account accountOf(const ClientOptions &options);

/// The key of the account's store. One is made only where there is neither key nor store, and is durable and read back before it is
/// handed out. Ends a destruction that was cut short before. Errors: StoreKeySource's.
void obtainKey(const std::shared_ptr<Keychain> &keychain, Account account, std::function<void(Core::Result<Access>)> done);

/// What a failure makes of the order to destroy an account.
enum class Order : std::uint8_t {
    Revocable,  ///< it ends: who gave it is told, and may think better of it
    Standing,   ///< the next obtainKey() goes on with it
};

/// Puts the account's store under the key of `next`, which is made and durable first; the old key goes when the store is under the new one,
/// as far as it is not the app's own. Where both are in one place, the next key lies beside the old one meanwhile, and obtainKey() goes on
/// after a crash. FAILED_PRECONDITION if there is no store; the errors of StoreKeySource, for both, and of CipherDb::rekey.
void changeKey(const std::shared_ptr<Keychain> &keychain, Account account, Account next, std::function<void(Core::Result<void>)> done);

/// Destroys the key, as far as it is not the app's own, and after it the store and all that lies beside it. With an error from the
/// keychain or the key file both are as they were.
void destroyAccount(const std::shared_ptr<Keychain> &keychain, Account account, Order order, std::function<void(Core::Result<void>)> done);

}  // namespace Satchel::Vault
