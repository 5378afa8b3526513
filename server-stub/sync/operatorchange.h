// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/store/store.h"

#include <chrono>
#include <functional>
#include <optional>

namespace Satchel::Server {

using ChangeAnswer = Core::Result<void>;

/// Something that an operator changes beside users' state, in one transaction with the record of it.
struct OperatorChange {
    using Record = std::optional<Wire::AuditRecord>;
    /// The outer error is the store's: the transaction is lost. The inner one is what the operator is told; what was stored stays stored.
    /// May add to the record. Runs on the pipeline's thread.
    std::function<Core::Result<ChangeAnswer>(WriteTransaction &log, std::chrono::milliseconds now, Record &record)> make;
    Record record{};  ///< gets time and outcome; none: the call's record is written elsewhere
};

}  // namespace Satchel::Server
