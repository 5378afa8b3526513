// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <new>
#include <utility>

namespace Satchel::Sync {

[[nodiscard]] inline Core::Error outOfMemory()
{
    // The text is short enough to need no memory.
    return Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, "out of memory");
}

/// Runs a piece of the store's work; where there is no memory for it, it has failed like SQLite does then. (Anywhere else in the SDK an
/// allocation that fails ends the process, which the store survives as it does a crash.)
template <typename Work>
[[nodiscard]] auto withMemory(Work &&work) -> decltype(work())
{
    try {
        return std::forward<Work>(work)();
    } catch (const std::bad_alloc &) {
        return Core::failure(outOfMemory());
    }
}

}  // namespace Satchel::Sync
