// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstdint>
#include <string_view>

namespace Satchel::CipherDb {

/// SipHash-2-4 of a row under a name, by which a row that was put back in an older state is found. The key is fixed: who has no store key
/// can make no row at all.
[[nodiscard]] std::uint64_t rowHash(std::string_view name, std::string_view content);

}  // namespace Satchel::CipherDb
