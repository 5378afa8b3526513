// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/lockfile.h"
#include "client/vault/keyvault.h"

#include <functional>
#include <memory>
#include <optional>

/// The steps that obtaining, changing and destroying keys share.
namespace Satchel::Vault {

using CipherDb::StoreKey;
using Nothing = Core::Result<void>;
template <typename T>
using Done = std::function<void(Core::Result<T>)>;

/// What is going on with an account, shared by the callbacks that take it on.
struct Task {
    std::shared_ptr<Keychain> keychain;
    Account account;
    CipherDb::LockFile lock;
    bool isDoomed = false;
    Order order = Order::Revocable;

    [[nodiscard]] bool usesKeychain() const { return std::holds_alternative<StoreKeySource::Keychain>(account.source.source()); }
};
using TaskPtr = std::shared_ptr<Task>;

[[nodiscard]] TaskPtr makeTask(const std::shared_ptr<Keychain> &keychain, Account account);
/// Nobody else has the store from here on, or makes a key for it.
[[nodiscard]] Nothing takeHold(Task &task);

/// Where the next key is while the store is put under it.
[[nodiscard]] KeychainEntry nextOf(KeychainEntry entry);
void readKey(const TaskPtr &task, const KeychainEntry &entry, const Done<std::optional<StoreKey>> &done);
/// The key into the keychain, which must give it back before anything is put under it.
void keepKey(const TaskPtr &task, const KeychainEntry &entry, const std::shared_ptr<StoreKey> &key, const Done<void> &done);
/// The key of the account's store, the lock held; a change of keys that was cut short is brought to its end.
void obtain(const TaskPtr &task, const Done<StoreKey> &done);

}  // namespace Satchel::Vault
