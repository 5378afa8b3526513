// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <string>
#include <string_view>

namespace Satchel::Wire {

/// Appends `text`, which is UTF-8, as a JSON string. Only what must be escaped is.
void appendJsonString(std::string_view text, std::string &out);
/// Appends a finite number in the shortest form that reads back as the same double and not as an integer: 1.0, -0.0, 1e+300.
void appendJsonDouble(double value, std::string &out);

}  // namespace Satchel::Wire
