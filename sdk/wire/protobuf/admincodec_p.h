// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/admincodec.h"
#include "wire/protobuf/protojson.h"
#include "wire/protobuf/protoparse.h"
#include "wire/protobuf/protoreader.h"
#include "wire/protobuf/protowriter.h"

/// What admincodec.h declares, for the files that instantiate it: one line SATCHEL_ADMIN_MESSAGE(Name) for each message.
namespace Satchel::Wire::Admin {

/// The generated message of a plain one.
template <typename Message>
struct ProtoOf;

template <typename Message>
std::string encode(const Message &message, Format format)
{
    SmallArena arena;
    auto *proto = arena.make<typename ProtoOf<Message>::Type>();
    write(message, proto);
    return format == Format::Protobuf ? serialize(*proto) : protoToJson(*proto);
}

template <typename Message>
Core::Result<Message> decode(std::string_view body, Format format)
{
    if (body.size() > ProtoOf<Message>::bytesMax) {
        return tooMuch("the body is over the limit");
    }
    const Core::Limits limits;
    const int recursionMax = recursionLimit(limits.nestingMax);
    SmallArena arena;
    auto *proto = arena.make<typename ProtoOf<Message>::Type>();
    Core::Result<void> result = format == Format::Protobuf ? parse(body, recursionMax, *proto) : protoFromJson(body, recursionMax, *proto);
    Core::Result<Message> message{Message{}};
    if (result) {
        result = ProtoReader(limits).read(*proto, *message);
    }
    if (!result) {
        return Core::failure(std::move(result.error()));
    }
    return message;
}

/// A request's limit for what is named so, a response's for everything else.
constexpr std::size_t bytesMaxOf(std::string_view name)
{
    return name.ends_with("Request") ? requestBytesMax : responseBytesMax;
}

}  // namespace Satchel::Wire::Admin

// Within namespace Satchel::Wire::Admin. A template cannot make a name of a type into a text, nor name the generated type of the same name.
#define SATCHEL_ADMIN_MESSAGE(Name)                                                                                                        \
    template <>                                                                                                                            \
    struct ProtoOf<Name> {                                                                                                                 \
        using Type = Pb::Name;                                                                                                             \
        static constexpr std::size_t bytesMax = bytesMaxOf(#Name);                                                                         \
    };                                                                                                                                     \
    template std::string encode(const Name &message, Format format);                                                                       \
    template Core::Result<Name> decode(std::string_view body, Format format);
