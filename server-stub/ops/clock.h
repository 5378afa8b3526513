// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <chrono>

namespace Satchel::Server {

/// The server's wall clock. Implementations are thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    /// Since 1970-01-01T00:00:00Z.
    [[nodiscard]] virtual std::chrono::milliseconds now() const = 0;
};

class SystemClock : public Clock {
public:
    [[nodiscard]] std::chrono::milliseconds now() const override
    {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
    }
};

}  // namespace Satchel::Server
