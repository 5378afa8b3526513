// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/limits.h"
#include "core/result.h"
#include "core/value.h"

#include <string>
#include <string_view>

/// JSON text <-> Value, strict and lossless (RFC 8259): duplicate keys, integers beyond int64, numbers that overflow a double, lone
/// surrogates, a byte order mark, nesting or length over the limits and anything after the text are refused with
/// INVALID_ARGUMENT/MALFORMED_INPUT or RESOURCE_EXHAUSTED/LIMIT_EXCEEDED, and the byte where it was found. Integer tokens stay integers;
/// "-0" is the double -0.0, so that its sign is not lost. Types that JSON lacks are written as
/// {"$bytes": "base64url"}, {"$timestamp": milliseconds} and {"$double": "nan" | "inf" | "-inf"}, and a map whose only key is one of these
/// or "$map" as {"$map": {...}}; all are read back so. Any other key that begins with '$' is an ordinary key.
namespace Satchel::Wire {

[[nodiscard]] Core::Result<Core::Value> valueFromJson(std::string_view text, const Core::Limits &limits = {});
/// One line, no spaces, members in key order. A double is written in the shortest form that reads back as the same double: 1.0, not 1.
[[nodiscard]] std::string jsonFromValue(const Core::Value &value);

/// RFC 4648 section 5 without padding; decoding is strict (no white space, no padding, no stray bits).
[[nodiscard]] std::string base64Url(std::string_view bytes);
[[nodiscard]] Core::Result<std::string> fromBase64Url(std::string_view text);
/// RFC 4648 section 4 with padding; decoding is as strict.
[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] Core::Result<std::string> fromBase64(std::string_view text);

}  // namespace Satchel::Wire
