// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/store/localstore.h"

#include <cstdint>
#include <memory>

namespace Satchel::Sync {

struct OpenedLocalStore {
    std::unique_ptr<LocalStore> store;
    OpenedStore content;  ///< with `recovery` where the store was damaged
};

enum class Suspicion : std::uint8_t {
    None,
    DamageMet,  ///< by somebody who worked with the store: it is healed whether or not opening finds anything
};

/// Opens and reads a device's store (for reading only, where the disk cannot be written), healing it if it is damaged: what can be read
/// goes into a new file, which takes the place of the damaged one; that one is kept beside it as PATH.damaged (with its WAL and key-check
/// record), in place of one that may be there. Cut short at any point, the next call starts over or goes on. Errors of LocalStore::open;
/// DATA_LOSS/STORE_DAMAGED names the pages if the store cannot be healed, and has changed nothing then.
[[nodiscard]] Core::Result<OpenedLocalStore> openHealed(LocalStore::Options options, const CipherDb::StoreKey &key,
                                                        Suspicion suspicion = Suspicion::None);

}  // namespace Satchel::Sync
