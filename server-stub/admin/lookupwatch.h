// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/ids.h"
#include "server-stub/auth/policies.h"

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <string>

namespace Satchel::Server {

/// Counts at how many different users each operator looks. In memory: a restart begins anew. Thread-safe.
class LookUpWatch {
public:
    /// True once for each stretch of time in which `who` has come to the alarm's number of users. Of operators that were not seen for
    /// long, those longest ago are forgotten first.
    [[nodiscard]] bool isAlarming(const Core::UserId &who, const std::string &user, std::chrono::milliseconds now,
                                  const LookUpAlarm &alarm);

private:
    struct Look {
        std::chrono::milliseconds time{0};
        std::string user;
    };
    struct Operator {
        std::deque<Look> looks;  ///< the latest at each user, oldest first
        std::chrono::milliseconds quietUntil{0};
    };

    std::mutex m_mutex;
    std::map<Core::UserId, Operator> m_operators;
};

}  // namespace Satchel::Server
