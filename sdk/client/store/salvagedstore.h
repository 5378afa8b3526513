// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "cipherdb/salvage.h"
#include "client/store/progress.h"
#include "client/sync/enginetypes.h"
#include "core/ids.h"
#include "core/mutation.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace Satchel::Sync {

/// What is left of a damaged device store, but for its documents: those are read one by one by forEachSalvagedDocument(). Rows tell by
/// their shape which table they are of, so nothing depends on the pages that lead to them. Nothing is taken that does not decode, or that
/// does not fit to its own dot.
struct SalvagedStore {
    struct Identity {
        Core::DeviceId device;
        Core::UserId user;
        std::uint64_t settledThrough = 0;
        Core::Hlc greatestStamp;
    };
    std::optional<Identity> identity;
    std::optional<Progress::Record> progress;
    std::optional<Core::PolicySet> policies;
    std::vector<std::pair<std::string, std::int64_t>> limits;
    std::map<std::uint64_t, Core::MutationPtr> pending;  ///< of the store's device, after what is settled
    Core::DeviceId pendingDevice;
    std::uint64_t settledThrough = 0;  ///< as the identity says; without one, everything before the first that is left
    std::vector<Quarantined> quarantine;
    std::set<Core::DocumentId> toRecover;
    std::uint64_t namedDocuments = 0;  ///< in the index

    [[nodiscard]] static SalvagedStore from(const CipherDb::Salvage &salvage);
};

/// The same document may come twice, in two states. A document whose base does not decode is counted as broken.
using SalvagedDocumentVisitor = std::function<Core::Result<void>(Core::DocumentId id, Core::Document base, std::uint64_t generation)>;
[[nodiscard]] Core::Result<void> forEachSalvagedDocument(const CipherDb::Salvage &salvage, const SalvagedDocumentVisitor &visit);

}  // namespace Satchel::Sync
