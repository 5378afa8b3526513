// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/auditrecord.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace Satchel::Server {

/// Keeps a flood of calls without a good token from filling the audit log: of each address the first one in a minute leaves its record, and
/// the others of that minute one together. In bounded memory: addresses beyond it count as one. Thread-safe.
class RefusedCalls {
public:
    static constexpr std::chrono::milliseconds window{60'000};
    static constexpr std::size_t addressesMax = 1000;
    /// The action of a record that stands for several calls; its reason says how many.
    static constexpr const char *summaryAction = "Calls/Refused";

    struct Outcome {
        bool isToBeRecorded = false;               ///< this call leaves a record of its own
        std::vector<Wire::AuditRecord> summaries;  ///< of minutes that are over
    };

    [[nodiscard]] Outcome take(const std::string &address, std::chrono::milliseconds now);
    /// What has not been recorded yet, of minutes that are not over too.
    [[nodiscard]] std::vector<Wire::AuditRecord> flush();

private:
    struct Minute {
        std::chrono::milliseconds begin{0};
        std::uint64_t unrecorded = 0;
    };
    std::mutex m_mutex;
    std::map<std::string, Minute, std::less<>> m_minutes;
};

}  // namespace Satchel::Server
