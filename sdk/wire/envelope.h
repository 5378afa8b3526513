// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/codec.h"

#include <google/protobuf/message_lite.h>

#include <string>
#include <string_view>

namespace Satchel::Wire {

/// The bytes of an Envelope around `frame`: zstd-compressed when told to, when over `compressAboveBytes` and when that makes it smaller.
[[nodiscard]] std::string seal(const google::protobuf::MessageLite &frame, Compression compression);

/// What an envelope held: a view of the message itself where it was plain, of `storage` where it was compressed.
struct Opened {
    std::string storage;
    std::string_view plain;
    [[nodiscard]] std::string_view bytes() const { return plain.data() != nullptr ? plain : std::string_view(storage); }
};

/// RESOURCE_EXHAUSTED/LIMIT_EXCEEDED for a message over `frameBytesMax`, and, before anything is allocated, for content that says it is
/// over `decompressedFrameBytesMax`. INVALID_ARGUMENT/MALFORMED_INPUT for an envelope without a body, for content that does not state its
/// size, is not exactly one zstd frame, or does not have the size it states.
[[nodiscard]] Core::Result<Opened> open(std::string_view message, const Core::Limits &limits);

}  // namespace Satchel::Wire
