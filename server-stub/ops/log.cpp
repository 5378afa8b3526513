// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "log.h"

#include <array>

namespace Satchel::Server {

namespace {

constexpr std::array levelNames{"debug", "info", "warning", "error", "off"};

void appendEscaped(std::string &out, std::string_view text)
{
    static constexpr char digits[] = "0123456789abcdef";
    for (const char c : text.substr(0, Log::fieldBytesMax)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (byte < 0x20 || byte > 0x7E) {
            out += "\\u00";
            out.push_back(digits[byte >> 4U]);
            out.push_back(digits[byte & 15U]);
        } else {
            out.push_back(c);
        }
    }
    if (text.size() > Log::fieldBytesMax) {
        out += "...";
    }
}

}  // namespace

Log::Log(const Clock &clock, LogLevel level, std::function<void(const std::string &line)> write)
    : m_clock(clock)
    , m_level(level)
    , m_write(std::move(write))
{
}

void Log::write(LogLevel level, std::string_view event, Fields fields)
{
    if (!isWanted(level)) {
        return;
    }
    std::string line = R"({"time_ms":)" + std::to_string(m_clock.now().count()) + R"(,"level":")" +
                       levelNames[static_cast<std::size_t>(level)] + R"(","event":")";
    appendEscaped(line, event);
    line += '"';
    for (const auto &[name, value] : fields) {
        line += ",\"";
        appendEscaped(line, name);
        line += "\":\"";
        appendEscaped(line, value);
        line += '"';
    }
    line += "}\n";
    const std::lock_guard lock(m_mutex);
    m_write(line);
}

}  // namespace Satchel::Server
