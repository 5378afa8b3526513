// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/pagerequest.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// Requests and responses of the services Policies and Approvals; proto/satchel/v1/access.proto documents every member.
namespace Satchel::Wire::Admin {

struct PoliciesGetRequest {
    std::uint64_t version = 0;
};

struct PoliciesGetResponse {
    std::uint64_t version = 0;
    std::string text;
    std::chrono::milliseconds time{0};
    std::string author;
    bool isFile = false;
};

struct PoliciesPutRequest {
    std::string text;
    std::uint64_t expectedVersion = 0;
    bool isDryRun = false;
};

struct PoliciesChange {
    std::string collection;
    std::uint64_t documentCount = 0;
    bool isMergedOtherwise = false;
    bool isOtherwiseChanged = false;
};

struct PoliciesPutResponse {
    std::uint64_t version = 0;
    std::vector<PoliciesChange> changes;
    bool isAccessChanged = false;
};

struct PoliciesHistoryRequest {
    std::uint64_t beforeVersion = 0;
    std::uint32_t size = 0;
};

struct PoliciesVersion {
    std::uint64_t version = 0;
    std::chrono::milliseconds time{0};
    std::string author;
};

struct PoliciesHistoryResponse {
    std::vector<PoliciesVersion> versions;
};

enum class ApprovalState : std::uint8_t { Pending = 0, Approved = 1, Rejected = 2, Used = 3 };

struct Approval {
    std::string id;
    std::string requester;
    std::string action;
    std::string requestSha256;
    std::string user;
    std::string collection;
    std::string key;
    std::string reason;
    std::chrono::milliseconds created{0};
    std::chrono::milliseconds expires{0};
    ApprovalState state = ApprovalState::Pending;
    std::string decider;
    std::chrono::milliseconds decided{0};
    std::string decisionReason;
};

struct ApprovalsListRequest {
    bool isOnlyPending = false;
    PageRequest page;
};

struct ApprovalsListResponse {
    std::vector<Approval> approvals;
    std::string nextToken;
};

struct ApprovalsApproveRequest {
    std::string id;
};

struct ApprovalsApproveResponse {
    Approval approval;
};

struct ApprovalsRejectRequest {
    std::string id;
};

struct ApprovalsRejectResponse {
    Approval approval;
};

}  // namespace Satchel::Wire::Admin
