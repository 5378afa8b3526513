// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/ops/clock.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace Satchel::Server {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error, Off };

/// One JSON object a line. Fields are escaped to ASCII and capped, so that nothing logged can forge a line; user data is never passed in.
/// Thread-safe.
class Log {
public:
    using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;
    static constexpr std::size_t fieldBytesMax = 512;

    Log(const Clock &clock, LogLevel level, std::function<void(const std::string &line)> write);
    void write(LogLevel level, std::string_view event, Fields fields = {});

    [[nodiscard]] bool isWanted(LogLevel level) const { return m_level != LogLevel::Off && level >= m_level; }

    void info(std::string_view event, Fields fields = {}) { write(LogLevel::Info, event, fields); }
    void warning(std::string_view event, Fields fields = {}) { write(LogLevel::Warning, event, fields); }
    void error(std::string_view event, Fields fields = {}) { write(LogLevel::Error, event, fields); }

private:
    const Clock &m_clock;
    LogLevel m_level;
    std::mutex m_mutex;
    std::function<void(const std::string &line)> m_write;
};

}  // namespace Satchel::Server
