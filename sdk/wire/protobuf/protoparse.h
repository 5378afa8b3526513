// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>
#include <google/protobuf/wire_format_lite.h>

#include <cstdint>
#include <string>
#include <string_view>

/// The one way into and out of generated messages: bounded, silent, with an exact reason when it fails.
namespace Satchel::Wire {

/// Levels of messages around a value: SyncResponse, ServerFrame, Changes, DocumentDelta, DocumentState, FieldState, Sibling, Value.
inline constexpr int levelsAroundValue = 8;
/// Levels that one level of a value takes: Value, ValueMap, ValueMapEntry.
inline constexpr int levelsPerNesting = 3;
/// No peer may raise nesting beyond this, so that a reader's stack stays bounded.
inline constexpr int nestingHardMax = 100;

[[nodiscard]] int recursionLimit(int nestingMax);

/// An arena that takes its first block from the stack of its owner: small messages need no allocation of their own.
class SmallArena {
public:
    SmallArena();
    SmallArena(const SmallArena &) = delete;
    SmallArena &operator=(const SmallArena &) = delete;
    template <typename Message>
    [[nodiscard]] Message *make()
    {
        return google::protobuf::Arena::CreateMessage<Message>(&m_arena);
    }

private:
    alignas(8) char m_block[4096];
    google::protobuf::Arena m_arena;
};

/// Parses `bytes` into `message`. INVALID_ARGUMENT/MALFORMED_INPUT, INVALID_ARGUMENT/INVALID_UTF8, or RESOURCE_EXHAUSTED/LIMIT_EXCEEDED
/// when messages nest deeper than `recursionMax`.
[[nodiscard]] Core::Result<void> parse(std::string_view bytes, int recursionMax, google::protobuf::Message &message);

/// Calls `visit(fieldNumber, bytes)` for each length-delimited field of a serialized message, skips the others and copies nothing.
/// False where the bytes do not parse or the visitor says so.
template <typename Visitor>
[[nodiscard]] bool visitFields(std::string_view bytes, Visitor visit)
{
    using google::protobuf::internal::WireFormatLite;
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t *>(bytes.data()), static_cast<int>(bytes.size()));
    while (const std::uint32_t tag = in.ReadTag()) {
        if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
            if (!WireFormatLite::SkipField(&in, tag)) {
                return false;
            }
            continue;
        }
        std::uint32_t size = 0;
        if (!in.ReadVarint32(&size) || size > bytes.size() - static_cast<std::size_t>(in.CurrentPosition())) {
            return false;
        }
        if (!visit(WireFormatLite::GetTagFieldNumber(tag), bytes.substr(static_cast<std::size_t>(in.CurrentPosition()), size))) {
            return false;
        }
        if (!in.Skip(static_cast<int>(size))) {
            return false;
        }
    }
    return in.ConsumedEntireMessage();
}

/// How many elements the repeated field `field` of a serialized message has, found without building any. 0 where the bytes do not parse.
[[nodiscard]] std::size_t countElements(std::string_view bytes, int field);
[[nodiscard]] std::string serialize(const google::protobuf::Message &message);

}  // namespace Satchel::Wire
