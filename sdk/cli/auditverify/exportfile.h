// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <cstdio>
#include <fstream>
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
/// The export of this name, opened in `file`; "-": standard input. Null if it cannot be read or is empty.
[[nodiscard]] std::istream *openExport(const std::string &name, std::ifstream &file);

/// Gives the verifier every line, up to the first bad one; then what it finds.
template <typename Verifier>
[[nodiscard]] auto verdictOf(Verifier verifier, std::istream &in, std::size_t lineBytesMax) -> decltype(verifier.finish())
{
    for (std::string line; nextLine(in, line, lineBytesMax);) {
        if (auto taken = verifier.take(line); !taken) {
            return Core::failure(std::move(taken.error()));
        }
    }
    return verifier.finish();
}

}  // namespace Satchel::Cli
