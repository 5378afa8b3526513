// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QObject>

namespace Satchel::Console {

enum class ThemeName { Light, Dark };

/// Dresses the whole application: style, palette, fonts and style sheet from Tokens. Can be called again at any time.
void applyTheme(ThemeName theme);
/// What the desktop prefers, from the palette it gave before applyTheme() was first called.
[[nodiscard]] ThemeName desktopTheme();

}  // namespace Satchel::Console
