// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "schema.h"

#include <string>

namespace Satchel::Schema {

/// The whole header: a gadget for each message, an enum in a gadget for each enum, and for each message that is not inside another one its
/// collection and what the policy must say of it.
[[nodiscard]] std::string header(const File &file);

}  // namespace Satchel::Schema
