// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/ids.h"
#include "core/policy.h"
#include "core/value.h"
#include "wire/auditmessages.h"
#include "wire/pagerequest.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Requests and responses of the admin services as plain values; proto/satchel/v1/admin.proto documents every member.
namespace Satchel::Wire::Admin {

// Users

struct UserSummary {
    std::string user;
    std::uint64_t head = 0;
    std::uint64_t documentCount = 0;
    std::uint32_t deviceCount = 0;
    std::uint32_t openConflictCount = 0;
    std::chrono::milliseconds created{0};
    std::chrono::milliseconds lastSeen{0};
    friend bool operator==(const UserSummary &, const UserSummary &) = default;
};

struct UsersListRequest {
    std::string search;
    bool onlyConflicted = false;
    PageRequest page;
    std::string filter;
    std::string order;
    friend bool operator==(const UsersListRequest &, const UsersListRequest &) = default;
};

struct UsersListResponse {
    std::vector<UserSummary> users;
    std::string nextToken;
    friend bool operator==(const UsersListResponse &, const UsersListResponse &) = default;
};

struct UsersGetRequest {
    std::string user;
    friend bool operator==(const UsersGetRequest &, const UsersGetRequest &) = default;
};

enum class LagCause : std::uint8_t { None, NeverSynced, CatchingUp, Offline, Refused, Revoked, Wiped, TokenExpired };

struct DeviceSummary {
    Core::DeviceId id;
    std::string name;
    std::string platform;
    std::string appVersion;
    std::string sdkVersion;
    std::chrono::milliseconds lastSeen{0};
    std::uint64_t acknowledgedSeq = 0;
    std::uint64_t acceptedThrough = 0;
    bool isOnline = false;
    bool isRevoked = false;
    std::uint64_t lag = 0;
    LagCause lagCause = LagCause::None;
    std::chrono::milliseconds refused{0};
    Core::ErrorReason refusedReason = Core::ErrorReason::None;
    bool isWiped = false;
    std::optional<Core::ErrorCode> refusedCode = std::nullopt;
    std::chrono::milliseconds tokenExpires{0};
    friend bool operator==(const DeviceSummary &, const DeviceSummary &) = default;
};

struct CollectionSummary {
    std::string name;
    std::uint64_t documentCount = 0;
    std::uint32_t openConflictCount = 0;
    friend bool operator==(const CollectionSummary &, const CollectionSummary &) = default;
};

struct UsersGetResponse {
    UserSummary user;
    std::vector<DeviceSummary> devices;
    std::vector<CollectionSummary> collections;
    friend bool operator==(const UsersGetResponse &, const UsersGetResponse &) = default;
};

// Devices

struct DevicesListRequest {
    std::string filter;
    PageRequest page;
    friend bool operator==(const DevicesListRequest &, const DevicesListRequest &) = default;
};

struct UserDevice {
    std::string user;
    DeviceSummary device;
    friend bool operator==(const UserDevice &, const UserDevice &) = default;
};

struct DevicesListResponse {
    std::vector<UserDevice> devices;
    std::string nextToken;
    friend bool operator==(const DevicesListResponse &, const DevicesListResponse &) = default;
};

struct DevicesRevokeRequest {
    std::string user;
    Core::DeviceId device;
    friend bool operator==(const DevicesRevokeRequest &, const DevicesRevokeRequest &) = default;
};

struct DevicesRevokeResponse {
    bool wasRevoked = false;
    friend bool operator==(const DevicesRevokeResponse &, const DevicesRevokeResponse &) = default;
};

// State

struct StateListDocumentsRequest {
    std::string user;
    std::string collection;
    std::string search;
    PageRequest page;
    std::string filter;
    friend bool operator==(const StateListDocumentsRequest &, const StateListDocumentsRequest &) = default;
};

struct DocumentSummary {
    std::string collection;
    std::string key;
    std::uint64_t seq = 0;
    std::uint32_t fieldCount = 0;
    std::uint32_t conflictCount = 0;
    std::chrono::milliseconds updated{0};
    std::uint32_t stateBytes = 0;
    friend bool operator==(const DocumentSummary &, const DocumentSummary &) = default;
};

struct StateListDocumentsResponse {
    std::vector<DocumentSummary> documents;
    std::string nextToken;
    friend bool operator==(const StateListDocumentsResponse &, const StateListDocumentsResponse &) = default;
};

struct StateGetDocumentRequest {
    std::string user;
    std::string collection;
    std::string key;
    friend bool operator==(const StateGetDocumentRequest &, const StateGetDocumentRequest &) = default;
};

struct SiblingView {
    Core::Dot dot;
    std::optional<Core::Value> value;  ///< none: removed
    std::string deviceName;
    std::chrono::milliseconds written{0};
    std::chrono::milliseconds received{0};
    bool isMasked = false;
    friend bool operator==(const SiblingView &, const SiblingView &) = default;
};

struct FieldView {
    std::string name;
    Core::FieldKind kind = Core::FieldKind::Register;
    std::optional<Core::Value> value;  ///< none: removed
    bool isConflicted = false;
    std::vector<SiblingView> siblings;
    bool isMasked = false;
    friend bool operator==(const FieldView &, const FieldView &) = default;
};

struct StateGetDocumentResponse {
    DocumentSummary document;
    std::vector<FieldView> fields;
    Core::ConflictRule rule = Core::ConflictRule::Merge;
    friend bool operator==(const StateGetDocumentResponse &, const StateGetDocumentResponse &) = default;
};

// Conflicts

enum class ConflictKind : std::uint8_t { Open = 0, Overwritten = 1 };

struct ConflictsListRequest {
    ConflictKind kind = ConflictKind::Open;
    std::string user;
    std::string collection;
    PageRequest page;
    std::string filter;
    friend bool operator==(const ConflictsListRequest &, const ConflictsListRequest &) = default;
};

struct Conflict {
    ConflictKind kind = ConflictKind::Open;
    std::string user;
    std::string collection;
    std::string key;
    std::string field;
    std::vector<SiblingView> siblings;
    std::optional<Core::Value> base;
    Core::ConflictRule rule = Core::ConflictRule::Merge;
    std::chrono::milliseconds detected{0};
    std::uint64_t seq = 0;
    bool isMasked = false;
    friend bool operator==(const Conflict &, const Conflict &) = default;
};

struct ConflictsListResponse {
    std::vector<Conflict> conflicts;
    std::string nextToken;
    friend bool operator==(const ConflictsListResponse &, const ConflictsListResponse &) = default;
};

}  // namespace Satchel::Wire::Admin
