// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/value.h"

#include <QString>

#include <optional>

/// How values are written for people: typed, unambiguous, never as markup. A string keeps its quotes, so that "1" is not 1.
namespace Satchel::Console {

/// "null", "true", "42", "1.5", "“text”", "bytes (12)", a time, "list (3)", "map (5)"; "removed" for no value.
[[nodiscard]] QString valueLine(const std::optional<Core::Value> &value);
/// Everything, indented, for a read-only text view; cut at 64 Ki characters.
[[nodiscard]] QString valueBlock(const std::optional<Core::Value> &value);
/// "text", "number", "map"...
[[nodiscard]] QString typeName(const std::optional<Core::Value> &value);

/// In the place of a value that the server kept back: "masked".
[[nodiscard]] QString maskedText();
/// The same with why, as a sentence.
[[nodiscard]] QString maskedSentence();

}  // namespace Satchel::Console
