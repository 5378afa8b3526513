// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "filesystem.h"
#include "storekey.h"

#include "core/result.h"

#include <filesystem>
#include <memory>

namespace Satchel::CipherDb {

/// Puts a store under another key, so that a crash or a power cut at any point leaves it whole under the old key or whole under the new
/// one.
///
/// Every page is copied, checked, into PATH.rekey under the new key, with its key-check record PATH.rekey.keycheck. When both are durable,
/// one rename puts the copy in the store's place; from then on the new key opens it. Then the record follows. Whoever opens the store next
/// after a crash takes the copy away, or brings the record after it: Database::open() knows both. Needs the store's size again in free
/// space, and takes as long as reading and writing it.
///
/// `lock`: the store's, where the caller holds it; empty: taken here. `files` as in OpenOptions.
///
/// Good as well if the store is under the new key already. UNAVAILABLE/STORE_LOCKED while anybody has the store open, for reading too;
/// DATA_LOSS/STORE_DAMAGED if a page is bad (salvage the store first); otherwise the errors of Database::open(), with the old key. After an
/// error the old key opens the store, but after UNAVAILABLE/STORAGE_IO it may be the new one: see keyOpensStore().
[[nodiscard]] Core::Result<void> rekey(const std::filesystem::path &path, const StoreKey &oldKey, const StoreKey &newKey,
                                       FileSystem *files = nullptr, const std::shared_ptr<void> &lock = nullptr);

/// Whether the key is that of the store at the path, damaged or not, as far as can be told: for whoever has two after a change of keys that
/// was cut short. True if there is no store. Changes nothing.
[[nodiscard]] Core::Result<bool> keyOpensStore(const std::filesystem::path &path, const StoreKey &key, FileSystem *files = nullptr);

/// Of the store at `path`: the copy that is being made, and its record.
[[nodiscard]] std::filesystem::path rekeyedPath(const std::filesystem::path &path);
[[nodiscard]] std::filesystem::path rekeyedRecordPath(const std::filesystem::path &path);
/// Takes away what a change of keys left, the record last: as long as it is there the rest is known to be worth nothing.
[[nodiscard]] Core::Result<void> removeRekeyed(const std::filesystem::path &path, FileSystem &files);

}  // namespace Satchel::CipherDb
