// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/auditrecord.h"
#include "wire/pagerequest.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// Requests and responses of the service Audit; proto/satchel/v1/admin.proto documents every member. Hashes are 32 bytes.
namespace Satchel::Wire::Admin {

struct AuditEntry {
    std::uint64_t index = 0;
    AuditRecord record;
    std::string stored;
    std::string opened;
    friend bool operator==(const AuditEntry &, const AuditEntry &) = default;
};

struct AuditQueryRequest {
    std::string actor;
    std::string action;
    std::string user;
    std::chrono::milliseconds from{0};
    std::chrono::milliseconds to{0};
    PageRequest page;
    std::string filter;
    friend bool operator==(const AuditQueryRequest &, const AuditQueryRequest &) = default;
};

struct AuditQueryResponse {
    std::vector<AuditEntry> entries;
    std::string nextToken;
    friend bool operator==(const AuditQueryResponse &, const AuditQueryResponse &) = default;
};

struct AuditTreeHeadRequest {
    friend bool operator==(const AuditTreeHeadRequest &, const AuditTreeHeadRequest &) = default;
};

struct AuditTreeHeadResponse {
    std::uint64_t epoch = 0;
    std::uint64_t size = 0;
    std::string root;
    std::string note;
    std::string verifierKey;
    friend bool operator==(const AuditTreeHeadResponse &, const AuditTreeHeadResponse &) = default;
};

struct AuditInclusionProofRequest {
    std::uint64_t index = 0;
    std::uint64_t size = 0;
    friend bool operator==(const AuditInclusionProofRequest &, const AuditInclusionProofRequest &) = default;
};

struct AuditInclusionProofResponse {
    std::uint64_t size = 0;
    std::string leaf;
    std::vector<std::string> hashes;
    friend bool operator==(const AuditInclusionProofResponse &, const AuditInclusionProofResponse &) = default;
};

struct AuditConsistencyProofRequest {
    std::uint64_t oldSize = 0;
    std::uint64_t size = 0;
    friend bool operator==(const AuditConsistencyProofRequest &, const AuditConsistencyProofRequest &) = default;
};

struct AuditConsistencyProofResponse {
    std::uint64_t size = 0;
    std::vector<std::string> hashes;
    friend bool operator==(const AuditConsistencyProofResponse &, const AuditConsistencyProofResponse &) = default;
};

struct AuditExportRequest {
    std::string token;
    friend bool operator==(const AuditExportRequest &, const AuditExportRequest &) = default;
};

struct AuditExportResponse {
    std::string lines;
    std::string nextToken;
    friend bool operator==(const AuditExportResponse &, const AuditExportResponse &) = default;
};

}  // namespace Satchel::Wire::Admin
