// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QString>

#include <cstdint>

/// Counts in words. Singular and plural are separate texts, so that the program reads right without a translation.
namespace Satchel::Console {

/// "12,345" as the locale groups digits.
[[nodiscard]] QString numberText(std::uint64_t number);
[[nodiscard]] QString changesText(std::uint64_t count);
[[nodiscard]] QString devicesText(std::uint64_t count);
[[nodiscard]] QString documentsText(std::uint64_t count);
[[nodiscard]] QString conflictsText(std::uint64_t count);
[[nodiscard]] QString valuesText(std::uint64_t count);
/// "812 B", "3.1 KB", "4 MB".
[[nodiscard]] QString bytesText(std::uint64_t count);

}  // namespace Satchel::Console
