// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/sync/pushrules.h"

namespace Satchel::Server {

/// One push under way.
struct PushRules::Run {
    WriteTransaction &log;
    OwnerRow &owner;
    DeviceRow &device;
    Core::HlcClock &clock;
    std::chrono::milliseconds now;
    PushOutcome outcome;
};

}  // namespace Satchel::Server
