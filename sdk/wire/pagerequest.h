// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstdint>
#include <string>

namespace Satchel::Wire::Admin {

struct PageRequest {
    std::uint32_t size = 0;
    std::string token;
    friend bool operator==(const PageRequest &, const PageRequest &) = default;
};

}  // namespace Satchel::Wire::Admin
