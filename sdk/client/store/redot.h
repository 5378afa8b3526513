// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/document.h"
#include "core/ids.h"
#include "core/mutation.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace Satchel::Sync {

/// How a copied store's pending mutations get their second names: docs/decisions/0006.
struct Redot {
    Core::DeviceId from;
    std::uint64_t settledThrough = 0;  ///< of `from`; what is above it was pending
    Core::DeviceId to;
    /// Of `from`, sorted: those of its pending mutations that are left, where not all are. Their new counters have no gap.
    std::vector<std::uint64_t> kept = {};

    /// `to`'s dot for a pending one of `from` that is left; any other dot as it is.
    [[nodiscard]] Core::Dot rename(const Core::Dot &dot) const;
    /// The newest of `to` that is covered where `dot`, a pending one of `from`, is; counter 0: none.
    [[nodiscard]] Core::Dot coveredBy(const Core::Dot &dot) const;
    [[nodiscard]] bool isPending(const Core::Dot &dot) const { return dot.device == from && dot.counter > settledThrough; }
};

/// `from`'s last settled increment of a counter field, in the mutation's base, with the sum after it; nothing if there is none.
using SettledMark = std::function<std::optional<Core::CounterMark>(const std::string &field)>;

/// The same of a base document, for as long as that lives.
[[nodiscard]] SettledMark settledMarkIn(const Core::Document &base, const Core::DeviceId &from);

/// The mutation under its new dot, with its origin, and with every pending dot it mentions renamed. A counter mark on pending increments is
/// split into the settled part of `from` and the pending part of `to`; where increments were lost it is dropped, since what it saw cannot
/// be told apart.
[[nodiscard]] Core::Mutation redotted(Core::Mutation mutation, const Redot &redot, const SettledMark &settledMark);

}  // namespace Satchel::Sync
