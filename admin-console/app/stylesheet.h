// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QString>

namespace Satchel::Console {

struct Tokens;

/// The style sheet of the application in the colours of a theme.
[[nodiscard]] QString styleSheet(const Tokens &tokens);

}  // namespace Satchel::Console
