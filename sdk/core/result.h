// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "error.h"

#include <tl/expected.hpp>

#include <string_view>

namespace Satchel::Core {

/// A value or an expected failure. Every function that returns one is [[nodiscard]].
template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> failure(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

/// Drops a result on purpose; the reason stands where the result is dropped.
template <typename T>
void ignore(const T & /*result*/, std::string_view /*reason*/)
{
}

}  // namespace Satchel::Core
