// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// What an issuer says of a person besides roles: {"team": "blue", "region": "eu"}. Rules compare them.
using Attributes = std::map<std::string, std::string, std::less<>>;

inline constexpr std::size_t attributesMax = 16;
inline constexpr std::size_t attributeBytesMax = 256;

/// As a store keeps them: a JSON object, the same bytes for the same attributes; empty for none.
[[nodiscard]] std::string textOf(const Attributes &attributes);
/// Reads textOf() back. What is no such text has none.
[[nodiscard]] Attributes attributesFrom(std::string_view text);

}  // namespace Satchel::Server
