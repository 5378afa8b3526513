// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/database.h"
#include "core/result.h"
#include "server-stub/ops/random.h"

#include <filesystem>

namespace Satchel::Server {

/// The store's key from a file of 32 raw bytes or 64 hexadecimal digits. If there is neither file nor store, makes the file, readable by
/// its owner only. Never makes a key beside an existing store: FAILED_PRECONDITION/KEY_MISSING. A file that others may read is refused.
[[nodiscard]] Core::Result<CipherDb::StoreKey> keyFromFile(const std::filesystem::path &keyFile, const std::filesystem::path &store,
                                                           Random &random);

/// Puts the store under a new key, which takes the old one's place in the file. In between it is in FILE.next, and keyFromFile() goes on
/// after a crash: at every moment the store's key is in one of both. The store must be closed; errors of CipherDb::rekey.
[[nodiscard]] Core::Result<void> rotateKey(const std::filesystem::path &keyFile, const std::filesystem::path &store, Random &random);

/// Puts the store under the key in another file, which is made if it is not there. The old file stays as it is. Good, too, if it had been
/// done before.
[[nodiscard]] Core::Result<void> changeKey(const std::filesystem::path &keyFile, const std::filesystem::path &newKeyFile,
                                           const std::filesystem::path &store, Random &random);

/// A shared secret of at least 32 bytes from a file, surrounding white space cut off. One that could be guessed is refused.
[[nodiscard]] Core::Result<std::string> secretFromFile(const std::filesystem::path &file);

}  // namespace Satchel::Server
