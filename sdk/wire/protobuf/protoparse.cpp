// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protoparse.h"

#include "core/value.h"

#include <google/protobuf/descriptor.h>
#if GOOGLE_PROTOBUF_VERSION < 4022000
#include <google/protobuf/stubs/logging.h>
#endif

#include <algorithm>
#include <climits>

namespace Satchel::Wire {

namespace {

using Core::ErrorReason;

/// Why a message did not parse; None where this walk finds nothing wrong.
ErrorReason diagnose(const google::protobuf::Descriptor &type, std::string_view bytes, int levelsLeft)
{
    if (levelsLeft < 0) {
        return ErrorReason::LimitExceeded;
    }
    ErrorReason found = ErrorReason::None;
    const bool isWellFormed = visitFields(bytes, [&](int number, std::string_view content) {
        const google::protobuf::FieldDescriptor *field = type.FindFieldByNumber(number);
        if (field == nullptr) {
            return true;
        }
        if (field->type() == google::protobuf::FieldDescriptor::TYPE_STRING && !Core::isUtf8(content)) {
            found = ErrorReason::InvalidUtf8;
        } else if (field->type() == google::protobuf::FieldDescriptor::TYPE_MESSAGE) {
            found = diagnose(*field->message_type(), content, levelsLeft - 1);
        }
        return found == ErrorReason::None;
    });
    if (found == ErrorReason::None && !isWellFormed) {
        found = ErrorReason::MalformedInput;
    }
    return found;
}

Core::Error parseError(const google::protobuf::Message &message, std::string_view bytes, int recursionMax)
{
    switch (diagnose(*message.GetDescriptor(), bytes, recursionMax)) {
    case ErrorReason::InvalidUtf8:
        return Core::invalidArgument(ErrorReason::InvalidUtf8, "a string in the message is not UTF-8");
    case ErrorReason::LimitExceeded:
        return Core::makeError(Core::ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded, "the message nests too deeply");
    default:
        return Core::invalidArgument(ErrorReason::MalformedInput, "the bytes are not a " + message.GetDescriptor()->name());
    }
}

}  // namespace

int recursionLimit(int nestingMax)
{
    return levelsAroundValue + levelsPerNesting * std::clamp(nestingMax, 0, nestingHardMax);
}

SmallArena::SmallArena()
    : m_arena([this] {
        google::protobuf::ArenaOptions options;
        options.initial_block = m_block;
        options.initial_block_size = sizeof m_block;
        options.start_block_size = 16 * 1024;
        options.max_block_size = 256 * 1024;
        return options;
    }())
{
}

Core::Result<void> parse(std::string_view bytes, int recursionMax, google::protobuf::Message &message)
{
    if (bytes.size() > INT_MAX) {
        return Core::failure(Core::makeError(Core::ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded, "the message is over 2 GiB"));
    }
#if GOOGLE_PROTOBUF_VERSION < 4022000
    // The library would write a line to stderr for each bad string, which anybody could flood from outside.
    const google::protobuf::LogSilencer silencer;
#endif
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t *>(bytes.data()), static_cast<int>(bytes.size()));
    in.SetRecursionLimit(recursionMax);
    if (!message.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage()) {
        return Core::failure(parseError(message, bytes, recursionMax));
    }
    return {};
}

std::size_t countElements(std::string_view bytes, int field)
{
    std::size_t count = 0;
    const bool isWellFormed = visitFields(bytes, [&](int number, std::string_view) {
        count += number == field ? 1 : 0;
        return true;
    });
    return isWellFormed ? count : 0;
}

std::string serialize(const google::protobuf::Message &message)
{
    std::string out(message.ByteSizeLong(), '\0');
    message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t *>(out.data()));
    return out;
}

}  // namespace Satchel::Wire
