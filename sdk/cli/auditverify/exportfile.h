// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"

#include <cstdio>
#include <istream>
#include <string>
#include <string_view>

/// What the verifiers of exports have in common: reading lines, and saying what came of it.
namespace Satchel::Cli {

inline constexpr int exitOk = 0;
inline constexpr int exitFailed = 1;
inline constexpr int exitUsage = 2;

/// With a line feed.
void print(std::FILE *stream, std::string line);
/// As a JSON string.
[[nodiscard]] std::string quoted(std::string_view text);
/// Says the error on standard error; the exit code is passed through.
[[nodiscard]] int fail(bool isJson, int exitCode, const Core::Error &error);
[[nodiscard]] Core::Error unreadable(const std::string &file);
/// A line without its line feed; false at the end. What is longer than any line of `bytesMax` comes cut off, and so is found.
[[nodiscard]] bool nextLine(std::istream &in, std::string &line, std::size_t bytesMax);

}  // namespace Satchel::Cli
