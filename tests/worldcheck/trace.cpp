// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "trace.h"

#include <cstdio>

namespace Satchel::WorldCheck {

void Trace::add(Time now, std::string_view what, std::initializer_list<std::int64_t> numbers, std::string_view text)
{
    ++m_count;
    mix(static_cast<std::uint64_t>(now.count()));
    for (const char c : what) {
        mix(static_cast<unsigned char>(c));
    }
    for (const std::int64_t number : numbers) {
        mix(static_cast<std::uint64_t>(number));
    }
    for (const char c : text) {
        mix(static_cast<unsigned char>(c));
    }
    if (!m_isPrinted) {
        return;
    }
    std::printf("%10lld %.*s", static_cast<long long>(now.count()), static_cast<int>(what.size()), what.data());
    for (const std::int64_t number : numbers) {
        std::printf(" %lld", static_cast<long long>(number));
    }
    std::printf(" %.*s\n", static_cast<int>(text.size()), text.data());
}

}  // namespace Satchel::WorldCheck
