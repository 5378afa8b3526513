// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Wire {

/// What a person wrote, with the place of everything in it, so that a mistake can be pointed at. Read by the letter of RFC 8259.
struct PlacedJson {
    enum class Kind : std::uint8_t { Null, Boolean, Integer, Number, Text, List, Object };
    struct Member;

    Kind kind = Kind::Null;
    std::size_t byte = 0;  ///< where it begins in the text
    bool boolean = false;
    std::int64_t integer = 0;
    double number = 0;
    std::string text;
    std::vector<PlacedJson> items;
    std::vector<Member> members;  ///< in the order of the text, none twice

    /// The member's value, or nullptr.
    [[nodiscard]] const PlacedJson *find(std::string_view name) const;
};

struct PlacedJson::Member {
    std::string name;
    std::size_t byte = 0;
    PlacedJson value;
};

/// "line 3, column 14", both from 1; a column is a byte.
[[nodiscard]] std::string placeText(std::string_view text, std::size_t byte);

/// INVALID_ARGUMENT/MALFORMED_INPUT or RESOURCE_EXHAUSTED/LIMIT_EXCEEDED; the detail begins with the place. Integers that an int64 does not
/// hold are refused.
[[nodiscard]] Core::Result<PlacedJson> readPlacedJson(std::string_view text, int depthMax);

}  // namespace Satchel::Wire
