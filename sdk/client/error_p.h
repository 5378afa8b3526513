// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"
#include "core/result.h"

#include <Satchel/result.h>

/// Errors of the inner modules <-> errors of the public API. Codes and reasons have the same numbers on both sides.
namespace Satchel {

[[nodiscard]] Error fromCore(const Core::Error &error);
[[nodiscard]] Core::Error toCore(const Error &error);

template <typename T>
[[nodiscard]] Result<T> fromCore(Core::Result<T> result)
{
    if (!result) {
        return failure(fromCore(result.error()));
    }
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        return std::move(*result);
    }
}

}  // namespace Satchel
