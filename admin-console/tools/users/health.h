// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "widgets/tokens.h"

#include "wire/adminmessages.h"

#include <QString>

#include <chrono>

namespace Satchel::Console {

/// How a user is doing, in a sentence that can be read out on the telephone.
struct Health {
    Tone tone = Tone::Good;
    QString sentence;
};

/// The worst that is known comes first: revoked or silent devices, devices behind, open conflicts; else that all is in sync.
[[nodiscard]] Health healthOf(const Wire::Admin::UsersGetResponse &user, std::chrono::milliseconds now);
/// How many changes of the user's log the device has not acknowledged.
[[nodiscard]] std::uint64_t changesBehind(const Wire::Admin::DeviceSummary &device, std::uint64_t head);
[[nodiscard]] QString deviceName(const Wire::Admin::DeviceSummary &device);

}  // namespace Satchel::Console
