// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/ops/clock.h"
#include "server-stub/ops/random.h"

#include <filesystem>
#include <string>

namespace Satchel::Server {

struct RestoreRequest {
    std::filesystem::path from;     ///< the folder of one backup
    std::filesystem::path data;     ///< the folder of the store to be; without one
    std::filesystem::path keyFile;  ///< the store's key at the time of the backup
    std::filesystem::path keyring;  ///< the newest copy of the keyring's file; empty: it is in `data` already
};

/// Puts a backup in place as a store of a new epoch, with every file's hash compared on the way, the structure looked at, and the audit
/// logs' heads compared with those that were signed. Users who were erased since are taken away again. What was found, as a sentence.
/// FAILED_PRECONDITION if there is a store already, or no key or keyring; DATA_LOSS for a backup that is not whole. After an error there is
/// no store in the folder.
[[nodiscard]] Core::Result<std::string> restoreBackup(const RestoreRequest &request, const Clock &clock, Random &random);

}  // namespace Satchel::Server
