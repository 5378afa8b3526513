// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/ids.h"
#include "core/result.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Records of the audit log as plain values; proto/satchel/v1/audit.proto documents every member.
namespace Satchel::Wire {

/// Action of the record with which a log goes on after a backup was restored.
inline constexpr std::string_view auditContinueAction = "Log/Continue";

/// Action of the record of an operator who looked at many users within a short time.
inline constexpr std::string_view auditManyLookUpsAction = "Security/ManyLookUps";
/// Action of the record of policies that were read anew from their file.
inline constexpr std::string_view auditPoliciesReloadedAction = "Policies/Reload";

/// Action of the record of documents that the server removed because their collection's `ttl` had passed.
inline constexpr std::string_view auditExpireAction = "Documents/Expire";

/// All that names people.
struct AuditPersonal {
    std::string actor;
    std::string user;
    std::string collection;
    std::string key;
    std::optional<Core::DeviceId> device;
    std::string reason;
    std::string clientAddress;
    friend bool operator==(const AuditPersonal &, const AuditPersonal &) = default;
};

struct AuditContinuation {
    std::uint64_t fromEpoch = 0;
    std::uint64_t epoch = 0;
    std::uint64_t size = 0;
    std::string root;  ///< 32 bytes
    friend bool operator==(const AuditContinuation &, const AuditContinuation &) = default;
};

/// What is left of a user who was erased.
struct AuditErasure {
    std::string userHash;  ///< 32 bytes
    std::uint64_t documentCount = 0;
    std::uint64_t eventCount = 0;
    std::uint32_t deviceCount = 0;
    friend bool operator==(const AuditErasure &, const AuditErasure &) = default;
};

struct AuditRecord {
    std::chrono::milliseconds time{0};
    std::string tenant;
    std::string action;
    std::optional<Core::ErrorCode> code;  ///< none: it was done
    Core::ErrorReason reason = Core::ErrorReason::None;
    std::string requestId;
    std::string requestSha256;  ///< 32 bytes, or none
    std::vector<std::string> roles;
    AuditPersonal personal;
    std::optional<AuditContinuation> continuation;
    std::optional<AuditErasure> erasure;
    std::string subject;      ///< what is about `personal.user`, sealed; the members that it has are empty then
    std::string commitment;   ///< with it: SHA-256 of what was sealed, 32 bytes
    bool isUnmasked = false;  ///< restricted values were shown
    std::string approval;     ///< id of the approval that the call needs or has; empty: none
    friend bool operator==(const AuditRecord &, const AuditRecord &) = default;
};

/// The bytes that are kept, hashed and exported.
[[nodiscard]] std::string encode(const AuditRecord &record);
/// DATA_LOSS/STORE_DAMAGED for what encode() does not write; fields of newer versions are ignored.
[[nodiscard]] Core::Result<AuditRecord> decodeStoredAuditRecord(std::string_view bytes);

/// What of a record is about the user whom it concerns, to be sealed; `salt`: 32 random bytes.
[[nodiscard]] std::string encodeSubject(const AuditRecord &record, std::string_view salt);
/// Takes that out of the record.
void clearSubject(AuditRecord &record);
/// Puts it back in, in the place of `subject` and `commitment`. DATA_LOSS/STORE_DAMAGED for what encodeSubject() does not write.
[[nodiscard]] Core::Result<void> readSubject(std::string_view bytes, AuditRecord &record);

}  // namespace Satchel::Wire
