// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "wire/adminmessages.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Bodies of the admin services: the Connect protocol's unary calls, protobuf or proto3 JSON. Stateless and thread-safe.
namespace Satchel::Wire::Admin {

inline constexpr std::size_t requestBytesMax = 1024 * 1024;
inline constexpr std::size_t responseBytesMax = 32 * 1024 * 1024;

enum class Format : std::uint8_t { Protobuf, Json };

/// "application/proto" or "application/json".
[[nodiscard]] std::string_view contentTypeOf(Format format);
/// Parameters (charset=utf-8) are ignored, case too; nothing for any other type: the caller answers 415 / UNSUPPORTED_MEDIA_TYPE.
[[nodiscard]] std::optional<Format> formatFromContentType(std::string_view contentType);

/// encode(message, format) and decode<UsersListRequest>(body, format) are there for every message of adminmessages.h and its like.
template <typename Message>
[[nodiscard]] std::string encode(const Message &message, Format format);

/// INVALID_ARGUMENT (MALFORMED_INPUT, INVALID_UTF8) or RESOURCE_EXHAUSTED/LIMIT_EXCEEDED. JSON is read strictly: what RFC 8259 forbids,
/// duplicate keys, nesting over the protocol's and fields that the message does not have are refused. Protobuf ignores unknown fields.
template <typename Message>
[[nodiscard]] Core::Result<Message> decode(std::string_view body, Format format);

/// The body of a failed call, always JSON whatever the call's format was:
/// {"code":"invalid_argument","message":"...","details":[{"type":"satchel.v1.Error","value":"base64","debug":{"reason":"...","retryAfterMs":0}}]}.
[[nodiscard]] std::string encodeError(const Core::Error &error);
/// The error of a response that is not 200. A body that is no such JSON (a proxy's page) gives the code that Connect derives from the
/// status. Never fails; an unknown code is ErrorCode::Unknown.
[[nodiscard]] Core::Error errorFromResponse(int httpStatus, std::string_view body);

/// HTTP status of a code, as Connect maps it (INVALID_ARGUMENT 400, UNAUTHENTICATED 401, ...).
[[nodiscard]] int httpFromCode(Core::ErrorCode code);
/// What a status means that came without a Connect error body (404 UNIMPLEMENTED, 429 and 502..504 UNAVAILABLE, ...).
[[nodiscard]] Core::ErrorCode codeFromHttp(int httpStatus);

}  // namespace Satchel::Wire::Admin
