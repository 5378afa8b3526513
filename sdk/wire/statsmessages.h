// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"
#include "wire/adminmessages.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// Messages of proto/satchel/v1/stats.proto, which documents every member.
namespace Satchel::Wire::Admin {

struct StatsGetRequest {
    friend bool operator==(const StatsGetRequest &, const StatsGetRequest &) = default;
};

struct RefusalCount {
    Core::ErrorReason reason = Core::ErrorReason::None;
    std::uint64_t count = 0;
    friend bool operator==(const RefusalCount &, const RefusalCount &) = default;
};

struct ServerStats {
    std::string version;
    std::uint64_t epoch = 0;
    std::chrono::milliseconds time{0};
    std::chrono::milliseconds uptime{0};
    std::uint64_t sessionCount = 0;
    std::uint64_t pushCount = 0;
    std::uint64_t acceptedCount = 0;
    std::vector<RefusalCount> refusals;
    friend bool operator==(const ServerStats &, const ServerStats &) = default;
};

struct ConflictAge {
    std::chrono::milliseconds below{0};
    std::uint64_t count = 0;
    friend bool operator==(const ConflictAge &, const ConflictAge &) = default;
};

struct TenantStats {
    std::chrono::milliseconds counted{0};
    std::uint64_t userCount = 0;
    std::uint64_t documentCount = 0;
    std::vector<ConflictAge> conflicts;
    std::uint64_t auditRecordCount = 0;
    friend bool operator==(const TenantStats &, const TenantStats &) = default;
};

struct StatsGetResponse {
    ServerStats server;
    TenantStats tenant;
    friend bool operator==(const StatsGetResponse &, const StatsGetResponse &) = default;
};

struct WatchRequest {
    std::chrono::milliseconds statsInterval{0};
    bool audit = false;
    std::string auditFilter;
    std::uint64_t auditFrom = 0;
    friend bool operator==(const WatchRequest &, const WatchRequest &) = default;
};

struct AuditTail {
    std::vector<AuditEntry> entries;
    std::uint64_t dropped = 0;
    std::uint64_t next = 0;
    friend bool operator==(const AuditTail &, const AuditTail &) = default;
};

struct WatchEvent {
    std::variant<StatsGetResponse, AuditTail> event;
    friend bool operator==(const WatchEvent &, const WatchEvent &) = default;
};

}  // namespace Satchel::Wire::Admin
