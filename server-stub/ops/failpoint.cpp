// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "failpoint.h"

#include <charconv>
#include <csignal>

namespace Satchel::Server {

bool Failpoint::arm(std::string_view name, std::string_view specification)
{
    int passes = 1;
    const std::size_t colon = specification.find(':');
    if (colon != std::string_view::npos) {
        const std::string_view number = specification.substr(colon + 1);
        const auto parsed = std::from_chars(number.data(), number.data() + number.size(), passes);
        if (parsed.ec != std::errc() || passes < 1) {
            return false;
        }
    }
    if (specification.substr(0, colon) != name) {
        return false;
    }
    m_passesLeft = passes;
    return true;
}

void Failpoint::pass()
{
    if (m_passesLeft.load(std::memory_order_relaxed) == 0) {
        return;
    }
    if (m_passesLeft.fetch_sub(1) == 1) {
#ifdef SIGKILL
        std::raise(SIGKILL);
#else
        std::raise(SIGTERM);
#endif
    }
}

}  // namespace Satchel::Server
