// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "requesthead.h"

#include <algorithm>
#include <cstdint>

namespace Satchel::Server {

namespace {

constexpr std::string_view lineEnd = "\r\n";
constexpr std::size_t lengthDigitsMax = 12;

bool isTokenLetter(char letter)
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           others.find(letter) != std::string_view::npos;
}

bool isToken(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), isTokenLetter);
}

bool isSame(std::string_view a, std::string_view lowerCase)
{
    return a.size() == lowerCase.size() && std::equal(a.begin(), a.end(), lowerCase.begin(), [](char letter, char lower) {
               return (letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter) == lower;
           });
}

std::string_view trimmed(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What counts of a head's lines.
class HeadLines {
public:
    const char *takeRequestLine(std::string_view line)
    {
        const std::size_t first = line.find(' ');
        const std::size_t last = line.rfind(' ');
        if (first == std::string_view::npos || first == last || !isToken(line.substr(0, first))) {
            return "the request line is not METHOD TARGET HTTP/1.1";
        }
        const std::string_view target = line.substr(first + 1, last - first - 1);
        const std::string_view version = line.substr(last + 1);
        if (version != "HTTP/1.1" && version != "HTTP/1.0") {
            return "the version is not HTTP/1.1";
        }
        m_isVersion11 = version == "HTTP/1.1";
        const bool isPlain = std::all_of(target.begin(), target.end(), [](char letter) { return letter > ' ' && letter < 127; });
        return target.empty() || (target.front() != '/' && target != "*") || !isPlain ? "the target is not a path" : nullptr;
    }

    const char *takeField(std::string_view line)
    {
        if (line.front() == ' ' || line.front() == '\t') {
            return "a header line is folded";
        }
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !isToken(line.substr(0, colon))) {
            return "a header has no name, or one with white space";
        }
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = trimmed(line.substr(colon + 1));
        const bool isClean = std::all_of(value.begin(), value.end(), [](char letter) {
            const auto byte = static_cast<std::uint8_t>(letter);
            return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
        });
        if (!isClean) {
            return "a header has a control character";
        }
        if (isSame(name, "content-length")) {
            const bool isNumber = !value.empty() && value.size() <= lengthDigitsMax &&
                                  std::all_of(value.begin(), value.end(), [](char digit) { return digit >= '0' && digit <= '9'; });
            return ++m_lengths > 1 || !isNumber ? "Content-Length is not one number" : nullptr;
        }
        if (isSame(name, "transfer-encoding")) {
            return ++m_encodings > 1 || !isSame(value, "chunked") ? "Transfer-Encoding is not chunked" : nullptr;
        }
        if (isSame(name, "host")) {
            return ++m_hosts > 1 || value.find_first_of(" \t,@/") != std::string_view::npos ? "Host is not one name" : nullptr;
        }
        return nullptr;
    }

    [[nodiscard]] const char *finish() const
    {
        if (m_lengths > 0 && m_encodings > 0) {
            return "Content-Length and Transfer-Encoding exclude each other";
        }
        if (m_encodings > 0 && !m_isVersion11) {
            return "HTTP/1.0 has no Transfer-Encoding";
        }
        return m_isVersion11 && m_hosts == 0 ? "there is no Host" : nullptr;
    }

private:
    bool m_isVersion11 = false;
    int m_lengths = 0;
    int m_encodings = 0;
    int m_hosts = 0;
};

}  // namespace

HeadProgress readHead(std::string_view received)
{
    HeadLines lines;
    bool isFirst = true;
    std::size_t at = 0;
    while (true) {
        const std::size_t feed = received.find('\n', at);
        const std::string_view line = received.substr(at, feed == std::string_view::npos ? std::string_view::npos : feed + 1 - at);
        const std::size_t carriage = line.find('\r');
        const bool isEnded = line.ends_with(lineEnd) && carriage == line.size() - lineEnd.size();
        if ((feed != std::string_view::npos && !isEnded) ||
            (feed == std::string_view::npos && carriage < line.size() - 1 && !line.empty())) {
            return {std::nullopt, "a line does not end with CR LF"};
        }
        if (feed == std::string_view::npos) {
            return {};
        }
        const std::string_view text = line.substr(0, line.size() - lineEnd.size());
        at = feed + 1;
        if (text.empty() && !isFirst) {
            const char *mistake = lines.finish();
            return mistake != nullptr ? HeadProgress{std::nullopt, mistake} : HeadProgress{at, nullptr};
        }
        const char *mistake = isFirst ? lines.takeRequestLine(text) : lines.takeField(text);
        if (mistake != nullptr) {
            return {std::nullopt, mistake};
        }
        isFirst = false;
    }
}

}  // namespace Satchel::Server
