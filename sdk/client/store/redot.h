// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/ids.h"
#include "core/mutation.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace Satchel::Sync {

/// How a copied store's pending mutations get their second names: docs/decisions/0006.
struct Redot {
    Core::DeviceId from;
    std::uint64_t settledThrough = 0;  ///< of `from`; what is above it was pending
    Core::DeviceId to;

    /// `to`'s dot for a pending one of `from`; any other dot as it is.
    [[nodiscard]] Core::Dot rename(const Core::Dot &dot) const;
};

/// `from`'s last settled increment of a counter field, in the mutation's base, with the sum after it; nothing if there is none.
using SettledMark = std::function<std::optional<Core::CounterMark>(const std::string &field)>;

/// The mutation under its new dot, with its origin, and with every pending dot it mentions renamed. A counter mark on pending increments is
/// split into the settled part of `from` and the pending part of `to`; without `settledMark` it is dropped, since what it saw cannot be
/// told apart.
[[nodiscard]] Core::Mutation redotted(Core::Mutation mutation, const Redot &redot, const SettledMark &settledMark);

}  // namespace Satchel::Sync
