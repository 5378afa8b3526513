// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/limits.h"
#include "core/result.h"
#include "core/value.h"

#include <string>
#include <string_view>

/// JSON text <-> Value, strict and lossless (RFC 8259): duplicate keys, integers beyond int64, numbers that overflow a double, lone
/// surrogates, deeper nesting than the limit and anything after the text are refused with INVALID_ARGUMENT, which says where.
/// Integers stay integers. Types that JSON lacks are written as {"$bytes": "base64url"} and {"$timestamp": milliseconds}, a map whose only key
/// begins with '$' as {"$map": {...}}, and read back so.
namespace Satchel::Wire {

[[nodiscard]] Core::Result<Core::Value> valueFromJson(std::string_view text, const Core::Limits &limits = {});
/// One line, no spaces, members in key order. NaN and infinities, which JSON cannot say, are written as {"$double": "nan" | "inf" | "-inf"}.
[[nodiscard]] std::string jsonFromValue(const Core::Value &value);

/// RFC 4648 section 5 without padding; decoding is strict (no white space, no padding, no stray bits).
[[nodiscard]] std::string base64Url(std::string_view bytes);
[[nodiscard]] Core::Result<std::string> fromBase64Url(std::string_view text);

}  // namespace Satchel::Wire
