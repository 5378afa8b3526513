// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/storekey.h"
#include "core/result.h"

#include <QtCore/QString>

#include <filesystem>

namespace Satchel::Cli {

/// The store file that the path names: itself, or the only one in a folder. NOT_FOUND or INVALID_ARGUMENT says what is there.
[[nodiscard]] Core::Result<std::filesystem::path> findStore(const QString &path);

/// The key of an existing store, as the command line names it; never made. `passphraseFile` wins if it is not empty; "-" is standard input.
/// Otherwise `keyFile`, or STORE.key. FAILED_PRECONDITION/KEY_MISSING with the reason.
[[nodiscard]] Core::Result<CipherDb::StoreKey> readStoreKey(const std::filesystem::path &store, const QString &keyFile,
                                                            const QString &passphraseFile);

}  // namespace Satchel::Cli
