// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace Satchel::Server {

/// A policy file as it was put into force.
struct PolicyVersion {
    std::uint64_t version = 0;
    std::chrono::milliseconds time{0};
    std::string author;  ///< who put it; empty: it came as a file
    std::string text;
};

enum class ApprovalState : std::uint8_t { Pending = 0, Approved = 1, Rejected = 2, Used = 3 };

/// A call that another operator has to approve, and what became of it.
struct ApprovalRow {
    std::string tenant;
    std::string id;
    std::string requester;
    std::string action;         ///< service and method
    std::string requestSha256;  ///< of the call's body
    std::string user;           ///< whom it concerns, as far as the call says
    std::string collection;
    std::string key;
    std::string reason;
    std::chrono::milliseconds created{0};
    std::chrono::milliseconds expires{0};
    ApprovalState state = ApprovalState::Pending;
    std::string decider;  ///< empty: nobody yet
    std::chrono::milliseconds decided{0};
    std::string decisionReason;
};

/// Newest first, in the order of (created, id).
struct ApprovalsQuery {
    std::string tenant;
    bool isOnlyPending = false;  ///< and not expired at `now`
    std::chrono::milliseconds now{0};
    std::chrono::milliseconds beforeTime = std::chrono::milliseconds::max();
    std::string beforeId;
    std::size_t rowsMax = 100;
};

}  // namespace Satchel::Server
