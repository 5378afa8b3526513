// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace Satchel::Wire {

/// The proto3 JSON mapping of a message: lowerCamelCase names, 64 bit integers as strings, bytes as base64, enums by name, defaults left
/// out. Written here because the library's printer gives up at 64 levels of messages, which a value of the permitted nesting exceeds.
[[nodiscard]] std::string protoToJson(const google::protobuf::Message &message);

/// Reads what checkJson() lets through, by the library. INVALID_ARGUMENT for a member that the message does not have, or a value that it
/// does not take. The library reads 100 levels of JSON, which a value nested 24 deep fills; a deeper one is refused.
[[nodiscard]] Core::Result<void> protoFromJson(std::string_view text, int recursionMax, google::protobuf::Message &message);

}  // namespace Satchel::Wire
