// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/historymessages.h"

#include <variant>

/// Requests and responses that settle conflicts, and that do many things at once; proto/satchel/v1/history.proto documents every member.
namespace Satchel::Wire::Admin {

struct ConflictsGetRequest {
    std::string user;
    std::string collection;
    std::string key;
    std::string field;
    friend bool operator==(const ConflictsGetRequest &, const ConflictsGetRequest &) = default;
};

struct ConflictsGetResponse {
    Conflict conflict;
    std::vector<ExplainedWrite> writes;
    friend bool operator==(const ConflictsGetResponse &, const ConflictsGetResponse &) = default;
};

/// Ends a conflict with no value.
struct RemoveChoice {
    friend bool operator==(const RemoveChoice &, const RemoveChoice &) = default;
};

/// None, a sibling, a value, or no value any more.
using ConflictChoice = std::variant<std::monostate, Core::Dot, Core::Value, RemoveChoice>;

struct ConflictsResolveRequest {
    std::string user;
    std::string collection;
    std::string key;
    std::string field;
    std::vector<Core::Dot> siblings;
    ConflictChoice choice;
    friend bool operator==(const ConflictsResolveRequest &, const ConflictsResolveRequest &) = default;
};

struct ConflictsResolveResponse {
    OperatorWritten written;
    bool isOpen = false;
    std::vector<SiblingView> siblings;
    friend bool operator==(const ConflictsResolveResponse &, const ConflictsResolveResponse &) = default;
};

struct ConflictFilter {
    std::string user;
    std::string collection;
    std::string filter;
    friend bool operator==(const ConflictFilter &, const ConflictFilter &) = default;
};

enum class BulkChoice : std::uint8_t { None = 0, Newest = 1, Device = 2, Value = 3, Remove = 4 };

struct ConflictsResolveManyRequest {
    ConflictFilter filter;
    BulkChoice choice = BulkChoice::None;
    std::optional<Core::DeviceId> device;
    std::optional<Core::Value> value;
    bool isDryRun = false;
    std::string token;
    friend bool operator==(const ConflictsResolveManyRequest &, const ConflictsResolveManyRequest &) = default;
};

struct BulkConflict {
    FieldChange change;
    std::vector<Core::Dot> siblings;
    bool isSkipped = false;
    std::string refusal;
    OperatorWritten written;
    friend bool operator==(const BulkConflict &, const BulkConflict &) = default;
};

struct ConflictsResolveManyResponse {
    std::uint32_t matchedCount = 0;
    std::uint32_t resolvedCount = 0;
    std::uint32_t skippedCount = 0;
    std::vector<BulkConflict> conflicts;
    std::string token;
    friend bool operator==(const ConflictsResolveManyResponse &, const ConflictsResolveManyResponse &) = default;
};

struct ConflictsBringBackRequest {
    std::string user;
    std::string collection;
    std::string key;
    std::string field;
    std::uint64_t seq = 0;
    Core::Dot loser;
    friend bool operator==(const ConflictsBringBackRequest &, const ConflictsBringBackRequest &) = default;
};

struct ConflictsBringBackResponse {
    FieldChange change;
    OperatorWritten written;
    friend bool operator==(const ConflictsBringBackResponse &, const ConflictsBringBackResponse &) = default;
};

struct DevicesRevokeManyRequest {
    std::string filter;
    bool isDryRun = false;
    std::string token;
    friend bool operator==(const DevicesRevokeManyRequest &, const DevicesRevokeManyRequest &) = default;
};

struct BulkDevice {
    std::string user;
    Core::DeviceId device;
    std::string name;
    std::chrono::milliseconds lastSeen{0};
    bool wasRevoked = false;
    friend bool operator==(const BulkDevice &, const BulkDevice &) = default;
};

struct DevicesRevokeManyResponse {
    std::vector<BulkDevice> devices;
    std::uint32_t revokedCount = 0;
    std::string token;
    friend bool operator==(const DevicesRevokeManyResponse &, const DevicesRevokeManyResponse &) = default;
};

}  // namespace Satchel::Wire::Admin
