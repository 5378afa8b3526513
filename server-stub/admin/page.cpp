// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "page.h"

#include <charconv>

namespace Satchel::Server {

std::int64_t placeNumber(const std::string &text)
{
    std::int64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

Core::Result<Core::Filter> filterOf(const std::string &text, std::span<const Core::FilterField> fields, const AdminCall &call)
{
    auto filter = Core::parseFilter(text, fields, call.now);
    if (!filter) {
        return Core::failure(Core::toError(filter.error()));
    }
    return std::move(*filter);
}

}  // namespace Satchel::Server
