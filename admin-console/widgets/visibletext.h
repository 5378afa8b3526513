// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QString>

#include <string_view>

/// Text of unknown origin made safe to look at. Nothing here is ever read as markup.
namespace Satchel::Console {

/// From UTF-8; bytes that are none become U+FFFD.
[[nodiscard]] QString fromUtf8(std::string_view text);
/// Every character that draws nothing, or that reorders others, becomes its number ("⟨202E⟩"), so that two different texts never look alike
/// by such tricks; line breaks and tabs become "↵" and "⇥". Cut to `charactersMax` with "…".
[[nodiscard]] QString visibleLine(QString text, qsizetype charactersMax = 400);
/// The same, keeping line breaks and tabs.
[[nodiscard]] QString visibleBlock(QString text, qsizetype charactersMax = 64 * 1024);
/// For setToolTip and ToolTipRole, where Qt guesses at markup: the text escaped, so that it shows as it is.
[[nodiscard]] QString plainToolTip(const QString &text);

}  // namespace Satchel::Console
