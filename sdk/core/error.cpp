// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "error.h"

#include <array>
#include <utility>

namespace Satchel::Core {

namespace {

constexpr std::array<std::string_view, 17> codeNames = {
    "unknown",   "canceled",        "unknown",           "invalid_argument",   "deadline_exceeded",
    "not_found", "already_exists",  "permission_denied", "resource_exhausted", "failed_precondition",
    "aborted",   "out_of_range",    "unimplemented",     "internal",           "unavailable",
    "data_loss", "unauthenticated",
};

constexpr std::array<std::string_view, 50> reasonNames = {
    "NONE",
    "MALFORMED_INPUT",
    "LIMIT_EXCEEDED",
    "INVALID_UTF8",
    "INVALID_NAME",
    "FIELD_KIND_MISMATCH",
    "DOCUMENT_SCOPE_REQUIRED",
    "NOT_REPRESENTABLE",
    "EXPECTATION_FAILED",
    "COUNTER_GAP",
    "DEVICE_CLONED",
    "DEVICE_REVOKED",
    "CURSOR_TOO_OLD",
    "EPOCH_CHANGED",
    "PROTOCOL_VERSION",
    "UNEXPECTED_FRAME",
    "TOKEN_MISSING",
    "TOKEN_INVALID",
    "TOKEN_EXPIRED",
    "ROLE_MISSING",
    "POLICY_DENIED",
    "QUOTA_EXCEEDED",
    "OVERLOADED",
    "SHUTTING_DOWN",
    "SERVER_READ_ONLY",
    "STORAGE_FULL",
    "STORAGE_READ_ONLY",
    "STORAGE_IO",
    "STORE_LOCKED",
    "STORE_DAMAGED",
    "WRONG_KEY",
    "KEY_MISSING",
    "SCHEMA_TOO_NEW",
    "NETWORK_UNREACHABLE",
    "NETWORK_TIMEOUT",
    "NOT_SATCHEL_SERVER",
    "OFFLINE_STRONG_WRITE",
    "UNKNOWN_METHOD",
    "UNSUPPORTED_MEDIA_TYPE",
    "CLOSED_STORE",
    "USER_GONE",
    "TOKEN_OF_ANOTHER_USER",
    "KEYCHAIN_UNAVAILABLE",
    "KEYCHAIN_LOCKED",
    "KEYCHAIN_NOT_READY",
    "KEY_DAMAGED",
    "KEY_FILE_UNSAFE",
    "HISTORY_EXPIRED",
    "REASON_NEEDED",
    "APPROVAL_NEEDED",
};
static_assert(reasonNames.size() == static_cast<std::size_t>(ErrorReason::ApprovalNeeded) + 1, "every reason needs its name");
static_assert(codeNames.size() == static_cast<std::size_t>(ErrorCode::Unauthenticated) + 1, "every code needs its name");

}  // namespace

std::string_view codeName(ErrorCode code)
{
    const auto index = static_cast<std::size_t>(code);
    return index < codeNames.size() ? codeNames[index] : codeNames[0];
}

std::string_view reasonName(ErrorReason reason)
{
    const auto index = static_cast<std::size_t>(reason);
    return index < reasonNames.size() ? reasonNames[index] : reasonNames[0];
}

std::string describe(const Error &error)
{
    std::string text(codeName(error.code));
    text += '/';
    text += reasonName(error.reason);
    if (!error.detail.empty()) {
        text += ": ";
        text += error.detail;
    }
    return text;
}

Error invalidArgument(ErrorReason reason, std::string detail)
{
    return makeError(ErrorCode::InvalidArgument, reason, std::move(detail));
}

Error unavailable(ErrorReason reason, std::string detail, std::chrono::milliseconds retryAfter)
{
    return Error{ErrorCode::Unavailable, reason, std::move(detail), Retry::Later, retryAfter};
}

Error makeError(ErrorCode code, ErrorReason reason, std::string detail, Retry retry)
{
    return Error{code, reason, std::move(detail), retry, std::chrono::milliseconds{0}};
}

}  // namespace Satchel::Core
