// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/vault/secretbytes.h"
#include "core/result.h"

#include <QString>

#include <functional>
#include <memory>
#include <optional>

namespace Satchel::Vault {

/// Where in the keychain: the app's service, and the account's name within it.
struct KeychainEntry {
    QString service;
    QString name;
    friend bool operator==(const KeychainEntry &, const KeychainEntry &) = default;
};

/// An operating system's store of secrets, as little of it as a key needs.
///
/// Every call returns at once and answers once, on the thread that called, never before it has returned; one under way goes on when the
/// caller is gone. The user may be asked to unlock, for as long as that takes.
///
/// UNAVAILABLE with KEYCHAIN_UNAVAILABLE (there is no such service, AfterChange), KEYCHAIN_LOCKED (locked, or the user refused;
/// AfterChange), KEYCHAIN_NOT_READY (anything else; Later).
class Keychain {
public:
    using Found = std::function<void(Core::Result<std::optional<SecretBytes>>)>;
    using Done = std::function<void(Core::Result<void>)>;

    Keychain() = default;
    Keychain(const Keychain &) = delete;
    Keychain &operator=(const Keychain &) = delete;
    virtual ~Keychain() = default;

    /// Nothing only where it is certain that there is no entry: a locked keychain has not got "none".
    virtual void read(const KeychainEntry &entry, Found found) = 0;
    /// Replaces what is there.
    virtual void write(const KeychainEntry &entry, SecretBytes secret, Done done) = 0;
    /// Good if there is none.
    virtual void remove(const KeychainEntry &entry, Done done) = 0;
};

}  // namespace Satchel::Vault
