// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/vault/keychain.h"

namespace Satchel::Vault {

/// The operating system's own, through QtKeychain, which works on the application's thread only: callers may be on any thread that has an
/// event loop. On Linux it is the secret service, reached over the session bus.
class SystemKeychain : public Keychain {
public:
    void read(const KeychainEntry &entry, Found found) override;
    void write(const KeychainEntry &entry, SecretBytes secret, Done done) override;
    void remove(const KeychainEntry &entry, Done done) override;
};

}  // namespace Satchel::Vault
