// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "keyring.h"

#include "cipherdb/database.h"

namespace Satchel::Server {

/// Destroys the keys of users whose rows have gone, and takes what is left of the rows out of the file as far as readers let it: once for
/// each erasure, however often it is cut short.
[[nodiscard]] Core::Result<void> finishErasures(CipherDb::Database &database, Keyring &keyring);

/// Takes away users that a backup of the store has brought back although their keys were destroyed since. Without a transaction.
void eraseAgain(CipherDb::Database &database, Keyring &keyring);

/// All rows of the owner, of every table that has an owner; then the owner's.
void deleteOwner(CipherDb::Database &database, std::int64_t owner);

}  // namespace Satchel::Server
