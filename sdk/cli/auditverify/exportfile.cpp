// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "exportfile.h"

#include <iostream>

#include "wire/jsontext.h"

namespace Satchel::Cli {

void print(std::FILE *stream, std::string line)
{
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stream);
}

std::string quoted(std::string_view text)
{
    std::string out;
    Wire::appendJsonString(text, out);
    return out;
}

int fail(bool isJson, int exitCode, const Core::Error &error)
{
    if (isJson) {
        print(stderr, R"({"error":{"code":)" + quoted(Core::codeName(error.code)) + R"(,"message":)" + quoted(error.detail) + "}}");
    } else {
        print(stderr, "satchel: " + error.detail);
    }
    return exitCode;
}

Core::Error unreadable(const std::string &file)
{
    return Core::invalidArgument(Core::ErrorReason::None, "'" + file + "' cannot be read");
}

bool nextLine(std::istream &in, std::string &line, std::size_t bytesMax)
{
    line.clear();
    for (char letter = 0; line.size() < bytesMax && in.get(letter);) {
        if (letter == '\n') {
            return true;
        }
        line.push_back(letter);
    }
    return !line.empty();
}

std::istream *openExport(const std::string &name, std::ifstream &file)
{
    std::ios::sync_with_stdio(false);
    if (name == "-") {
        return &std::cin;
    }
    file.open(name, std::ios::binary);
    return file && file.peek() != std::ifstream::traits_type::eof() ? &file : nullptr;
}

}  // namespace Satchel::Cli
