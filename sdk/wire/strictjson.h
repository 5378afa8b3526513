// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace Satchel::Wire {

/// What a strict reader does with each piece of a JSON text. Every hook may refuse, after which the text is refused with its error.
class JsonEvents {
public:
    using Check = Core::Result<void>;
    virtual ~JsonEvents() = default;
    /// Before each of the others, and when the text is refused: how many bytes of it have been taken.
    virtual void place(std::size_t /*byte*/) {}
    virtual Check null() = 0;
    virtual Check boolean(bool value) = 0;
    virtual Check integer(std::int64_t value) = 0;
    /// An integer token that an int64 does not hold, as it is written.
    virtual Check hugeInteger(std::string_view token) = 0;
    virtual Check number(double value) = 0;
    virtual Check string(std::string &value) = 0;
    virtual Check key(std::string &value) = 0;
    virtual Check startObject() = 0;
    virtual Check endObject() = 0;
    virtual Check startArray() = 0;
    virtual Check endArray() = 0;
};

/// Reads one JSON text by the letter of RFC 8259: no byte order mark, no NUL, no comment, no trailing data, no lone surrogate, UTF-8 only,
/// no number that overflows a double, no nesting over `depthMax`. Not recursive. "-0" is the number -0.0, so that its sign is not lost.
/// INVALID_ARGUMENT/MALFORMED_INPUT or RESOURCE_EXHAUSTED/LIMIT_EXCEEDED; the detail ends with the byte where it was found.
[[nodiscard]] Core::Result<void> readJson(std::string_view text, int depthMax, JsonEvents &events);

/// The above without keeping anything, duplicate keys refused.
[[nodiscard]] Core::Result<void> checkJson(std::string_view text, int depthMax);

}  // namespace Satchel::Wire
