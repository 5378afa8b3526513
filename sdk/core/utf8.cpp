// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "value.h"

#include <cstring>

namespace Satchel::Core {

namespace {

bool isContinuation(unsigned char byte)
{
    return (byte & 0xC0U) == 0x80U;
}

/// Length of the well-formed sequence at `at` (Unicode 15, table 3-7), 0 if there is none.
std::size_t sequenceLength(const unsigned char *at, std::size_t left)
{
    const unsigned char lead = at[0];
    if (lead < 0x80U)
        return 1;
    if (lead < 0xC2U || lead > 0xF4U)
        return 0;
    if (lead < 0xE0U)
        return left >= 2 && isContinuation(at[1]) ? 2 : 0;
    if (lead < 0xF0U) {
        const unsigned char low = lead == 0xE0U ? 0xA0U : 0x80U;
        const unsigned char high = lead == 0xEDU ? 0x9FU : 0xBFU;
        return left >= 3 && at[1] >= low && at[1] <= high && isContinuation(at[2]) ? 3 : 0;
    }
    const unsigned char low = lead == 0xF0U ? 0x90U : 0x80U;
    const unsigned char high = lead == 0xF4U ? 0x8FU : 0xBFU;
    return left >= 4 && at[1] >= low && at[1] <= high && isContinuation(at[2]) && isContinuation(at[3]) ? 4 : 0;
}

}  // namespace

bool isUtf8(std::string_view text)
{
    const auto *at = reinterpret_cast<const unsigned char *>(text.data());
    std::size_t left = text.size();
    while (left > 0) {
        // Most text is ASCII: eight bytes at a time.
        std::uint64_t word = 0;
        if (left >= sizeof word) {
            std::memcpy(&word, at, sizeof word);
            if ((word & 0x8080808080808080U) == 0) {
                at += sizeof word;
                left -= sizeof word;
                continue;
            }
        }
        const std::size_t length = sequenceLength(at, left);
        if (length == 0)
            return false;
        at += length;
        left -= length;
    }
    return true;
}

}  // namespace Satchel::Core
