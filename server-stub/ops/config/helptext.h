// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <string>

namespace Satchel::Server {

/// What --help prints: examples first, then every command and option of the tables.
[[nodiscard]] std::string helpText();
/// The same as a man page of section 8, in the macros of man(7).
[[nodiscard]] std::string manText();

}  // namespace Satchel::Server
