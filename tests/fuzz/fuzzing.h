// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

/// What the fuzzers share: the invariant that they look for a breach of.
namespace Satchel::Fuzz {

inline std::string_view viewOf(const std::uint8_t *data, std::size_t size)
{
    return {reinterpret_cast<const char *>(data), size};
}

/// Stops the fuzzer, which then keeps the input.
inline void require(bool condition)
{
    if (!condition) {
        std::abort();
    }
}

/// What `decode` takes must survive `encode`: the second reading equals the first.
template <typename Decode, typename Encode>
void checkStable(std::string_view input, Decode decode, Encode encode)
{
    const auto first = decode(input);
    if (!first) {
        require(!first.error().detail.empty());
        return;
    }
    const auto second = decode(encode(*first));
    require(second.has_value());
    require(*second == *first);
}

/// `frame` in an envelope, so that a mutated frame need not keep the envelope's length right.
inline std::string enveloped(std::string_view frame)
{
    std::string out(1, '\x0a');
    for (std::size_t rest = frame.size();; rest >>= 7U) {
        if (rest < 128) {
            out.push_back(static_cast<char>(rest));
            break;
        }
        out.push_back(static_cast<char>((rest & 127U) | 128U));
    }
    return out.append(frame);
}

}  // namespace Satchel::Fuzz
