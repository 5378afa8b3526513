// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/store/store.h"
#include "wire/frames.h"

#include <chrono>
#include <string>

namespace Satchel::Server {

struct HelloRequest {
    Core::UserId user;
    Wire::Hello hello;
    std::string newLease;
    std::uint64_t epoch = 0;
    std::size_t devicesMax = 256;               ///< of the user
    std::string attributes = {};                ///< of the user, by the session's token: textOf(Attributes)
    std::chrono::milliseconds tokenExpires{0};  ///< since 1970
};

struct HelloOutcome {
    std::string lease;
    std::uint64_t head = 0;
    std::uint64_t acceptedThrough = 0;
    std::uint64_t from = 0;  ///< seq after which the device reads on
    Wire::Resume resume = Wire::Resume::Incremental;
    Wire::SnapshotReason reason = Wire::SnapshotReason::None;
};

using HelloAnswer = Core::Result<HelloOutcome>;

/// Registers the device, tells a copied store, hands out the next lease and decides how the session resumes.
/// docs/decisions/0006-clones-are-found-twice.md and 0004-snapshot-in-log-order.md. Outer and inner errors as in PushRules::process.
[[nodiscard]] Core::Result<HelloAnswer> openSession(WriteTransaction &log, const HelloRequest &request, std::chrono::milliseconds now);

}  // namespace Satchel::Server
